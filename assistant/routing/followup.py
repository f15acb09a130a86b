"""Follow-ups: a question that leans on the one before it is searched together with it."""

import re

from assistant.schema import Lang, Turn
from assistant.text import fold

_SHORT_ZH = 7
_LEANS: dict[Lang, re.Pattern[str]] = {
    "zh-TW": re.compile(
        r"^(那|那麼|還有|然後|所以|如果是|換成|改成)|^(它|他|她|這|這個|那個|這些|上面|剛剛)|(它|它們|這個|那個|上述|前述|剛剛(說|提到)的?)|呢[?？]*$"
    ),
    "en": re.compile(
        r"^(and|so|then|what about|how about|what if|or)\b|\b(it|its|they|them|their|that one|those|these|the same)\b"
    ),
}
_MOST_WORDS_EN = 12


def standalone_question(text: str, lang: Lang, history: tuple[Turn, ...]) -> str:
    """The text to search for: the question alone, or after the earlier question that it leans on."""
    if not history or not _leans(text, lang):
        return text
    return f"{history[-1].question} {text}"


def _leans(text: str, lang: Lang) -> bool:
    folded = fold(text).strip()
    if lang == "zh-TW":
        return len(re.sub(r"\W", "", folded)) <= _SHORT_ZH or bool(_LEANS[lang].search(folded))
    return len(folded.split()) <= _MOST_WORDS_EN and bool(_LEANS[lang].search(folded))
