"""Views of exchanges as HTML strings in the language of the interface."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from assistant.city import Policy
from assistant.people.account import Account
from assistant.schema import EXTRACT_ONLY, REVIEWED, Answer, Document, Lang, Locator, Reading, Status
from assistant.ui.markup import answer_html, escape_text, link_phones, safe_url
from assistant.ui.texts import Texts
from assistant.ui.turns import SourceView, TurnView, join_sentences

_HELPED = (Status.NO_EVIDENCE, Status.PARTIAL, Status.OUT_OF_SCOPE, Status.FEED_UNAVAILABLE, Status.ERROR)
_UNTITLED = (Status.ANSWERED,)
_NO_POLICY = Policy()
WAIT_STEP_S = 5  # waits are told in such steps: they are estimates


@dataclass(frozen=True, slots=True)
class Page:
    """The language of the interface, its texts, the city's help by language, and its bureaus' names in English."""

    lang: Lang
    texts: Texts
    help: Mapping[Lang, str]
    help_phone: str
    bureaus_en: Mapping[str, str]


def render_turns(turns: Sequence[TurnView], page: Page) -> str:
    """Finished exchanges, oldest first."""
    return "".join(render_turn(turn, page) for turn in turns)


def render_turn(turn: TurnView, page: Page) -> str:
    """One exchange: the question, the answer so far, and its sources beside it."""
    status = turn.answer.status if turn.answer else None
    sources = "" if status is Status.EMERGENCY and not turn.sources else _sources(turn, page)
    classes = f"turn is-{turn.stage}" + (" has-sources" if sources else "")
    return (
        f'<article class="{classes}" id="t{turn.number}">'
        f'<div class="asked"><span class="unseen">{page.texts["you"]}</span>'
        f'<p class="bubble">{escape_text(turn.question)}</p></div>'
        f'<div class="told"><div class="reply"><span class="unseen">{page.texts["assistant"]}</span>'
        f"{_reply(turn, page)}</div>{sources}</div>"
        "</article>"
    )


def render_header(city_name: str, page: Page) -> str:
    """The city's name and what this page is."""
    title = page.texts["page_title"].format(city=city_name)
    return (
        f'<div class="brand" lang="{page.lang}"><span class="crest" role="presentation"></span>'
        f'<div><h1 class="brand-name">{escape_text(title)}</h1>'
        f'<p class="brand-tagline">{page.texts["tagline"]}</p></div></div>'
    )


def render_account(account: Account | None, page: Page) -> str:
    """Who is signed in, with the way out; else the way in, which citizens do not need."""
    texts = page.texts
    if account is None:
        return f'<p class="account"><a href="/sign-in?lang={page.lang}">{texts["staff_sign_in"]}</a></p>'
    bureau = page.bureaus_en.get(account.bureau, account.bureau) if page.lang == "en" else account.bureau
    name = escape_text(f"{account.name} · {bureau}" if bureau else account.name)
    return (
        f'<p class="account"><span class="unseen">{texts["signed_in"]}</span>{name} '
        f'<a href="/sign-out?lang={page.lang}">{texts["sign_out"]}</a></p>'
    )


def render_notices(city_notice: str, is_demo: bool, page: Page) -> str:
    """What a person must know before asking: that this is a demonstration, and what the corpus holds."""
    demo = f'<p class="notice notice-demo">{page.texts["demo_banner"]}</p>' if is_demo else ""
    corpus = f'<p class="notice notice-corpus">{escape_text(city_notice)}</p>' if city_notice else ""
    return f'<div class="notices">{demo}{corpus}</div>'


def render_welcome(page: Page) -> str:
    """What an empty conversation shows above the examples."""
    texts = page.texts
    return (
        f'<div class="welcome"><h2>{texts["welcome_title"]}</h2><p>{texts["welcome_text"]}</p>'
        f'<p class="welcome-examples">{texts["examples_title"]}</p></div>'
    )


def render_hint(max_chars: int, page: Page, policy: Policy = _NO_POLICY) -> str:
    """The lines under the input, always in sight: that AI answers and who is responsible, by policy; how to write."""
    how = page.texts["input_hint"].format(limit=f"{max_chars:,}")
    notice = escape_text(policy.disclosure.get(page.lang, "") or page.texts["ai_notice"])
    for key, contact in (("responsible", policy.office), ("data_protection", policy.data_protection)):
        if contact.name:
            notice += " " + escape_text(page.texts[key].format(name=contact.name[page.lang], reach=contact.reach))
    return f'<div class="hints"><p class="hint hint-ai">{notice}</p><p class="hint hint-how">{how}</p></div>'


def describe_locator(locator: Locator, texts: Texts) -> str:
    """Page, section, article and item in reading order, escaped."""
    parts = [
        texts["page"].format(page=locator.page) if locator.page is not None else "",
        locator.section or "",
        locator.article or "",
        texts["item"].format(item=locator.item) if locator.item else "",
    ]
    return " · ".join(escape_text(part) for part in parts if part)


def describe_dates(document: Document | None, effective_from: date | None, texts: Texts) -> str:
    """When a source is in force, else when it was published, else that nobody says."""
    begin = effective_from or (document.effective_from if document else None)
    end = document.effective_to if document else None
    parts = [texts["effective_from"].format(date=begin)] if begin else []
    parts += [texts["effective_to"].format(date=end)] if end else []
    if not parts and document and document.published:
        parts = [texts["published"].format(date=document.published)]
    return " ".join(parts) or texts["undated"]


def _reply(turn: TurnView, page: Page) -> str:
    if turn.answer is not None:
        return _finished(turn, turn.answer, page)
    body = _body(join_sentences(turn.sentences), turn)
    progress = f'<p class="progress progress-{turn.stage}">{_progress(turn, page.texts)}</p>'
    return f'<section class="answer answer-{turn.stage}">{body}{progress}</section>'


def _progress(turn: TurnView, texts: Texts) -> str:
    if turn.stage == "queued" and turn.place:
        seconds = max(WAIT_STEP_S, -(-turn.place.wait_s // WAIT_STEP_S) * WAIT_STEP_S)
        place = texts["queued_place"].format(position=turn.place.position)
        return f'<span class="place">{place}</span>{texts["queued_wait"].format(seconds=seconds)}'
    if turn.stage == "refused":
        return escape_text(turn.refusal)
    return texts[turn.stage] if turn.stage in ("searching", "writing", "stopped") else ""


def _finished(turn: TurnView, answer: Answer, page: Page) -> str:
    texts = page.texts
    title = "" if answer.status in _UNTITLED else f'<h3 class="verdict">{texts[f"status_{answer.status}"]}</h3>'
    text = answer.answer or (texts["error_text"] if answer.status is Status.ERROR else "")
    if answer.status in _HELPED:
        text = text.replace(page.help[answer.lang], "").strip()  # it stands in the help card below
    body = _body(text, turn, answer.lang)
    if answer.status is Status.EMERGENCY:
        body = link_phones(body)
    notice = f'<p class="aside">{escape_text(answer.notice)}</p>' if answer.notice else ""
    return (
        f'<section class="answer answer-{answer.status}">{title}{notice}{body}{_help(answer.status, page)}</section>'
        f'<p class="byline">{_byline(answer, texts)}</p>'
    )


def _body(text: str, turn: TurnView, lang: Lang | None = None) -> str:
    numbers = {source.citation.n for source in turn.sources} | {reading.n for reading in turn.readings}
    attribute = f' lang="{lang}"' if lang else ""
    return f'<div class="text"{attribute}>{answer_html(text, f"t{turn.number}-s", numbers)}</div>' if text else ""


def _help(status: Status, page: Page) -> str:
    if status not in _HELPED:
        return ""
    phone = escape_text(page.help_phone)
    call = f'<a class="call" href="tel:{phone}">{phone}</a>' if phone else ""
    text = escape_text(page.help[page.lang])
    return f'<div class="help"><div><h4>{page.texts["help_title"]}</h4><p>{text}</p></div>{call}</div>'


def _byline(answer: Answer, texts: Texts) -> str:
    total_ms = answer.timings_ms.get("total")
    by_model = answer.model not in (EXTRACT_ONLY, REVIEWED)
    parts = [
        texts[_author(answer)],
        escape_text(texts["model"].format(name=answer.model.name)) if by_model else "",
        texts["seconds"].format(seconds=f"{total_ms / 1000:.1f}") if by_model and total_ms else "",
    ]
    return " · ".join(part for part in parts if part)


def _author(answer: Answer) -> str:
    """Who wrote an answer, as a key of the texts."""
    if answer.model == REVIEWED:
        return "by_reviewer"
    if answer.model != EXTRACT_ONLY:
        return "by_ai"
    if answer.readings and not answer.citations:
        return "by_readings"
    return "by_extract" if answer.citations else "by_rule"


def _sources(turn: TurnView, page: Page) -> str:
    if not turn.sources and not turn.readings:
        return ""
    texts, anchors = page.texts, f"t{turn.number}-s"
    cards = "".join(_reading(reading, anchors, page) for reading in turn.readings)
    cards += "".join(_source(source, anchors, page) for source in turn.sources)
    count = texts["sources_count"].format(count=len(turn.readings) + len(turn.sources))
    title = "sources_title" if not turn.readings else "both_title" if turn.sources else "readings_title"
    return (
        f'<section class="sources"><h3 class="sources-title">{texts[title]} '
        f'<span class="sources-count">{count}</span></h3><ol class="cards">{cards}</ol></section>'
    )


def _source(source: SourceView, anchors: str, page: Page) -> str:
    citation, document, texts = source.citation, source.document, page.texts
    bureau = page.bureaus_en.get(citation.bureau, citation.bureau) if page.lang == "en" else citation.bureau
    where = " · ".join(part for part in (escape_text(bureau), describe_locator(citation.locator, texts)) if part)
    unofficial = f'<span class="badge">{texts["unofficial"]}</span>' if document and document.unofficial else ""
    return (
        f'<li class="source" id="{anchors}{citation.n}">'
        f'<div class="source-head"><span class="source-n">{citation.n}</span>'
        f'<div><p class="source-title">{escape_text(citation.title)}</p><p class="source-where">{where}</p></div></div>'
        f"<blockquote>{escape_text(source.before)}<mark>{escape_text(citation.quote)}</mark>"
        f"{escape_text(source.after)}</blockquote>"
        f'<p class="source-foot">{unofficial}<span>{describe_dates(document, citation.effective_from, texts)}</span>'
        f"{_link(citation.url, texts)}</p></li>"
    )


def _reading(reading: Reading, anchors: str, page: Page) -> str:
    """What a live service said: whose it is, where and when, and whether it is simulated or old."""
    texts = page.texts
    at = datetime.fromisoformat(reading.observed_at) if reading.observed_at else None
    when = texts["observed_at"].format(time=f"{at:%Y-%m-%d %H:%M}") if at else texts["no_time"]
    marks = [texts["simulated"]] if reading.simulated else []
    marks += [texts["stale"]] if reading.stale else []
    badges = "".join(f'<span class="badge">{mark}</span>' for mark in marks)
    return (
        f'<li class="source source-live" id="{anchors}{reading.n}">'
        f'<div class="source-head"><span class="source-n">{reading.n}</span>'
        f'<div><p class="source-title">{escape_text(reading.source)}</p>'
        f'<p class="source-where">{escape_text(reading.place)}</p></div></div>'
        f'<p class="source-foot">{badges}<span>{when}</span><span>{escape_text(reading.licence)}</span></p></li>'
    )


def _link(url: str, texts: Texts) -> str:
    address = safe_url(url)
    if not address:
        return ""
    return (
        f'<a class="source-link" href="{address}" target="_blank" rel="noopener noreferrer nofollow">'
        f'{texts["open_source"]}<span class="unseen">{texts["new_window"]}</span></a>'
    )
