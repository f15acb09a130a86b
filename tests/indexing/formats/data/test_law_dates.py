"""Since when laws hold."""

from datetime import date

import pytest

from assistant.indexing.formats.data.law_dates import abolished_day, effective_day, latest_entry

PROMULGATED = "8.中華民國一百零一年六月二十七日總統令制定公布全文 90 條"
AMENDED = "8.中華民國一百零一年六月二十七日總統令修正公布第 90 條條文"
ORDER = "行政院令發布定自一百零一年九月六日施行"


@pytest.mark.parametrize(
    ("declared", "history", "day"),
    [
        ("20240901", PROMULGATED, date(2024, 9, 1)),
        ("99991231", PROMULGATED, date(2012, 6, 27)),
        ("20110101", PROMULGATED, date(2012, 6, 27)),
        ("", f"{PROMULGATED}；並自一百零二年一月一日起施行", date(2013, 1, 1)),
        (
            "",
            f"{PROMULGATED}；施行日期另定\n  中華民國一百零一年七月十二日行政院令發布定自一百零一年九月六日施行",
            date(2012, 9, 6),
        ),
        ("", f"{PROMULGATED}；除第 5 條自一百零三年一月一日施行外，自公布日施行", date(2012, 6, 27)),
        ("", f"{PROMULGATED}；並自公布後六個月施行", date(2012, 12, 27)),
        ("", "", date(2012, 6, 30)),
    ],
    ids=["declared", "undecided", "of an earlier change", "named", "by order", "in part", "later", "no history"],
)
def test_the_day_in_force_is_that_of_the_whole_text(declared: str, history: str, day: date) -> None:
    """What is declared, else what the last entry enforces, else its promulgation, else the last change."""
    assert effective_day(declared, history, "20120630") == day


@pytest.mark.parametrize(
    ("end", "day"),
    [("", date(2012, 6, 27)), ("；並自一百零二年一月一日起施行", None)],
)
def test_an_amendment_that_begins_later_hides_no_other_article(end: str, day: date | None) -> None:
    """Most of an amended law held before; only a change that began at once dates the whole text."""
    assert effective_day("", f"{AMENDED}{end}", "20120630") == day


def test_entries_end_where_the_next_number_begins() -> None:
    """A broken line that begins with the number of an article is no entry."""
    history = "1.中華民國九十年一月三日公布\n2.中華民國九十一年二月三日修正公布第 4、6、\n  8、9 條條文"
    assert latest_entry(history) == "2.中華民國九十一年二月三日修正公布第 4、6、8、9 條條文"


def test_the_day_of_abolition_is_the_one_beside_the_word() -> None:
    """The entry names other days too."""
    assert abolished_day("9.Enacted on May 1, 2001, abolished on December 13, 2017", "20180101") == date(2017, 12, 13)
    assert abolished_day("", "20180101") == date(2018, 1, 1)
