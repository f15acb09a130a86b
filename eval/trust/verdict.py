"""Reads the verdict of an answer to a yes/no question, simply, strictly, and by rules that are not the product's."""

import re
from typing import Literal

from assistant.text import fold

Verdict = Literal["yes", "no"]
Kind = Literal["may", "must", "fee"]
Stance = tuple[Kind, bool]  # what it speaks of, and whether it affirms it

_FIRST_SENTENCE = re.compile(r".+?(?:[。!?;；\n]|\.(?=\s|$)|$)")
_MARKS = re.compile(r"\[\d+\]")
_OPENING = "「『《“\"'*("
_END = r"(?=[\s,.;:!，。；：！、—-]|$)"
_YES = re.compile(rf"(?:是的|是|對|沒錯|正確|yes|yep|correct|right|that(?:'s| is) (?:right|correct)|true){_END}")
_NO = re.compile(
    rf"(?:否|不是|不對|錯|錯誤|並非|不正確|不){_END}"
    r"|(?:no|nope)(?=[,.;:!，。—-]|$)"
    r"|(?:that(?:'s| is) )?(?:not (?:true|correct|right)|incorrect|false|wrong)\b"
)
# Questions that name both sides ask for the first.
_BOTH_SIDES = (
    (re.compile(r"可不可以|可以不可以|可否|能否|得否|能不能|可不可"), "可以"),
    (re.compile(r"需不需要|需要不需要|要不要|用不用|須不須|要否|須否|需否"), "需要"),
    (re.compile(r"是不是|是否|有沒有"), ""),
)
# In order: what stands earlier takes its text away from what comes after it.
_STANCES: tuple[tuple[Stance, re.Pattern[str]], ...] = (
    (
        ("fee", False),  # of "need not pay" only the second half: the first is about having to
        re.compile(
            r"免費|免收|不(?:另|加|會|再)?[收扣](?:取|費)?|(?:(?<=不用)|(?<=不必)|(?<=無須)|(?<=不需)|(?<=不需要)|(?<=免))付費"
            r"|\b(?:free|no (?:extra |additional )?(?:charge|fee|cost)|without charge|not charged?)\b"
            r"|(?:(?<=not have to )|(?<=n't have to )|(?<=need not )|(?<=not need to )|(?<=n't need to ))pay\b"
        ),
    ),
    (
        ("fee", True),
        re.compile(
            r"[收扣].{0,4}費|收取|加收|另收|付費|計費|自費|自付|\b(?:charge|charged|charges|fees?)\b"
            r"|(?:(?<=have to )|(?<=has to )|(?<=need to )|(?<=must ))pay\b|\b(?:do|does|will|would) \w+ pay\b"
        ),
    ),
    (
        ("must", False),
        re.compile(
            r"不一定(?:要|得|需要|必須)|(?:不|無|毋|免|不必|毋庸)(?:需要|須要|需|須|用|必|庸)(?!求)(?:要)?"
            r"|不要求|得免|可免|免予"
            r"|免(?![費疫洗])|(?:不用|不必)(?:要|得)?"
            r"|\b(?:need not|needn't|(?:do|does|did|will|would)(?: not|n't) (?:have|need) to"
            r"|(?:do|does|did)(?: not|n't) need|(?:is|are|was|were)(?: not|n't) "
            r"(?:required|necessary|needed|obliged|mandatory|compulsory)"
            r"|not required|no need|without having to|exempt(?:ed)?)\b"
        ),
    ),
    (
        ("may", False),
        re.compile(
            r"不可以|不能夠?|不得(?!已|不)|不行|不可(?!或缺|否認)|不准|不許|不允許|不開放|不受理|不接受|禁止|嚴禁|無法"
            r"|恕不|不適用|不包括|不包含"
            r"|\b(?:may not|can ?not|can't|could not|couldn't|must not|mustn't|shall not"
            r"|(?:is|are|was|were|am)(?: not|n't) (?:\w+ )?(?:allowed|permitted|able|accepted|eligible|possible|open)"
            r"|not (?:allowed|permitted|accepted|eligible|possible)|no longer|prohibited|forbidden|banned|impossible"
            r"|no [\w ]{1,30}(?:allowed|permitted|accepted))\b"
        ),
    ),
    (
        ("must", True),
        re.compile(
            r"必須|必需|需要|務必|(?<![反相供因適])應(?![該用對變])|仍[須需要應]|須(?!知)|需(?!求)|一定要|一定得|還是要|得先|要先"
            r"|(?<![只重主需不想將快])要(?![求點件素是])"
            r"|\b(?:must|shall|needs? to|needed to|have to|has to|had to|(?:is|are|was|were|be) (?:\w+ )?"
            r"(?:required|needed|necessary|obliged|mandatory|compulsory)|requires?|required)\b"
        ),
    ),
    (
        ("may", True),
        re.compile(
            r"可以|能夠|得以|允許|准許|開放|皆可|均可|亦可|也可|仍可|就可|即可|都可|還可|(?<![許認])可(?![能是惜見否觀愛靠])"
            r"|(?<![可功職技智性效節產體不才])能(?![源力量見否])"
            r"|沒關係|沒問題|適用|接受|受理"
            r"|\b(?:may|can|could"
            r"|(?:is|are|was|were|be) (?:\w+ )?(?:allowed|permitted|able to|accepted|eligible|possible|open)"
            r"|allowed|permitted|eligible)\b"
        ),
    ),
)


def verdict_of(answer: str, question: str) -> Verdict | None:
    """The verdict of an answer, or None where it gives none.

    It is the answer's first word where that is a yes or no. Else it is what the first sentence says of being allowed,
    of having to, or of a fee, held against what the question asks of the same: to "I need not pay, right?", "You must
    pay" is a no. Fees count only where the question asks of nothing else, because they stand in many premises.
    """
    first = _FIRST_SENTENCE.match(_plain(_MARKS.sub("", answer)).lstrip(_OPENING))
    if not first:
        return None
    sentence = first[0]
    if _YES.match(sentence):
        return "yes"
    if _NO.match(sentence):
        return "no"
    asked = dict(stances(question))  # of each kind the last: the clause that asks stands at the end
    if len(asked) > 1:
        asked.pop("fee", None)
    for kind, affirmed in stances(sentence):
        if kind in asked or not asked:
            return "yes" if asked.get(kind, True) == affirmed else "no"
    return None


def stances(text: str) -> list[Stance]:
    """What a text says of being allowed, of having to, and of fees, in its order."""
    left = _plain(text)
    for pattern, said in _BOTH_SIDES:
        left = pattern.sub(said, left)
    found: list[tuple[int, Stance]] = []
    for stance, pattern in _STANCES:
        found += [(match.start(), stance) for match in pattern.finditer(left)]
        left = pattern.sub(lambda match: " " * len(match[0]), left)
    return [stance for _, stance in sorted(found)]


def _plain(text: str) -> str:
    return fold(text).strip().replace("’", "'")
