"""The assistant's own sentences around an answer, by language, and how marked sentences are joined."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from assistant.city import City
from assistant.schema import Citation, Document, Lang, Passage

_NO_EVIDENCE = {
    "zh-TW": "我在收錄的文件中找不到這個問題的答案，所以不作回答，以免給您錯誤的資訊。",
    "en": "I could not find the answer in the documents I hold, so I would rather not guess.",
}
_NO_DOCUMENTS = {
    "zh-TW": "以上是即時資料；收錄的文件中沒有找到這個問題其他部分的答案。",
    "en": "This is live data; the documents I hold do not answer the rest of the question.",
}
_NEAREST = {"zh-TW": "可能相關的文件：{titles}。", "en": "Documents that may be related: {titles}."}
_BUREAU = {"zh-TW": "承辦單位可能是{bureau}。", "en": "The responsible office may be: {bureau}."}
_EXTRACT_ONLY = {
    "zh-TW": "目前沒有使用語言模型，以下直接引用文件原文。",
    "en": "No language model is in use; these are verbatim quotes from the documents.",
}
_ENGINE_LOST = {
    "zh-TW": "語言模型暫時無法回應，以下是可查證的文件原文；稍後可以再問一次。",
    "en": "The language model stopped responding; this is what the documents say. You can ask again shortly.",
}
_ENGINE_BUSY = {
    "zh-TW": "目前提問的人較多，語言模型來不及整理您的回答，以下直接引用文件原文；稍後可以再問一次。",
    "en": "Many people are asking right now, so the language model could not write your answer in time; these are "
    "verbatim quotes from the documents. You can ask again shortly.",
}
_TOO_MANY: Mapping[str, Mapping[Lang, str]] = {
    "rate": {
        "zh-TW": "您剛才問得比較密集，請等 {wait_s} 秒再問。若有人身危險，請直接說明情況，或撥打 119、110。",
        "en": "You have asked many questions in a short time. Please wait {wait_s} seconds. If anyone is in danger, "
        "say so here, or call 119 or 110.",
    },
    "open": {
        "zh-TW": "您還有回答正在進行，請等它們完成；大約 {wait_s} 秒後可以再問。",
        "en": "Answers to your earlier questions are still being written. Please ask again in about {wait_s} seconds.",
    },
    "full": {
        "zh-TW": "目前提問的人很多，請在 {wait_s} 秒後再問。若有人身危險，請直接說明情況，或撥打 119、110。",
        "en": "Very many people are asking right now. Please ask again in {wait_s} seconds. If anyone is in danger, "
        "say so here, or call 119 or 110.",
    },
}
_EXTRACT_INSTEAD = {
    "zh-TW": "模型的草稿未通過查核，以下直接引用文件原文。",
    "en": "The model's draft did not pass verification; these are verbatim quotes from the documents.",
}
_MISSING = {
    "zh-TW": "收錄的文件沒有寫到您問的{things}。{help}",
    "en": "The documents do not give the {things} that you asked for. {help}",
}
_THINGS: Mapping[str, Mapping[Lang, str]] = {
    "phone": {"zh-TW": "電話", "en": "phone number"},
    "money": {"zh-TW": "金額", "en": "amount"},
    "clock": {"zh-TW": "時間", "en": "hours"},
    "duration": {"zh-TW": "期間", "en": "length of time"},
    "share": {"zh-TW": "比率", "en": "percentage"},
    "age": {"zh-TW": "年齡", "en": "age"},
}
_FAILED = {
    "zh-TW": "系統發生錯誤，這次無法回答。{help}",
    "en": "Something went wrong and this question could not be answered. {help}",
}
_ENDED = {
    "zh-TW": "{title}是{span}適用的舊規定，現在已不適用。",
    "en": "{title} held {span} and is no longer in force.",
}
_REPLACED = {
    "zh-TW": "{title}是{span}適用的舊規定；現行規定請見{current}。",
    "en": "{title} held {span}; for the rule in force now see {current}.",
}
_REPLACED_SINCE = {
    "zh-TW": "{title}是{span}適用的舊規定；自 {day} 起已有新規定。",
    "en": "{title} held {span}; a newer rule has been in force since {day}.",
}
_NOT_YET = {
    "zh-TW": "{title}自 {day} 起才適用，目前尚未生效。",
    "en": "{title} starts on {day} and is not in force yet.",
}
# What a rule says of a yes/no question, by what is asked and whether it is so; then by whether the person has it right.
_RULED: Mapping[str, Mapping[Lang, tuple[str, str]]] = {
    "permission": {"zh-TW": ("可以", "不可以"), "en": ("this is allowed", "this is not allowed")},
    "duty": {"zh-TW": ("需要", "不需要"), "en": ("this is required", "this is not required")},
    "charge": {"zh-TW": ("要收費", "不用付費"), "en": ("there is a charge", "there is no charge")},
}
_RIGHT: Mapping[Lang, tuple[str, str]] = {
    "zh-TW": ("是的，{said}。", "不，{said}。"),
    "en": ("Yes, {said}.", "No, {said}."),
}
_PLAINLY: Mapping[Lang, tuple[str, str]] = {
    "zh-TW": ("是的。", "不是。"),
    "en": ("Yes, that is right.", "No, that is not so."),
}
_SPAN = {"zh-TW": " {first} 至 {last} ", "en": "from {first} to {last}"}
_SPAN_UNTIL = {"zh-TW": "到 {last} 為止", "en": "until {last}"}
_MOST_TITLES = 3


def no_evidence(city: City, lang: Lang, passages: Sequence[Passage]) -> str:
    """Say that nothing was found, name the nearest documents and their office, and who can help."""
    parts = [_NO_EVIDENCE[lang]]
    ours = [p for p in passages if p.document.language == lang] or list(passages)
    titles = list(dict.fromkeys(p.document.title for p in ours))[:_MOST_TITLES]
    if titles:
        quoted = [_quoted(title, lang) for title in titles]
        parts.append(_NEAREST[lang].format(titles=("、" if lang == "zh-TW" else ", ").join(quoted)))
    bureau = ours[0].document.bureau if ours else ""
    if bureau:
        parts.append(_BUREAU[lang].format(bureau=_bureau_name(city, bureau, lang)))
    parts.append(city.help[lang])
    return joined(parts, lang)


def no_documents(lang: Lang) -> str:
    """The notice of an answer from live services alone to a question that asked for more."""
    return _NO_DOCUMENTS[lang]


def extract_only(lang: Lang) -> str:
    """The notice of an answer that no model wrote, because none is in use."""
    return _EXTRACT_ONLY[lang]


def engine_lost(lang: Lang) -> str:
    """The notice of an answer during which the engine went away."""
    return _ENGINE_LOST[lang]


def engine_busy(lang: Lang) -> str:
    """The notice of an answer for which the engine had no time."""
    return _ENGINE_BUSY[lang]


def too_many(reason: str, wait_s: int, lang: Lang) -> str:
    """What to tell a person whose question is not taken now, by the reasons of `admission.gate`."""
    return _TOO_MANY[reason][lang].format(wait_s=wait_s)


def extract_instead(lang: Lang) -> str:
    """The notice of an answer whose draft failed the checks."""
    return _EXTRACT_INSTEAD[lang]


def missing(city: City, kinds: Sequence[str], lang: Lang) -> str:
    """The notice of an answer that leaves out some of what was asked, by the names of `answer_types.toml`."""
    things = ("、" if lang == "zh-TW" else " and the ").join(_THINGS[kind][lang] for kind in kinds)
    return _MISSING[lang].format(things=things, help=city.help[lang])


def ruled(axis: str, holds: bool, agrees: bool, lang: Lang) -> str:
    """A yes or no in words that cannot be misread.

    Args:
        axis: what is asked: permission, duty, charge, or something else.
        holds: whether it is allowed, required, charged for.
        agrees: whether the question, as it was put, is answered by yes.
    """
    if axis not in _RULED:
        return _PLAINLY[lang][0 if agrees else 1]
    said = _RULED[axis][lang][0 if holds else 1]
    return _RIGHT[lang][0 if agrees else 1].format(said=said)


def failed(city: City, lang: Lang) -> str:
    """The text of an answer that a fault ended."""
    return _FAILED[lang].format(help=city.help[lang])


def outside_today(
    documents: Sequence[Document], today: date, lang: Lang, current: Mapping[str, Document] = MappingProxyType({})
) -> str:
    """Say which of the documents used do not hold today, and since or until when; empty where all of them hold.

    Args:
        current: the version in force today, by the id of the document that it replaced, where it is known.
    """
    parts = [_validity(document, today, lang, current.get(document.id)) for document in _distinct(documents)]
    return joined([part for part in parts if part], lang)


def _validity(document: Document, today: date, lang: Lang, current: Document | None) -> str:
    title, first, last = _quoted(document.title, lang), document.effective_from, document.last_day
    if first and first > today:
        return _NOT_YET[lang].format(title=title, day=first)
    if last is None or last >= today:
        return ""
    span = (_SPAN if first else _SPAN_UNTIL)[lang].format(first=first, last=last)
    if current:
        return _REPLACED[lang].format(title=title, span=span, current=_quoted(current.title, lang))
    if document.superseded and document.superseded <= today:
        return _REPLACED_SINCE[lang].format(title=title, span=span, day=document.superseded)
    return _ENDED[lang].format(title=title, span=span)


def _distinct(documents: Sequence[Document]) -> list[Document]:
    return list({document.id: document for document in documents}.values())


def _quoted(title: str, lang: Lang) -> str:
    return f"《{title}》" if lang == "zh-TW" else f"“{title}”"


def marked(sentence: str, citations: Sequence[Citation]) -> str:
    """A sentence with the marks of its citations, like `票價20元。 [1][3]`."""
    return f"{sentence} {''.join(f'[{citation.n}]' for citation in citations)}"


def joined(sentences: Sequence[str], lang: Lang) -> str:
    """Sentences as one paragraph."""
    return ("" if lang == "zh-TW" else " ").join(sentences)


def _bureau_name(city: City, bureau: str, lang: Lang) -> str:
    known = next((b for b in city.bureaus if b.name == bureau), None)
    name = known.en if known and lang == "en" else bureau
    if known and known.phone:
        return f"{name}（{known.phone}）" if lang == "zh-TW" else f"{name} ({known.phone})"
    return name
