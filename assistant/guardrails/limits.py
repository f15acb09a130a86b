"""Limits: a question has text, and not more of it than the assistant can read with care."""

from assistant.schema import Lang

_EMPTY = {
    "zh-TW": "請輸入您的問題，例如「垃圾車什麼時候來？」",
    "en": "Please type a question, for example “When does the garbage truck come?”",
}
_TOO_LONG = {
    "zh-TW": "您的問題有 {length} 個字，超過 {limit} 字的上限。請縮短問題，或分成幾個問題來問。",
    "en": "Your question has {length} characters; the limit is {limit}. Please shorten it or split it up.",
}


def find_limit_breach(text: str, lang: Lang, max_chars: int) -> str | None:
    """What to tell the person whose question is empty or too long, or None."""
    if not any(character.isalnum() for character in text):
        return _EMPTY[lang]
    if len(text) > max_chars:
        return _TOO_LONG[lang].format(length=len(text), limit=max_chars)
    return None
