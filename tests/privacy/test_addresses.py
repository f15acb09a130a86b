"""Street addresses."""

import pytest

from assistant.privacy import known_values
from assistant.privacy.addresses import house_of
from tests.privacy.found import found


@pytest.mark.parametrize(
    "written",
    [
        "高雄市左營區青年一路345號5樓",
        "鳳山區中山東路26之3號",
        "楠梓區後昌路812巷9弄5號",
        "青年一路345號",
        "807高雄市三民區九如一路720號之1",
        "新北市板橋區縣民大道二段7號",
        "前鎮區鎮州路15號",
        "那瑪夏區達卡努瓦里秀嶺巷21號",
        "桃源區建山里15鄰42號",
        "鼓山區明華路二百三十五號七樓",
        "高雄市 左營區 青年一路 345 號 5 樓之2",
        "高雄市小港區沿海一路１２３號４樓",
    ],
)
def test_a_chinese_address_is_found_whole(written: str) -> None:
    """From the county, as far as it is written, to the floor."""
    assert found(f"我住{written}，路燈壞了") == [(written, "address")]


@pytest.mark.parametrize(
    "written",
    [
        "No. 345, Qingnian 1st Rd., Zuoying Dist., Kaohsiung City",
        "5F., No. 12, Ln. 88, Chenggong 1st Rd., Lingya District",
        "26-3 Zhongshan East Road, Fengshan",
        "No. 300, Sec. 2, Fengsong Rd., Niaosong Dist.",
    ],
)
def test_an_english_address_is_found_whole(written: str) -> None:
    """In the order of the post office and in the everyday one."""
    assert found(f"I live at {written}. When is the rubbish collected?")[0][0].rstrip(".") == written.rstrip(".")


def test_a_house_number_may_lack_its_word() -> None:
    """Where it is called an address."""
    assert found("住址左營區重信路500之3") == [("左營區重信路500之3", "address")]


@pytest.mark.parametrize(
    "text",
    [
        "五福路和中山路口淹水",
        "博愛路二段到三段",
        "美麗島站3號出口",
        "國道10號仁武交流道",
        "中山路3號公園",
        "第12號公園在哪",
        "成功路一帶停電",
        "Exit 3 Zhongshan Road",
        "We parked on Minzu Road",
    ],
)
def test_places_without_a_house_pass(text: str) -> None:
    """Crossings, roads, exits and parks are what questions are about."""
    assert found(text) == []


def test_published_addresses_pass() -> None:
    """With or without the district, in either spelling of 臺."""
    known = known_values(["高雄市苓雅區臺灣三路2號"])
    assert found("市政府在苓雅區台灣三路2號嗎", known) == []
    assert found("我住臺灣三路3號", known) == [("臺灣三路3號", "address")]


def test_houses_compare_by_road_and_number() -> None:
    """The floor does not matter."""
    assert house_of("高雄市左營區青年一路345號5樓") == house_of("青年一路 345號") == "青年一路345號"
    assert house_of("沒有地址") == ""
