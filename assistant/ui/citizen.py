"""The citizens' chat: a Gradio page whose handlers only fold events and render them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from assistant.city import LANGUAGES
from assistant.schema import Document, Lang
from assistant.ui.rendering import (
    Page,
    render_header,
    render_hint,
    render_notices,
    render_turn,
    render_turns,
    render_welcome,
)
from assistant.ui.texts import DEFAULT_LANG, Texts, choose_lang, load_texts
from assistant.ui.theme import STATIC_DIR, STATIC_PATH, build_theme, page_head
from assistant.ui.turns import TurnView, apply_event, ask_question, stop_turn

if TYPE_CHECKING:
    from assistant.conversation import Conversation

LANGUAGE_NAMES: Mapping[Lang, str] = {"zh-TW": "中文", "en": "English"}
KEPT_TURNS = 40
SESSION_TTL_S = 3600
MAX_STREAMS = 32
MOST_CHOICES = 4

Turns = tuple[TurnView, ...]
Updates = dict[Any, Any]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of the page."""

    turns: gr.State
    header: gr.Markdown
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


def build_ui(conversation: Conversation) -> gr.Blocks:
    """The citizens' page; what a browser's visitors ask stays in that browser's session."""
    texts = load_texts()
    title = texts[DEFAULT_LANG]["page_title"].format(city=conversation.city.name[DEFAULT_LANG])
    blocks = gr.Blocks(title=title, analytics_enabled=False, fill_width=True)
    with blocks:
        parts = _lay_out(conversation)
        _connect(blocks, parts, _Handlers(conversation, texts, parts))
    return blocks


def mount_ui(app: FastAPI, conversation: Conversation) -> FastAPI:
    """Put the citizens' page at `/` of the app; call it last, since it takes every path that is left."""
    app.mount(STATIC_PATH, StaticFiles(directory=STATIC_DIR), name="ui-static")
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        build_ui(conversation),
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

    def __init__(self, conversation: Conversation, texts: Mapping[Lang, Texts], parts: _Parts) -> None:
        self._conversation = conversation
        self._texts = texts
        self._parts = parts

    def open_page(self, request: gr.Request) -> Updates:
        """Choose the language of a browser that has just arrived."""
        lang = choose_lang(request.headers.get("accept-language", ""))
        return self.show_in((), lang)

    def show_in(self, turns: Turns, lang: Lang) -> Updates:
        """Everything on the page in a language; the conversation stays."""
        parts, page, city = self._parts, self._page(lang), self._conversation.city
        is_demo = self._conversation.health().demo_notice
        examples = city.examples[lang]
        buttons = {
            button: gr.update(value=text, visible=bool(text))
            for button, text in zip(parts.examples, [*examples, *[""] * len(parts.examples)], strict=False)
        }
        return buttons | {
            parts.header: render_header(city.name[lang], page),
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
            parts.hint: render_hint(self._conversation.settings.max_question_chars, page),
        }

    def respond(self, text: str, turns: Turns, lang: Lang) -> Iterator[Updates]:
        """Stream one exchange onto the page: its evidence first, then each verified sentence."""
        if not text.strip():
            yield {self._parts.question: gr.skip()}
            return
        page, parts = self._page(lang), self._parts
        turn = TurnView(number=turns[-1].number + 1 if turns else 1, question=text)
        yield self._controls(busy=True) | {
            parts.question: "",
            parts.welcome_box: gr.update(visible=False),
            parts.turns: (*turns, turn),
            parts.history: render_turns(turns, page),
            parts.current: render_turn(turn, page),
            **self._choices(()),
        }
        stream = self._conversation.stream(ask_question(text, turns))
        with closing(stream) as events:
            for event in events:
                turn = apply_event(turn, event, self._read_public)
                yield {parts.turns: (*turns, turn)[-KEPT_TURNS:], parts.current: render_turn(turn, page)}
        yield self._controls(busy=False) | self._choices((turn,))

    def stop(self, turns: Turns, lang: Lang) -> Updates:
        """Keep what was written so far."""
        stopped = (*turns[:-1], stop_turn(turns[-1])) if turns else ()
        shown = {self._parts.turns: stopped, self._parts.current: render_turns(stopped[-1:], self._page(lang))}
        return self._controls(busy=False) | shown

    def restart(self) -> Updates:
        """Forget the conversation."""
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

    def _read_public(self, document_id: str) -> tuple[Document, str]:
        return self._conversation.document(document_id, "citizen")


def _lay_out(conversation: Conversation) -> _Parts:
    """The empty page; its texts come with the first load, in the browser's language."""
    choices = [(LANGUAGE_NAMES[lang], lang) for lang in LANGUAGES]
    turns = gr.State((), time_to_live=SESSION_TTL_S)
    with gr.Column(elem_id="page"):
        with gr.Row(elem_id="topbar"):
            header = gr.Markdown(elem_id="brand")
            language = gr.Radio(choices, value=DEFAULT_LANG, elem_id="language")
            restart = gr.Button("", elem_id="restart", size="sm")
        notices = gr.Markdown(elem_id="notices")
        with gr.Column(elem_id="conversation"):
            history = gr.Markdown(elem_id="history")
            current = gr.Markdown(elem_id="current")
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
        turns, header, language, restart, notices, history, current, offered,
        welcome_box, welcome, examples, question, send, stop, hint,
    )  # fmt: skip


def _connect(blocks: gr.Blocks, parts: _Parts, handlers: _Handlers) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    texts = [parts.header, parts.language, parts.restart, parts.notices, parts.history, parts.current]
    texts += parts.choices
    texts += [parts.welcome, *parts.examples, parts.question, parts.send, parts.stop, parts.hint]
    chat = [parts.turns, parts.history, parts.current, parts.welcome_box, parts.question]
    chat += [parts.send, parts.stop, parts.language, *parts.choices]

    blocks.load(handlers.open_page, None, texts, **quiet)
    parts.language.input(handlers.show_in, [parts.turns, parts.language], texts, **quiet)
    streams: dict[str, Any] = {"trigger_mode": "once", "concurrency_limit": MAX_STREAMS, **quiet}
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
