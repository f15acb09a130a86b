"""Labelled fields of a document, such as 發布日期：114年7月1日 near its top or end, and the days that they name."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.indexing.blocks import Block
from assistant.indexing.dates import find_dates, parse_date

LABELS: dict[str, tuple[str, ...]] = {
    "amended": (
        *"修正日期 最後修正日期 最新修正日期 修訂日期 最後修訂日期 最新異動日期 法規異動日期".split(),
        *("Amended date", "Date amended", "Last amended", "Revision date", "Last revised", "Revised"),
    ),
    "published": (
        *"發布日期 發佈日期 發布日 公布日期 公佈日期 公布日 公發布日 公發布日期 公告日期 發文日期 張貼日期".split(),
        *"刊登日期 刊載日期 上架日期 上版日期 發行日期 出版日期 頒布日期 函頒日期 訂定日期 發稿日期".split(),
        *("Published", "Published on", "Date published", "Publication date", "Date of publication", "Release date"),
        *("Posted", "Posted on", "Post date", "Date posted", "Issued", "Issued on", "Issue date", "Date of issue"),
        "Announced date",
    ),
    "updated": (
        *"更新日期 最後更新 最後更新日期 最後更新時間 最近更新 最近更新日期 更新時間 資料更新日期 網頁更新日期".split(),
        *"本頁更新日期 修改日期 最後修改日期 最後異動日期 最後異動時間 維護日期".split(),
        *("Updated", "Updated on", "Last updated", "Last updated on", "Last update", "Page last updated"),
        *("Last modified", "Last modified on", "Date modified", "Modified"),
    ),
    "effective": (
        *"生效日期 生效日 施行日期 施行日 實施日期 適用日期 開始適用日期".split(),
        *("Effective date", "Date effective", "Effective", "Effective from", "Effective on", "Effective as of"),
        *("In force from", "Valid from"),
    ),
    "period": (
        *"有效期間 有效期限 實施期間 實施期程 施行期間 適用期間 計畫期間 計畫期程".split(),
        *("Validity", "Validity period", "Period of validity", "Effective period", "Valid"),
    ),
    "expires": (
        *"有效期限至 有效期間至 有效至 實施至 施行至 適用至 失效日期 失效日".split(),
        *("Valid until", "Valid to", "Valid through", "Effective until", "Expires", "Expires on", "Expiry date"),
        "Expiration date",
    ),
    "repealed": (
        *"廢止日期 停止適用日期".split(),
        *("Abolished date", "Repealed", "Repealed on", "Date repealed", "Repeal date"),
    ),
    "publisher": (
        *"發布單位 發佈單位 發布機關 發佈機關 發文機關 發文單位 公告單位 公告機關 張貼單位 刊登單位".split(),
        *"提供單位 資料提供單位 資料提供機關 發行機關 出版機關".split(),
        *("Published by", "Publisher", "Issued by", "Issuing agency", "Issuing authority"),
    ),
    "responsible": (
        *"主辦機關 主辦單位 主責機關 主責單位 權責機關 權責單位".split(),
        *("Responsible agency", "Responsible department", "Responsible bureau", "Department", "Bureau"),
    ),
    "competent": ("主管機關", "業務主管機關", "Competent authority"),
    "url": (
        *"本頁網址 本文網址 原文網址 原文連結 原始網址 文件網址 法規網址".split(),
        *("URL of this page", "This page", "Permalink", "Source URL", "Original URL"),
    ),
    "subject": ("主旨",),
}
_NAMES = {"".join(label.lower().split()): name for name, labels in LABELS.items() for label in labels}
_PLAIN = frozenset({"amended", "published", "updated", "repealed"})  # their dates may follow without a colon
_ZONE_BLOCKS = 12  # a field about the document stands among so many blocks of its top or end
_LONGEST_LINE = 300
_LONGEST_SUBJECT = 1000


def _spelling(label: str) -> str:
    gap = r"\s+" if label.isascii() else r"[ \u3000]*"
    return gap.join(label.split() if label.isascii() else label)


_SPELLINGS = "|".join(_spelling(label) for label in sorted(sum(LABELS.values(), ()), key=len, reverse=True))
_BULLETS = " \t\u3000•●◆◇■□▪※＊*·|｜【[（(<〈–—-"
_CLOSING = " 】]）)>〉"
_OTHER = r"[^\s\d:：，。,；;]{2,10}[ \u3000]*[:：]"
_FIELD = re.compile(
    rf"(?:(?<=[\s|｜;；,，、/（(【\[•·])|\A)(?P<label>{_SPELLINGS})\s*(?:[】\]）)>〉]\s*[:：]?|[:：])", re.IGNORECASE
)
_FIRST = re.compile(rf"(?P<label>{_SPELLINGS})(?!\s*[：:])|{_SPELLINGS}|{_OTHER}", re.IGNORECASE)
_NEXT = re.compile(rf"[\s|｜,，、/（(【\[•·]+(?:{_OTHER}|(?:{_SPELLINGS})\s*[】\]:：])", re.IGNORECASE)
_NUMBERED = re.compile(
    r"\s*[壹貳參肆伍陸柒捌玖拾一二三四五六七八九十]{1,3}\s*、\s*"
    r"(?:本?計畫)?(?:實施|計畫|有效|施行|適用)(?:期間|期程|期限|日期)\s*(?:[:：]\s*|\Z)(?P<value>.{0,80})",
    re.DOTALL,
)
_DAY_IN_YEAR = re.compile(r"(?<=[至到~～–—-])\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_ASIDE = re.compile(r"[（(](?:星期|週|周|禮拜)?[一二三四五六日天][)）]|\d{1,2}[:：]\d{2}|[\s。.，,;；]")
_FROM = re.compile(r"(?:自|從|由|於|on|from)?D(?:起|開始|起算)?(?:施行|實施|生效|適用)?", re.IGNORECASE)
_UNTIL = re.compile(r"(?:至|到|迄|until|to|on)?D(?:止|為止)?", re.IGNORECASE)
_RANGE = re.compile(r"(?:自|從|由|from)?D(?:起)?(?:至|到|迄|~|～|-|–|—|to|until|through)D(?:止|為止)?", re.IGNORECASE)

Period = tuple[date | None, date | None]


def read_fields(blocks: Sequence[Block]) -> dict[str, list[str]]:
    """The values of the labelled fields at the top and end of a document, by name as in `LABELS`."""
    if len(blocks) > 2 * _ZONE_BLOCKS:
        blocks = [*blocks[:_ZONE_BLOCKS], *blocks[-_ZONE_BLOCKS:]]
    fields: dict[str, list[str]] = {}
    for block in blocks:
        for name, value in _block_fields(block):
            fields.setdefault(name, []).append(value)
    return fields


def period_of(value: str) -> Period:
    """First and last day of a value that is nothing but a period or the day of a beginning."""
    days, shape = _shape(value)
    if len(days) == 2 and _RANGE.fullmatch(shape) and days[0] <= days[1]:
        return days[0], days[1]
    return (days[0], None) if len(days) == 1 and _FROM.fullmatch(shape) else (None, None)


def end_of(value: str) -> date | None:
    """The last day that a value names, alone (114年12月31日止) or of a period."""
    days, shape = _shape(value)
    if len(days) == 1 and _UNTIL.fullmatch(shape):
        return days[0]
    return period_of(value)[1]


def numbered_periods(blocks: Sequence[Block]) -> Iterator[Period]:
    """Periods that a plan gives for itself in a part of its own (六、實施期間：自114年1月1日起至114年12月31日止)."""
    for index, block in enumerate(blocks):
        match = _NUMBERED.fullmatch(block.text)
        if match:
            following = blocks[index + 1].text if index + 1 < len(blocks) else ""
            yield period_of(match["value"] or following[:80])


def _block_fields(block: Block) -> Iterator[tuple[str, str]]:
    if block.kind == "row":
        yield from _row_fields([part.strip() for part in block.text.split("；")])
        return
    squeezed = "".join(block.text[:_LONGEST_SUBJECT].split())
    if squeezed.startswith(("主旨：", "主旨:")):
        yield "subject", squeezed[3:]
        return
    for line in block.text.split("\n"):
        if len(line) <= _LONGEST_LINE:
            yield from _line_fields(line)


def _row_fields(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Fields of a row that holds nothing else: a row of a list of other documents has columns besides."""
    found: list[tuple[str, str]] = []
    pending = ""
    for part in parts:
        name = _NAMES.get("".join(part.lower().split()), "")
        if pending:
            found.append((pending, part))
            pending = ""
        elif name:
            pending = name
        elif fields := list(_line_fields(part)):
            found.extend(fields)
        else:
            return
    yield from found


def _line_fields(line: str) -> Iterator[tuple[str, str]]:
    """Fields of a line that begins with a label: a label inside of a sentence says nothing of the document."""
    line = line.lstrip(_BULLETS)
    first = _FIRST.match(line)
    if first is None:
        return
    if first["label"] and _name(first["label"]) in _PLAIN and parse_date(rest := line[first.end() :].strip(_CLOSING)):
        yield _name(first["label"]), rest
        return
    for match in _FIELD.finditer(line):
        following = _NEXT.search(line, match.end())
        value = line[match.end() : following.start() if following else len(line)]
        yield _name(match["label"]), value.strip(" \u3000|｜;；,，、。】]")


def _name(label: str) -> str:
    return _NAMES["".join(label.lower().split())]


def _shape(value: str) -> tuple[list[date], str]:
    """The days of a value, and the value with D for each day and without times and punctuation."""
    alone = parse_date(value)
    if alone:
        return [alone], "D"
    first = next(find_dates(value), None)
    if first:
        value = _DAY_IN_YEAR.sub(rf"{first[0].year}年\1月\2日", value)
    days: list[date] = []
    shape, end = "", 0
    for day, start, stop in find_dates(value):
        days.append(day)
        shape += value[end:start] + "D"
        end = stop
    return days, _ASIDE.sub("", shape + value[end:])
