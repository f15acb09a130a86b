"""Asked time: the day for which a question asks, from its wording alone."""

from datetime import date

import pytest

from assistant.retrieval.asked_time import AskedTime, asked_day

TODAY = date(2026, 11, 22)


def asked(question: str) -> AskedTime:
    found = asked_day(question, TODAY)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("113年的時候停車一小時多少錢？", "2024-12-31"),
        ("２０２４年３月的時候可以用嗎", "2024-03-31"),
        ("民國一百一十三年申請托育補助時，要附什麼？", "2024-12-31"),
        ("2024年6月1日當天坐渡輪要多少錢", "2024-06-01"),
        ("去年的停車費率是多少", "2025-12-31"),
        ("三年前的規定是什麼", "2023-12-31"),
        ("113/7/1之前的規定", "2024-06-30"),
        ("2024/1/1~2024/5/20的票價", "2024-05-20"),
        ("What was the fare in July 2024?", "2024-07-31"),
        ("How many points did seniors get before July 2025?", "2025-06-30"),
        ("How much was the subsidy last year?", "2025-12-31"),
        ("How many people had paid by 8 September 2025?", "2025-09-08"),
        ("How long did people have in 2025 to pay?", "2025-12-31"),
        ("from 2023 to 2024 how much was it", "2024-12-31"),
    ],
)
def test_a_rule_of_the_past_is_asked_for_by_the_last_day_of_its_time(question: str, day: str) -> None:
    """Where the wording asks for the rule of a past time, that time's last day is certain."""
    found = asked(question)
    assert (found.kind, f"{found.day}", found.certain) == ("past", day, True)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("我113年買的房子要繳什麼稅", "2024-12-31"),
        ("2024年8月搭公車多少錢", "2024-08-31"),
        ("114年度房屋稅何時開徵", "2025-12-31"),
        ("2025年前三個月的件數", "2025-12-31"),
        ("113學年度第1學期的學費怎麼繳", "2025-07-31"),
        ("2024年3月的票價跟現在有什麼不同？", "2024-03-31"),
        ("2023年跟2024年的票價差多少", "2023-12-31"),
        ("I moved here in 2024. Can I apply for the rent subsidy?", "2024-12-31"),
        ("I was approved in 2024; how long do I have?", "2024-12-31"),
        ("I was approved in 2024. How long do I have?", "2024-12-31"),
    ],
)
def test_a_past_time_may_be_that_of_an_event(question: str, day: str) -> None:
    """A year alone leaves open whether its rule or today's is asked for."""
    found = asked(question)
    assert (found.kind, f"{found.day}", found.certain) == ("past", day, False)


@pytest.mark.parametrize(
    ("question", "day", "certain"),
    [
        ("明年1月起停車費多少", "2027-01-01", True),
        ("2027年起票價多少", "2027-01-01", True),
        ("下個月開始要收費嗎", "2026-12-01", True),
        ("From 2027, how much is the parking fee?", "2027-01-01", True),
        ("明年敬老卡有幾點", "2027-01-01", False),
        ("What will the fare be next year?", "2027-01-01", False),
        ("明天搭公車還要錢嗎", "2026-11-23", False),
    ],
)
def test_the_future_is_asked_for_by_the_first_day_of_its_time(question: str, day: str, certain: bool) -> None:
    """A future time stands for its first day, certain where the question says that something starts."""
    found = asked(question)
    assert (found.kind, f"{found.day}", found.certain) == ("future", day, certain)


@pytest.mark.parametrize(
    ("question", "certain"),
    [
        ("舊規定怎麼寫？", True),
        ("修正前的罰鍰是多少？", True),
        ("過去的票價是多少", True),
        ("What were the old rules?", True),
        ("What was the rule before the change?", True),
        ("What was the previous fare?", True),
        ("以前垃圾袋一個多少錢", False),
        ("停車以前可以免費嗎", False),
        ("之前是多少錢", False),
        ("舊制怎麼算", False),
        ("以前的規定是什麼？跟現在差在哪？", False),
        ("Did the bus use to be free?", False),
        ("How much was previously paid?", False),
    ],
)
def test_formerly_asks_for_the_version_before(question: str, certain: bool) -> None:
    """A past without a time has no day, and is certain where the wording names the old rule."""
    found = asked(question)
    assert (found.kind, found.day, found.certain) == ("past", None, certain)


@pytest.mark.parametrize(
    "question",
    [
        "敬老卡有幾點？",
        "2026年的房屋稅何時開徵",
        "115年房屋稅何時開徵",
        "今年3月到12月的補助",
        "自113年起有什麼補助",
        "2024年5月21日以後可以用嗎",
        "Since 2024 how many points are given?",
        "2027年3月1日以前申請來得及嗎",
        "By 2028, how many lines will there be?",
        "7月1日以前申請可以嗎",
        "什麼時候以前要辦",
        "年滿65歲以前可以辦嗎",
        "以前年度的稅怎麼補繳？",
        "出國以前要打什麼疫苗",
        "搭乘前一天提前預約嗎",
        "102年次的可以打疫苗嗎",
        "113年出生的小孩有補助嗎",
        "2024年8月生的小孩有補助嗎",
        "I was born in 1961. Can I apply?",
        "民國92年公布的條例還有效嗎",
        "我去年申請的補助，現在可以改地址嗎？",
        "以前在工廠上班，現在沒工作可以領什麼？",
        "以前辦過，遺失了怎麼補發？",
        "之前繳的錢可以退嗎",
        "過去三年內有欠稅可以申請嗎",
        "走過去要多久",
        "新制是什麼時候開始的",
        "戶籍謄本要帶原本嗎？",
        "Can the card be used to get a discount?",
        "Do I need to tell anyone before the change of address?",
        "Is it open this year?",
        "",
        "？？？",
    ],
)
def test_anything_else_asks_for_today(question: str) -> None:
    """Deadlines, births, laws, a person's own past and times that last until today mean the present rule."""
    assert asked_day(question, TODAY) is None


def test_the_same_year_is_past_or_present_by_the_day_of_the_question() -> None:
    """A year that holds the day of the question is the present, a year later it is the past."""
    question = "2026年的票價是多少"
    assert asked_day(question, TODAY) is None
    assert asked_day(question, date(2027, 1, 1)) == AskedTime("past", date(2026, 12, 31), True, "2026年")


def test_a_huge_question_is_read_at_once() -> None:
    """A question as long as the limit allows costs no more than a short one, whatever it repeats."""
    for part in ("2024年", "以前", "before ", "一一三年到", "used to "):
        asked_day(part * 1000, TODAY)
    assert asked_day("年" * 4000, TODAY) is None
