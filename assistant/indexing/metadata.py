"""What the text of a document says about it: its dates, office and type, taken from clear places only."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from assistant.indexing.blocks import Metadata, ParsedDocument
from assistant.indexing.commencement import commencement
from assistant.indexing.dates import find_dates, only, parse_date
from assistant.indexing.history import History, own_repeal, read_history
from assistant.indexing.labels import end_of, numbered_periods, period_of, read_fields
from assistant.text import fold

_REGULATIONS = tuple("自治條例 自治規則 辦法 規則 要點 準則 細則 標準 規程 綱要 作業規定".split())
_LAWS = ("法", "條例")
_ENGLISH_REGULATION = re.compile(
    r"\A(?:enforcement |implementation )?(?:regulations?|rules|standards|directions)\b"
    r"|\b(?:regulations|rules|ordinance)\Z"
)
_ENGLISH_LAW = re.compile(r"\b(?:act|code|law)\Z|\A(?:the )?(?:\w+ ){0,2}(?:act|statute) (?:of|for|on|governing)\b")
_TYPES = (
    (
        "form",
        re.compile(
            r"(?:申請|報名|登記|委託|切結|同意|聲明|調查|評量|審查|檢核)(?:書|表|單|表單)\Z"
            r"|(?:application|registration|request|consent|complaint) form\Z"
        ),
    ),
    ("faq", re.compile(r"常見問[題答]|問答集|問與答|q ?& ?a\Z|\bfaqs?\Z|frequently asked questions")),
    ("guide", re.compile(r"(?:指南|手冊|懶人包)\Z|(?:guide|handbook|manual)\Z")),
)
_NOTICE = re.compile(r"公告|通知|令|函")
_LONGEST_TITLE = 500
_FEWEST_ARTICLES, _FEWEST_POINTS = 2, 3
_HEAD_BLOCKS, _LONGEST_HEAD = 12, 200
_POINT = re.compile(r"\s*[一二三四五六七八九十]{1,3}\s*、")
_DRAFT = re.compile(r"草案|預告|\bdraft\b")
_ABOUT_A_RULE = re.compile(r"對照表|總說明|立法理由|修正理由|說明表|逐點說明|逐條說明")
_NOT_YET_WHOLE = "尚未生效"

_BRACKETED = re.compile(r"[（(【\[〔〈]([^（()）【】\[\]〔〕〈〉]{1,40})[）)】\]〕〉]")
_VERSION_WORD = re.compile(
    r"(?:最?新修?[正訂]?|修[正訂]|訂定|現行|舊|定稿|核定|公[布告]|發布|函頒|頒布|生效|施行|實施|廢止|停止適用|適用|全文|條文|版本?|後"
    r"|第[0-9一二三四五六七八九十]{1,3}[次版]|[0-9]{2,4}年版?|v(?:er)?\.?[0-9][0-9.]*"
    r"|amended|revised|revision|version|repealed|abolished|effective|in force|latest|current|from|on|as of|of"
    r"|自|於|起|至|日|止|已|業|[dD~～\-_.,，、:：/ ])+",
    re.IGNORECASE,
)
_TRAILING_VERSION = re.compile(
    r"[\s_\-—–]*(?:D?(?:最新修[正訂]|修[正訂])(?:發布|公布|函頒)?(?:版本?)?|D|(?:最新|現行|新|舊|定稿|核定|[0-9]{2,4}年)版本?|全文|"
    r"v(?:er)?\.?[0-9][0-9.]*)\s*\Z",
    re.IGNORECASE,
)
_NAME_LABEL = re.compile(r"\A\s*(?:法規)?名稱\s*:\s*")
_FILE_SUFFIX = re.compile(r"\.(?:pdf|docx?|odt|html?|txt|md|rtf)\Z", re.IGNORECASE)
_COMPACT_DATE = re.compile(r"(?<!\d)\d{7,8}(?!\d)")

_OFFICE = re.compile(
    r"[^\d:：，。,；;「」]{1,28}?(?:[府局處部院署會所科室課組館隊廳]|中心|學校)"
    r"(?:[ 　(（][^\d:：，。,；;]{2,16}[)）]?)?|[A-Z][A-Za-z&' -]{3,70}"
)
_BUREAU = re.compile(r"[府局處部院署館隊廳]|委員會|公所|中心|學校")  # 役政科 alone does not say whose
_ENGLISH_OFFICE = re.compile(
    r"\b(?:Bureau|Department|Office|Government|Administration|Cent(?:er|re)|Commission|Agency|Ministry|Council|Division)\b"
)
_URL = re.compile(r"https?://[^\s<>\"，。；）)]{4,300}")
_ANNOUNCED_START = re.compile(r"(?:並|，|,)(自.{1,24}(?:生效|施行|實施)|即日起?(?:生效|施行|實施))[。.]?\Z")
_ENDS_RULE = re.compile(r"廢止|停止適用|草案|預告")


def complete_metadata(parsed: ParsedDocument) -> Metadata:
    """The document's metadata, with what its reader left empty filled from labelled and unambiguous places.

    Candidates that contradict each other leave a value empty: a wrong effective date would hide a document.
    """
    fields = read_fields(parsed.blocks)
    title = fold(parsed.title)
    history = read_history(parsed.blocks, _squeeze(parsed.title)) if not _ABOUT_A_RULE.search(title) else History()
    published, amended = _published(fields, history, parsed.title)
    start, end = (
        (None, None) if _DRAFT.search(title) else _validity(parsed, fields, history, published, amended=amended)
    )
    found = Metadata(
        bureau=_bureau(fields),
        type=_type(parsed, fields),
        url=_url(fields.get("url", ())),
        published=published,
        effective_from=start,
        effective_to=end if not (start and end and end < start) else None,
        repealed=_repealed(parsed, fields, history),
    )
    given = parsed.metadata
    known = replace(found, **{name: value for name in Metadata.__slots__ if (value := getattr(given, name))})
    if known.effective_from and known.effective_to and known.effective_to < known.effective_from:
        return replace(known, effective_from=given.effective_from, effective_to=given.effective_to)
    return known


def same_rule(title: str) -> str:
    """A key that the versions of one rule share: its title without dates and version marks; drafts keep apart."""
    name, _ = _undecorated(_FILE_SUFFIX.sub("", fold(title).strip()))
    draft = _DRAFT.search(name) is not None
    name = re.sub(r"(?:部分|第[^條點]{1,20}[條點])?(?:條文)?(?:修正)?草案|預告(?:修正|訂定)?|\bdraft\b", "", name)
    return re.sub(r"[\W_]+", "", name) + ("|draft" if draft else "")


def _undecorated(title: str) -> tuple[str, list[str]]:
    """A folded title without version marks, and those marks."""
    title = _NAME_LABEL.sub("", title[:_LONGEST_TITLE])
    marks: list[str] = []
    kept: list[str] = []
    end = 0
    for match in _BRACKETED.finditer(title):
        if _VERSION_WORD.fullmatch(_with_day_marks(match[1])):
            kept.append(title[end : match.start()])
            marks.append(match[1])
            end = match.end()
    name = "".join([*kept, title[end:]])
    while (tail := _TRAILING_VERSION.search(_with_day_marks(name))) and tail[0].strip() and tail.start() > 0:
        if "D" in tail[0]:
            marks.append(name)
        name = _with_day_marks(name)[: tail.start()]
    return re.sub(r"\AD[\s_\-]*", "", _with_day_marks(name)).replace("D", ""), marks


def _with_day_marks(text: str) -> str:
    """The text with D for each day, those written without marks (1140701) included."""
    for _, start, end in reversed(list(find_dates(text))):
        text = f"{text[:start]}D{text[end:]}"
    return _COMPACT_DATE.sub(lambda match: "D" if parse_date(match[0]) else match[0], text)


def _days(text: str) -> list[date]:
    compact = (parse_date(match[0]) for match in _COMPACT_DATE.finditer(text))
    return [day for day, _, _ in find_dates(text)] + [day for day in compact if day]


def _title_day(title: str, verbs: str) -> date | None:
    """The day that a mark of the title gives for one of the verbs: （114年7月1日修正）."""
    marks = [mark for mark in _undecorated(fold(title))[1] if re.search(verbs, mark)]
    return only(day for mark in marks for day in _days(mark)) if all(len(_days(mark)) == 1 for mark in marks) else None


def _published(fields: Mapping[str, Sequence[str]], history: History, title: str) -> tuple[date | None, bool]:
    """The day on which this version was published, and whether that may have been an amendment."""
    labelled = {
        name: [parse_date(value) for value in fields.get(name, ())] for name in ("amended", "published", "updated")
    }
    amended = [*labelled["amended"], _title_day(title, "修[正訂]|amended|revised"), history.promulgated]
    if any(amended):
        return only(amended), history.enactments != 1 or any(labelled["amended"])
    published = only([*labelled["published"], _title_day(title, "訂定|公[布告]|發布|函頒|頒布")])
    return published or only(labelled["updated"]), False


def _validity(
    parsed: ParsedDocument,
    fields: Mapping[str, Sequence[str]],
    history: History,
    published: date | None,
    *,
    amended: bool,
) -> tuple[date | None, date | None]:
    periods = [*map(period_of, fields.get("period", ())), *numbered_periods(parsed.blocks)]
    ranges = [period_of(value) for value in fields.get("effective", ())]
    ends = [end_of(value) for name in ("period", "expires") for value in fields.get(name, ())]
    starts = [start for start, _ in (*periods, *ranges)]
    starts.append(_title_day(parsed.title, "生效|施行|實施|effective"))
    end = only([*ends, *(end for _, end in (*periods, *ranges))])
    if any(starts):
        return only(starts), end
    return _start_of_rule(parsed, fields, history, published, amended=amended), end


def _start_of_rule(
    parsed: ParsedDocument,
    fields: Mapping[str, Sequence[str]],
    history: History,
    published: date | None,
    *,
    amended: bool,
) -> date | None:
    if history.effective == "unknown" or any(_NOT_YET_WHOLE in text for text in _head(parsed)):
        return None
    if history.effective:
        return history.effective
    if "subject" in fields:
        return _announced_start(fields["subject"], published)
    if not _is_rule(parsed):
        return None
    # An administrative rule, which has points and no articles, binds from the letter that issues it.
    has_articles = any(block.locator.article for block in parsed.blocks)
    unsaid = None if has_articles else history.promulgated
    return commencement(parsed.blocks, published, amended=amended, unsaid=unsaid)


def _announced_start(subjects: Sequence[str], published: date | None) -> date | None:
    """When an announced rule begins, by the subject of the announcement (並自114年8月1日生效)."""
    match = _ANNOUNCED_START.search(subjects[0]) if len(subjects) == 1 and not _ENDS_RULE.search(subjects[0]) else None
    if match is None:
        return None
    return published if "即日" in match[1] else period_of(match[1])[0]


def _repealed(parsed: ParsedDocument, fields: Mapping[str, Sequence[str]], history: History) -> date | None:
    labelled = [parse_date(value) for value in fields.get("repealed", ())]
    return only(
        [*labelled, _title_day(parsed.title, "廢止|停止適用|repealed|abolished"), history.repealed]
    ) or own_repeal(parsed.blocks)


def _bureau(fields: Mapping[str, Sequence[str]]) -> str:
    for name in ("publisher", "competent", "responsible"):
        offices = {value.strip() for value in fields.get(name, ()) if _is_office(value.strip())}
        if offices:
            return offices.pop() if len(offices) == 1 else ""
    return ""


def _is_office(value: str) -> bool:
    if _OFFICE.fullmatch(value) is None or "、" in value:
        return False
    return _BUREAU.search(value) is not None or _ENGLISH_OFFICE.search(value) is not None


def _url(values: Iterable[str]) -> str:
    urls = {value for value in values if _URL.fullmatch(value)}
    return urls.pop() if len(urls) == 1 else ""


def _type(parsed: ParsedDocument, fields: Mapping[str, Sequence[str]]) -> str:
    title = fold(parsed.title)
    name = _undecorated(title)[0].strip()
    if _DRAFT.search(title) or _ABOUT_A_RULE.search(title):
        return ""
    if _is_rule(parsed):
        return "regulation" if name.endswith(_REGULATIONS) or _ENGLISH_REGULATION.search(name) else "law"
    if "subject" in fields and any(_NOTICE.search(text) for text in (title, *_head(parsed))):
        return "notice"
    return next((kind for kind, pattern in _TYPES if pattern.search(name)), "")


def _is_rule(parsed: ParsedDocument) -> bool:
    """Whether title and form are those of a law or regulation: a page on a 標準 or 辦法 may have another form."""
    name = _undecorated(fold(parsed.title))[0].strip()
    articles = {block.locator.article for block in parsed.blocks if block.locator.article}
    if name.endswith(_REGULATIONS):
        points = sum(_POINT.match(block.text) is not None for block in parsed.blocks)
        return len(articles) >= _FEWEST_ARTICLES or points >= _FEWEST_POINTS
    is_law = name.endswith(_LAWS) or _ENGLISH_LAW.search(name) or _ENGLISH_REGULATION.search(name)
    return bool(is_law) and len(articles) >= _FEWEST_ARTICLES


def _head(parsed: ParsedDocument) -> list[str]:
    return [block.text[:_LONGEST_HEAD] for block in parsed.blocks[:_HEAD_BLOCKS]]


def _squeeze(text: str) -> str:
    return "".join(text.split())
