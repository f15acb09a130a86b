"""The citizens' chat: a Gradio page whose handlers only fold events and render them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from assistant.admission import asker_of
from assistant.city import LANGUAGES
from assistant.errors import TooManyQuestions
from assistant.people.caller import Caller
from assistant.schema import Document, Lang
from assistant.ui.open_streams import OpenStreams
from assistant.ui.rendering import (
    Page,
    render_account,
    render_header,
    render_hint,
    render_notices,
    render_turn,
    render_turns,
    render_welcome,
)
from assistant.ui.texts import DEFAULT_LANG, Texts, choose_lang, load_texts
from assistant.ui.theme import STATIC_DIR, STATIC_PATH, build_theme, page_head
from assistant.ui.turns import TurnView, apply_event, ask_question, conversation_of, own_turns, refuse_turn, stop_turn

if TYPE_CHECKING:
    from assistant.conversation import Conversation
    from assistant.keeping import Keeping

LANGUAGE_NAMES: Mapping[Lang, str] = {"zh-TW": "中文", "en": "English"}
KEPT_TURNS = 40
SESSION_TTL_S = 3600
MOST_CHOICES = 4

Turns = tuple[TurnView, ...]
Updates = dict[Any, Any]
CallerOf = Callable[[Any], Caller]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of the page."""

    turns: gr.State
    header: gr.Markdown
    account: gr.Markdown
    language: gr.Radio
    restart: gr.Button
    notices: gr.Markdown
    history: gr.Markdown
    current: gr.Markdown
    choices: tuple[gr.Button, ...]
    welcome_box: gr.Column
    welcome: gr.Markdown
    examples: tuple[gr.Button, ...]
    question: gr.Textbox
    send: gr.Button
    stop: gr.Button
    hint: gr.Markdown


def build_ui(
    conversation: Conversation, keeping: Keeping, caller_of: CallerOf, has_accounts: bool = False
) -> gr.Blocks:
    """The citizens' page; what a browser's visitors ask stays in that browser's session.

    Args:
        caller_of: tells who sent a request; staff who are signed in are answered as staff.
        has_accounts: whether there are pages to sign in.
    """
    texts = load_texts()
    title = texts[DEFAULT_LANG]["page_title"].format(city=conversation.city.name[DEFAULT_LANG])
    blocks = gr.Blocks(title=title, analytics_enabled=False, fill_width=True)
    with blocks:
        parts = _lay_out(conversation)
        _connect(blocks, parts, _Handlers(conversation, keeping, texts, parts, caller_of, has_accounts))
    return blocks


def mount_ui(app: FastAPI, conversation: Conversation) -> FastAPI:
    """Put the citizens' page at `/` of the app; call it last, since it takes every path that is left."""
    callers = app.state.callers
    app.mount(STATIC_PATH, StaticFiles(directory=STATIC_DIR), name="ui-static")
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_ui(conversation, app.state.keeping, callers.of, callers.people is not None),
        path="/",
        theme=build_theme(),
        css_paths=STATIC_DIR / "chat.css",
        head=page_head(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        max_file_size="1kb",
    )
    return mounted


class _Handlers:
    """What happens on the page's events; every method returns updates by component."""

    def __init__(
        self,
        conversation: Conversation,
        keeping: Keeping,
        texts: Mapping[Lang, Texts],
        parts: _Parts,
        caller_of: CallerOf,
        has_accounts: bool,
    ) -> None:
        self._conversation = conversation
        self._keeping = keeping
        self._texts = texts
        self._parts = parts
        self._caller_of = caller_of
        self._has_accounts = has_accounts
        self._streams = OpenStreams()

    def open_page(self, request: gr.Request) -> Updates:
        """Choose the language of a browser that has just arrived."""
        lang = choose_lang(request.headers.get("accept-language", ""))
        return self.show_in((), lang, request)

    def show_in(self, turns: Turns, lang: Lang, request: gr.Request) -> Updates:
        """Everything on the page in a language; the conversation stays."""
        caller = self._caller_of(request)
        turns = own_turns(turns, caller.account)
        parts, page, city = self._parts, self._page(lang), self._conversation.city
        is_demo = self._conversation.health().demo_notice
        examples = city.examples[lang]
        buttons = {
            button: gr.update(value=text, visible=bool(text))
            for button, text in zip(parts.examples, [*examples, *[""] * len(parts.examples)], strict=False)
        }
        return buttons | {
            parts.header: render_header(city.name[lang], page),
            parts.account: render_account(caller.account, page) if self._has_accounts else "",
            parts.language: gr.update(value=lang, label=page.texts["language"]),
            parts.restart: gr.update(value=page.texts["new_conversation"]),
            parts.notices: render_notices(city.notice[lang], is_demo, page),
            parts.history: render_turns(turns[:-1], page),
            parts.current: render_turns(turns[-1:], page),
            **self._choices(turns),
            parts.welcome: render_welcome(page),
            parts.question: gr.update(label=page.texts["input_label"], placeholder=page.texts["input_placeholder"]),
            parts.send: gr.update(value=page.texts["send"]),
            parts.stop: gr.update(value=page.texts["stop"]),
            parts.hint: render_hint(self._conversation.settings.max_question_chars, page, city.policy),
        }

    def respond(self, text: str, turns: Turns, lang: Lang, request: gr.Request) -> Iterator[Updates]:
        """Stream one exchange onto the page: its evidence first, then each verified sentence."""
        if not text.strip():
            yield {self._parts.question: gr.skip()}
            return
        page, parts = self._page(lang), self._parts
        caller = self._caller_of(request)
        turns = own_turns(turns, caller.account)
        account_id = caller.account.id if caller.account else ""
        turn = TurnView(turns[-1].number + 1 if turns else 1, text, account_id=account_id)
        yield self._controls(busy=True) | {
            parts.question: "",
            parts.welcome_box: gr.update(visible=False),
            parts.turns: (*turns, turn),
            parts.history: render_turns(turns, page),
            parts.current: render_turn(turn, page),
            **self._choices(()),
        }
        question = replace(ask_question(text, turns), role=caller.role, bureau=caller.bureau, asker=asker_of(caller))
        try:
            stream = self._keeping.stream(question, caller.owner, conversation_of(turns))
        except TooManyQuestions as refusal:
            turn = refuse_turn(turn, str(refusal))
            shown = {parts.turns: (*turns, turn)[-KEPT_TURNS:], parts.current: render_turn(turn, page)}
            yield self._controls(busy=False) | shown | {parts.question: text}
            return
        with self._streams.holding(request.session_hash or "", stream) as events:
            for event in events:
                turn = apply_event(turn, event, self._reader(caller))
                yield {parts.turns: (*turns, turn)[-KEPT_TURNS:], parts.current: render_turn(turn, page)}
        yield self._controls(busy=False) | self._choices((turn,))

    def stop(self, turns: Turns, lang: Lang, request: gr.Request) -> Updates:
        """Keep what was written so far."""
        self.leave(request)
        turns = own_turns(turns, self._caller_of(request).account)
        stopped = (*turns[:-1], stop_turn(turns[-1])) if turns else ()
        shown = {self._parts.turns: stopped, self._parts.current: render_turns(stopped[-1:], self._page(lang))}
        return self._controls(busy=False) | shown

    def leave(self, request: gr.Request) -> None:
        """Free the model, or the place in the line for it, of a browser that has gone or does not want its answer."""
        if request.session_hash:
            self._streams.close(request.session_hash)

    def restart(self, request: gr.Request) -> Updates:
        """Forget the conversation."""
        self.leave(request)
        parts = self._parts
        cleared = {parts.turns: (), parts.history: "", parts.current: "", parts.question: ""}
        return self._controls(busy=False) | self._choices(()) | cleared | {parts.welcome_box: gr.update(visible=True)}

    def _choices(self, turns: Turns) -> Updates:
        """A button for each reply that the last answer offers."""
        answer = turns[-1].answer if turns else None
        offered = [*(answer.choices if answer else ())][: len(self._parts.choices)]
        padded = [*offered, *[""] * (len(self._parts.choices) - len(offered))]
        return {
            button: gr.update(value=text, visible=bool(text))
            for button, text in zip(self._parts.choices, padded, strict=True)
        }

    def _controls(self, *, busy: bool) -> Updates:
        parts = self._parts
        return {
            parts.send: gr.update(visible=not busy),
            parts.stop: gr.update(visible=busy),
            parts.language: gr.update(interactive=not busy),
        }

    def _page(self, lang: Lang) -> Page:
        city = self._conversation.city
        bureaus_en = {bureau.name: bureau.en for bureau in city.bureaus}
        return Page(lang, self._texts[lang], city.help, city.help_phone, bureaus_en)

    def _reader(self, caller: Caller) -> Callable[[str], tuple[Document, str]]:
        return lambda document_id: self._conversation.document(document_id, caller.role, caller.bureau)


def _lay_out(conversation: Conversation) -> _Parts:
    """The empty page; its texts come with the first load, in the browser's language."""
    choices = [(LANGUAGE_NAMES[lang], lang) for lang in LANGUAGES]
    turns = gr.State((), time_to_live=SESSION_TTL_S)
    with gr.Column(elem_id="page"):
        with gr.Row(elem_id="topbar"):
            header = gr.Markdown(elem_id="brand")
            account = gr.Markdown(elem_id="account")
            language = gr.Radio(choices, value=DEFAULT_LANG, elem_id="language")
            restart = gr.Button("", elem_id="restart", size="sm")
        notices = gr.Markdown(elem_id="notices")
        with gr.Column(elem_id="conversation"):
            history = gr.Markdown(elem_id="history", latex_delimiters=[])
            current = gr.Markdown(elem_id="current", latex_delimiters=[])
            with gr.Row(elem_id="choices"):
                offered = tuple(gr.Button("", elem_classes="choice", visible=False) for _ in range(MOST_CHOICES))
        with gr.Column(elem_id="welcome") as welcome_box:
            welcome = gr.Markdown(elem_id="welcome-text")
            with gr.Row(elem_id="examples"):
                count = max(len(conversation.city.examples[lang]) for lang in LANGUAGES)
                examples = tuple(gr.Button("", elem_classes="example", visible=False) for _ in range(count))
        with gr.Column(elem_id="composer"):
            with gr.Row(elem_id="composer-row"):
                question = gr.Textbox(elem_id="question", lines=1, max_lines=6, max_length=None, autofocus=True)
                send = gr.Button("", elem_id="send", variant="primary")
                stop = gr.Button("", elem_id="stop", variant="stop", visible=False)
            hint = gr.Markdown(elem_id="hint")
    return _Parts(
        turns, header, account, language, restart, notices, history, current, offered,
        welcome_box, welcome, examples, question, send, stop, hint,
    )  # fmt: skip


def _connect(blocks: gr.Blocks, parts: _Parts, handlers: _Handlers) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    texts = [parts.header, parts.account, parts.language, parts.restart, parts.notices, parts.history, parts.current]
    texts += parts.choices
    texts += [parts.welcome, *parts.examples, parts.question, parts.send, parts.stop, parts.hint]
    chat = [parts.turns, parts.history, parts.current, parts.welcome_box, parts.question]
    chat += [parts.send, parts.stop, parts.language, *parts.choices]

    blocks.unload(handlers.leave)
    blocks.load(handlers.open_page, None, texts, **quiet)
    parts.language.input(handlers.show_in, [parts.turns, parts.language], texts, **quiet)
    streams: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": None, **quiet}  # the gate limits
    asked = [
        gr.on(
            [parts.question.submit, parts.send.click],
            handlers.respond,
            [parts.question, parts.turns, parts.language],
            chat,
            concurrency_id="ask",
            **streams,
        ),
        *(
            button.click(handlers.respond, [button, parts.turns, parts.language], chat, concurrency_id="ask", **streams)
            for button in (*parts.examples, *parts.choices)
        ),
    ]
    parts.stop.click(handlers.stop, [parts.turns, parts.language], chat, cancels=asked, **quiet)
    parts.restart.click(handlers.restart, None, chat, cancels=asked, **quiet)
