"""The history of a rule, as registers and offices write it."""

from datetime import date

import pytest

from assistant.indexing.blocks import Block
from assistant.indexing.history import History, own_repeal, read_history
from assistant.schema import Locator

TITLE = "高雄市敬老卡發給要點"
FIRST = "中華民國100年12月22日高市府四維社老福字第1000140123號函訂定"
SECOND = "中華民國114年7月1日高市府社老福字第11436123400號函修正"
FIRST_OF_JULY = date(2025, 7, 1)


def blocks(*texts: str, section: str | None = None) -> list[Block]:
    return [Block(text, Locator(section=section), "paragraph") for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        (FIRST, SECOND),
        (SECOND, FIRST),
        (f"{FIRST}\n{SECOND}",),
        (f"{FIRST}{SECOND}",),
        (f"1.{FIRST}\n2.{SECOND}",),
        (f"（1）{FIRST}", f"（2）{SECOND}"),
        ("100.12.22高市府四維社老福字第1000140123號函訂定", "114.7.1高市府社老福字第11436123400號函修正第3點"),
        ("100年12月22日局務會議訂定", "114年7月1日局務會議修正通過"),
        (
            "1.中華民國一百年十二月二十二日高市府社字第\n  10001號函\n  訂定",
            "2.中華民國一百十四年七月一日高市府社字第 2 號函修正",
        ),
    ],
)
def test_the_last_amendment_counts(texts: tuple[str, ...]) -> None:
    """Entries stand in either order, in one paragraph or several, wrapped or not."""
    assert read_history(blocks(*texts), TITLE) == History(FIRST_OF_JULY, None, None, 2)


@pytest.mark.parametrize(
    ("entry", "effective"),
    [
        (f"{SECOND}，並自即日起生效", FIRST_OF_JULY),
        (f"{SECOND}發布全文8點；並自發布日施行", date(2025, 7, 3)),
        (f"{SECOND}第3點；並自中華民國114年9月1日生效", date(2025, 9, 1)),
        (f"{SECOND}全文；除第3點自114年9月1日施行外，自發布日施行", "unknown"),
        (f"{SECOND}第3點；施行日期另定之", "unknown"),
        (f"{SECOND}第3點；並自發布後一年施行", "unknown"),
        (SECOND, None),
    ],
)
def test_an_entry_may_say_when_it_comes_into_force(entry: str, effective: object) -> None:
    """Where only a part of it does, or nobody has said when, the start is unknown."""
    assert read_history(blocks(FIRST, entry), TITLE).effective == effective


def test_an_order_sets_the_start_of_the_amendment_before_it() -> None:
    """The executive may decide after the promulgation, for all of it or for some articles."""
    amendment = f"{SECOND}公布；施行日期，由行政院定之"
    order = "中華民國114年8月1日行政院院臺字第1140001號令發布{}定自114年9月1日施行"
    assert read_history(blocks(amendment, order.format("")), TITLE).effective == date(2025, 9, 1)
    assert read_history(blocks(amendment, order.format("第3條，")), TITLE).effective == "unknown"
    assert read_history(blocks(amendment, order.format("")), TITLE).promulgated == FIRST_OF_JULY


def test_a_transfer_of_duties_changes_nothing() -> None:
    """The register notes which office took over; the rule's text is as old as before."""
    transfer = "中華民國115年1月1日行政院院臺規字第1150001號公告第2點所列屬「環保局」之權責事項，改由「環境部」管轄"
    assert read_history(blocks(SECOND, transfer), TITLE).promulgated == FIRST_OF_JULY


@pytest.mark.parametrize(
    ("entry", "repealed"),
    [
        ("中華民國115年1月1日高市府社字第1150001號令廢止", date(2026, 1, 1)),
        ("中華民國115年1月1日高市府社字第1150001號函，自115年3月1日停止適用", date(2026, 3, 1)),
        ("2. Abolished on January 1, 2026", date(2026, 1, 1)),
        ("中華民國115年1月1日高市府社字第1150001號令廢止第3點", None),
        ("中華民國115年1月1日高市府社字第1150001號函修正，並廢止舊表", None),
        ("中華民國90年1月1日高市府社字第90001號令廢止", None),
        ("中華民國115年1月1日高市府社字第1150001號令廢止「高雄縣敬老辦法」", None),
    ],
)
def test_only_its_own_repeal_is_taken(entry: str, repealed: date | None) -> None:
    """Not that of a part, of another rule, or of the time before it was enacted again."""
    assert read_history(blocks(FIRST, SECOND, entry), TITLE).repealed == repealed


@pytest.mark.parametrize(
    "text",
    [
        "114年7月1日高雄市政府公布最新名單，請民眾留意。",
        "114年7月1日衛部字第1140001號公告修正「長期照顧服務法」",
        "114年7月1日高市社字第1140001號函辦理",
        "自114年7月1日高市社字第1140001號函修正起",
        "依據114年7月1日高市社字第1140001號函修正",
        "114年7月1日起發布登革熱警報，並修正流程。",
    ],
)
def test_news_and_references_are_no_history(text: str) -> None:
    """A dated sentence tells what happened, not how this rule was made."""
    assert read_history(blocks(text), TITLE) == History()


def test_a_history_stands_at_the_top_or_end_or_under_its_heading() -> None:
    """In the middle of a document, dated entries are an annex's."""
    middle = blocks(*["一、長者得申請敬老卡。"] * 20)
    assert read_history([*middle, *blocks(SECOND), *middle], TITLE) == History()
    assert read_history([*middle, *middle, *blocks(SECOND)], TITLE).promulgated == FIRST_OF_JULY
    assert read_history([*middle, *blocks(SECOND, section="沿革"), *middle], TITLE).promulgated == FIRST_OF_JULY


def test_a_rule_may_say_itself_that_it_ended() -> None:
    """A line of its own does; a sentence on other rules does not."""
    assert own_repeal(blocks("本要點業於114年7月1日廢止。")) == FIRST_OF_JULY
    assert own_repeal(blocks("本要點施行後，高雄縣敬老要點自114年7月1日停止適用。")) is None
