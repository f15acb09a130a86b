"""Bytes to characters."""

import codecs

import pytest

from assistant.errors import DocumentError
from assistant.indexing.decoding import decode

TEXT = (
    "高雄市政府社會局公告：申請人應於三個月內提出申請，並附身分證影本。\n洽詢電話 1999，網址 https://www.kcg.gov.tw。\n"
)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("cp950"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("：", "：\x00\x07\u200b").encode(),
    ],
    ids=["utf-8", "utf-8-bom", "big5", "utf-16", "utf-16-le", "utf-16-be", "crlf", "control"],
)
def test_chinese_text_is_read_in_every_encoding_in_use(data: bytes) -> None:
    """UTF-8, Big5 and UTF-16 give the same characters, with and without marks."""
    assert decode(data, "a.txt") == TEXT


def test_a_declared_charset_is_followed() -> None:
    """An HTML page's own charset is used where its bytes are not UTF-8."""
    page = '<meta charset="gb2312"><p>高雄</p>'
    assert decode(page.encode("gb18030"), "a.html") == page


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"PK\x03\x04abc", bytes(range(256)) * 20, b"\x7fELF\x02"])
def test_binaries_are_refused(data: bytes) -> None:
    """A binary under a text suffix is a clear error, never garbage in the index."""
    with pytest.raises(DocumentError) as caught:
        decode(data, "a.txt")
    assert caught.value.reason == "not_text"
