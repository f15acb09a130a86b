"""Joining lines that were broken at a fixed width."""

from assistant.indexing.formats.data.wrapping import unwrap, wrap_width

WRAPPED = """本法所定事項，主管機關及目的事業主管機關應就其權責範圍，針對兒童
及少年之需要，尊重多元文化差異，主動規劃所需福利，對涉及相關機關
之兒童及少年福利業務，應全力配合之。
主管機關及目的事業主管機關均應辦理兒童及少年安全維護及事故傷害防
制措施；其權責劃分如下：
一、主管機關：主管兒童及少年福利政策之規劃、推動及監督等相關事宜
    。
二、衛生主管機關：主管婦幼衛生、生育保健、早產兒通報、追蹤、訪視
    及關懷服務等相關事宜。"""


def test_wrapped_lines_become_paragraphs() -> None:
    """A line goes on in the next where it reaches the width without ending a sentence."""
    paragraphs = unwrap(WRAPPED.split("\n"))
    assert [text[:2] for text in paragraphs] == ["本法", "主管", "一、", "二、"]
    assert paragraphs[2] == "一、主管機關：主管兒童及少年福利政策之規劃、推動及監督等相關事宜。"


def test_the_width_is_that_of_the_full_lines() -> None:
    """Sixty-four columns are thirty-two Chinese characters."""
    assert wrap_width([WRAPPED]) == 64


def test_lines_of_their_own_stay() -> None:
    """Lists of addresses have no width at which lines break."""
    lines = ["三民區公所 哈爾濱街215號", "左營區公所 自由二路399號", "楠梓區公所 楠梓新路264號"]
    assert unwrap(lines) == lines


def test_an_exception_continues_its_paragraph() -> None:
    """但 after a full line of a wrapped text belongs to the sentence before it."""
    lines = ["一" * 31 + "。", "但有正當理由者，不在此限。"]
    assert unwrap(lines, width=64) == ["".join(lines)]


def test_english_lines_go_on_in_lower_case() -> None:
    """A line without an end is continued by one that begins in lower case."""
    lines = [
        "The authority may, after consultation, require the original ",
        "responsible bodies to delegate.",
        "(1) One",
    ]
    assert unwrap(lines) == [
        "The authority may, after consultation, require the original responsible bodies to delegate.",
        "(1) One",
    ]
