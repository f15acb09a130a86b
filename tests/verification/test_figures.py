"""Figures: what stands in the source passes in any spelling, and what was changed is always caught."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant.sentences import split_sentences
from assistant.settings import PROJECT_ROOT
from assistant.verification.figures import chinese_number, claimed_figures, unsupported_figures

DIGITS = "零一二三四五六七八九"
CORPUS = PROJECT_ROOT / "corpus" / "kaohsiung" / "documents"


def passes(sentence: str, *sources: str) -> bool:
    return not unsupported_figures(sentence, sources)


def in_chinese(number: int) -> str:
    """A whole number below a hundred million as it is read aloud."""
    if number >= 10_000:
        rest = number % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return in_chinese(number // 10_000) + "萬" + (gap + in_chinese(rest) if rest else "")
    text, gap = "", False
    for scale, mark in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if gap and text else "") + DIGITS[digit] + mark
        gap = not digit
    return re.sub("^一十", "十", text) or "零"


def spellings(number: int) -> list[str]:
    """Ways to write a sum of money."""
    wide = str(number).translate({ord("0") + digit: chr(ord("０") + digit) for digit in range(10)})
    forms = [f"{number}元", f"{number:,}元", f"{number} 元", f"NT${number:,}", f"{wide}元", f"{in_chinese(number)}元"]
    if number % 10_000 == 0:
        forms += [f"{number // 10_000}萬元", f"{number // 10_000:,} 萬元"]
    return forms


amounts = st.one_of(st.integers(2, 99), st.integers(100, 99_999), st.integers(1, 999).map(lambda n: n * 10_000))


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_have_their_value(number: int) -> None:
    """Every whole number reads the same in Chinese as in digits."""
    assert chinese_number(in_chinese(number)) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二十三", 23),
        ("十", 10),
        ("一百零五", 105),
        ("兩千", 2000),
        ("三萬", 30_000),
        ("二〇二五", 2025),
        ("億", 10**8),
    ],
)
def test_numerals_as_documents_write_them_have_their_value(text: str, value: int) -> None:
    """Reading, counting and year forms are understood."""
    assert chinese_number(text) == value


@given(amounts, st.data())
def test_a_sum_passes_in_every_spelling(number: int, data: st.DataObject) -> None:
    """Digits, groups, full width, Chinese numerals and 萬 all say the same sum."""
    claim = data.draw(st.sampled_from(spellings(number)))
    source = data.draw(st.sampled_from(spellings(number)))
    assert passes(f"費用為{claim}。", f"每次收費{source}整。")


@given(amounts, st.data())
def test_a_sum_with_one_digit_changed_is_caught(number: int, data: st.DataObject) -> None:
    """One digit changed, lost, added or swapped never passes, in no spelling of claim or source."""
    digits = list(str(number))
    place = data.draw(st.integers(0, len(digits) - 1))
    change = data.draw(st.sampled_from(["change", "drop", "add", "swap"]))
    other = data.draw(st.sampled_from("0123456789"))
    if change == "change":
        digits[place] = other
    elif change == "drop":
        del digits[place]
    elif change == "add":
        digits.insert(place, other)
    else:
        digits[place - 1], digits[place] = digits[place], digits[place - 1]
    wrong = int("".join(digits) or "0")
    assume(wrong not in (number, 0, 1))
    source = data.draw(st.sampled_from(spellings(number)))
    for claim in spellings(wrong):
        assert not passes(f"費用為{claim}。", f"每次收費{source}整。"), f"{claim} passed for {source}"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("每袋3元。", "總經費3萬元。"),
        ("每袋三元。", "總經費三萬元。"),
        ("總經費3萬元。", "每袋3元。"),
        ("每袋3元。", "每袋二十三元。"),
        ("經費2,348元。", "經費2,348億元。"),
        ("It costs 3 dollars.", "It costs 3 million dollars."),
    ],
)
def test_a_lost_or_added_scale_is_caught(claim: str, source: str) -> None:
    """Three is not thirty thousand, and a digit of a numeral is not the numeral."""
    assert not passes(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("補助百分之三十。", "補助百分之二十。"),
        ("補助30%。", "補助百分之二十。"),
        ("補助百分之三十。", "補助20%。"),
        ("打八折。", "打七折。"),
        ("65歲以上。", "60歲以上。"),
        ("在第13條。", "第12條規定"),
        ("3.5公里", "35公里"),
        ("每週五停收。", "每週三停收。"),
        ("星期二休館。", "星期一休館。"),
        ("Closed on Tuesday.", "Closed on Monday."),
        ("It starts on May 5.", "It starts on April 5."),
        ("自6月起。", "自五月起。"),
        ("It begins in July.", "It begins in June."),
    ],
)
def test_other_changed_figures_are_caught(claim: str, source: str) -> None:
    """Percentages, ages, articles, weekdays and months count as figures."""
    assert not passes(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("補助百分之二十。", "補助20%。"),
        ("補助20%。", "補助百分之二十。"),
        ("第十二條", "第12條"),
        ("It costs 20 thousand dollars.", "費用為兩萬元。"),
        ("It begins in June.", "自6月起。"),
        ("可打1999。", "可打1999，07-7995678也可以。"),
    ],
)
def test_other_figures_pass_in_other_words(claim: str, source: str) -> None:
    """The same figure in another form or language is the same figure."""
    assert passes(claim, source)


@pytest.mark.parametrize(
    "sentence",
    [
        "一般垃圾統一收運。",
        "萬一遺失請一起補辦。",
        "這項服務十分方便。",
        "唯一窗口在三民區。",
        "您可以一次辦好。",
        "千萬不要涉水。",
    ],
)
def test_words_with_numerals_are_no_figures(sentence: str) -> None:
    """一般, 統一, 十分 and names of places claim nothing."""
    assert claimed_figures(sentence) == []


years = st.integers(1950, 2090)


@given(years, st.data())
def test_a_year_passes_in_both_calendars(year: int, data: st.DataObject) -> None:
    """A Gregorian year is supported by its ROC year and the other way round, however the date is written."""
    roc = year - 1911
    claim = data.draw(st.sampled_from([f"{year}年", f"民國{roc}年"]))
    source = data.draw(st.sampled_from([f"{year}年3月", f"民國{roc}年3月", f"{roc}年度", f"{year}/3/3", f"{roc}/3/3"]))
    assert passes(f"自{claim}起實施。", f"本辦法於{source}實施。")


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("2025年", "2025.3.1施行"),
        ("民國114年", "114.3.1施行"),
        ("2025年", "114.3.1施行"),
        ("2025年", "民國一百一十四年"),
    ],
)
def test_a_year_passes_from_dotted_and_spelled_dates(claim: str, source: str) -> None:
    """Dates with dots and years in Chinese numerals are read in both calendars too."""
    assert passes(f"自{claim}起實施。", source)


@given(years, years, st.data())
def test_another_year_is_caught(year: int, other: int, data: st.DataObject) -> None:
    """A year that the source does not name passes in neither calendar."""
    assume(other != year)
    claim = data.draw(st.sampled_from([f"{other}年", f"民國{other - 1911}年"]))
    source = data.draw(st.sampled_from([f"{year}年起", f"民國{year - 1911}年起", f"{year - 1911}學年度"]))
    assert not passes(f"自{claim}起實施。", source)


phones = st.sampled_from(["02", "07", "037", "049", "0800", "0912"]).flatmap(
    lambda area: st.integers(10**5 if len(area) > 3 else 10**6, 10**6 - 1 if len(area) > 3 else 10**7 - 1).map(
        lambda local: (area, str(local))
    )
)


def phone_forms(area: str, local: str) -> list[str]:
    cut = len(local) - (3 if len(area) > 3 else 4)
    forms = [f"{area}-{local}", f"({area}){local}", f"{area} {local}", f"{area}-{local[:cut]}-{local[cut:]}"]
    return [*forms, area + local]


@pytest.mark.parametrize("before", ["電話：", "請撥打", "電話", "call "])
@given(phone=phones, data=st.data())
def test_a_phone_number_passes_however_it_is_grouped(before: str, phone: tuple[str, str], data: st.DataObject) -> None:
    """Hyphens, spaces, brackets and what stands in front make no other number."""
    claim, source = data.draw(st.sampled_from(phone_forms(*phone))), data.draw(st.sampled_from(phone_forms(*phone)))
    assert passes(f"{before}{claim}。", f"服務專線：{source}（上班時間）")
    assert passes(f"聯絡方式：{claim}。", f"{before}{source}")


@given(phones, st.integers(0, 9), st.integers(0, 9), st.data())
def test_a_phone_number_with_one_digit_changed_is_caught(
    phone: tuple[str, str], place: int, digit: int, data: st.DataObject
) -> None:
    """One wrong digit reaches somebody else."""
    area, local = phone
    place %= len(local)
    wrong = f"{local[:place]}{digit}{local[place + 1 :]}"
    assume(wrong != local)
    claim, source = (
        data.draw(st.sampled_from(phone_forms(area, wrong))),
        data.draw(st.sampled_from(phone_forms(*phone))),
    )
    before = data.draw(st.sampled_from(["電話：", "請撥打", "call "]))
    assert not passes(f"{before}{claim}。", f"服務專線：{source}（上班時間）")


def clock_forms(hour: int) -> list[str]:
    half = f"下午{hour - 12}時" if hour > 12 else f"上午{hour}時"
    english = f"{hour - 12} p.m." if hour > 12 else f"{hour} a.m."
    return [f"{hour}:00", f"{hour:02}:00", f"{hour}時", f"{hour}點", half, english]


hours = st.integers(1, 23).filter(lambda hour: hour != 12)


@given(hours, st.data())
def test_a_time_passes_on_both_clocks(hour: int, data: st.DataObject) -> None:
    """Twelve and twenty-four hours, Chinese and English, say the same time."""
    claim, source = data.draw(st.sampled_from(clock_forms(hour))), data.draw(st.sampled_from(clock_forms(hour)))
    assert passes(f"服務至{claim}。", f"開放到 {source} 為止")


@given(hours, hours, st.data())
def test_another_hour_is_caught(hour: int, other: int, data: st.DataObject) -> None:
    """An hour that is another one on both clocks never passes."""
    assume(hour % 12 != other % 12)
    claim, source = data.draw(st.sampled_from(clock_forms(other))), data.draw(st.sampled_from(clock_forms(hour)))
    assert not passes(f"服務至{claim}。", f"開放到 {source} 為止")


@pytest.mark.parametrize(
    ("claim", "source"),
    [("上午9時開門。", "下午9時關門。"), ("開放到21:00。", "上午9時"), ("Open until 9 p.m.", "Closes at 9 a.m.")],
)
def test_morning_is_not_evening(claim: str, source: str) -> None:
    """The same hour in the other half of the day is another time."""
    assert not passes(claim, source)


LINK = "https://ktc.kcg.gov.tw/life/detail/2024?id=15ca"


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        (f"請上 {LINK} 申請。", f"網址：{LINK}"),
        (f"請上{LINK}申請。", f"網址：{LINK}"),
        (f"請上 {LINK}，或來電。", f"網址：{LINK}"),
        (f"請上（{LINK}）申請。", f"<{LINK}>"),
        (f"See {LINK}.", f"網址 {LINK} 。"),
        ("請上ktc.kcg.gov.tw申請。", "網址是 ktc.kcg.gov.tw。"),
        ("請上www.kcg.gov.tw查詢。", "官網：https://www.kcg.gov.tw/"),
        ("請寄信到help@kcg.gov.tw詢問。", "信箱：help@kcg.gov.tw"),
    ],
)
def test_a_link_passes_whatever_stands_around_it(claim: str, source: str) -> None:
    """Chinese text and punctuation beside a link are no part of it."""
    assert passes(claim, source)


@pytest.mark.parametrize(
    "wrong",
    [
        LINK.replace("ktc", "kct"),
        LINK.replace("detail", "details"),
        LINK.replace("2024", "2025"),
        LINK.replace(".gov.tw", ".com.tw"),
        "www.kaohsiung-tax.com",
        "help@kcg.gov.tw",
    ],
)
def test_a_link_that_the_source_does_not_have_is_caught(wrong: str) -> None:
    """No address is made up, and none is changed in one place."""
    assert not passes(f"請上 {wrong} 申請。", f"網址：{LINK}")


def test_figures_may_come_from_several_sources() -> None:
    """Each figure needs one source, not all of them the same one; without sources nothing passes."""
    assert passes("全票30元，學生15元。", "全票30元", "學生15元")
    assert unsupported_figures("全票30元，學生15元。", ["全票30元"]) == ["15"]
    assert unsupported_figures("全票30元。", []) == ["30"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_checked(sentence: str, source: str) -> None:
    """No text breaks the check, and every text supports its own figures."""
    unsupported_figures(sentence, [source])
    assert passes(sentence, sentence)


def sentences_with_figures() -> Iterator[tuple[str, str]]:
    """Each sentence of the shipped Markdown documents that holds digits, with its document's name."""
    for path in sorted(CORPUS.rglob("*.md")):
        text = path.read_text(encoding="utf-8").split("## 資料來源")[0].split("## Sources")[0]
        for start, end in split_sentences(text):
            if re.search(r"\d", text[start:end]):
                yield path.stem, text[start:end]


def corrupted(sentence: str, rng: random.Random) -> str | None:
    """The sentence with one digit changed, or None where the new number stands elsewhere in it."""
    place = rng.choice([match.start() for match in re.finditer(r"\d", sentence)])
    digit = rng.choice([digit for digit in "123456789" if digit != sentence[place]])
    wrong = sentence[:place] + digit + sentence[place + 1 :]
    number = next(match for match in re.finditer(r"\d[\d,.]*", wrong) if match.start() <= place < match.end())
    known = {found.lstrip("0").rstrip(".,").removesuffix(".0") for found in re.findall(r"\d[\d,.]*", sentence)}
    known |= {str(DIGITS.index(character)) for character in sentence if character in DIGITS}
    return None if number[0].lstrip("0").rstrip(".,") in known else wrong


def test_every_sentence_of_the_corpus_supports_itself() -> None:
    """What the shipped documents say passes the check against themselves."""
    failed = [sentence for _, sentence in sentences_with_figures() if not passes(sentence, sentence)]
    assert failed == []


def test_seeded_corruptions_of_the_corpus_are_always_caught() -> None:
    """A digit changed anywhere in the shipped documents never passes."""
    rng = random.Random(20261122)
    pairs = [(s, wrong) for _, s in sentences_with_figures() for _ in range(3) if (wrong := corrupted(s, rng))]
    missed = [(sentence, wrong) for sentence, wrong in pairs if passes(wrong, sentence)]
    assert len(pairs) > 500
    assert missed == []
