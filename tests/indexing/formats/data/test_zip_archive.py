"""Opening ZIP archives."""

import io
import zipfile

import pytest

from assistant.errors import DocumentError
from assistant.indexing.formats.data.zip_archive import open_zip
from assistant.indexing.reading import read_bytes
from assistant.settings import Settings


def pack(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def with_names_of_windows(*names: str) -> bytes:
    """An archive whose names are Big5 without a flag, as Windows in Taiwan packs it."""
    coded = [name.encode("cp950") for name in names]
    packed = pack(*((chr(ord("P") + number) * len(code), b"text") for number, code in enumerate(coded)))
    for number, code in enumerate(coded):
        packed = packed.replace(chr(ord("P") + number).encode() * len(code), code)
    return packed


def with_flag(packed: bytes, *, first_only: bool) -> bytes:
    """The archive with members marked as encrypted."""
    changed = bytearray(packed)
    place = changed.find(b"PK\x01\x02")
    while place >= 0:
        changed[place + 8] |= 1
        place = -1 if first_only else changed.find(b"PK\x01\x02", place + 4)
    return bytes(changed)


def opened(packed: bytes) -> dict[str, bytes | str]:
    members = open_zip(packed, "a.zip", Settings())
    return {path: content.reason if isinstance(content, DocumentError) else content for path, content in members}


def test_members_come_in_the_order_of_their_names() -> None:
    """Hidden files, furniture of file managers and files about documents are passed over."""
    furniture = (
        "__MACOSX/._a.txt",
        ".DS_Store",
        "b/.hidden.txt",
        "Thumbs.db",
        "sources.toml",
        "a.txt.toml",
        "~$a.docx",
    )
    packed = pack(("b/c.txt", b"2"), *((name, b"x") for name in furniture), ("a.txt", b"1"), ("b/", b""))
    assert list(opened(packed).items()) == [("a.txt", b"1"), ("b/c.txt", b"2")]


def test_names_packed_by_windows_are_chinese() -> None:
    """Big5 has bytes that look like a backslash (許功蓋)."""
    assert set(opened(with_names_of_windows("高雄市公告.txt", "許功蓋.txt"))) == {"高雄市公告.txt", "許功蓋.txt"}


def test_paths_stay_inside_the_archive() -> None:
    """Neither dots nor roots nor drives lead out."""
    packed = pack(("../../etc/a.txt", b"1"), ("/abs/b.txt", b"2"), ("C:\\win\\c.txt", b"3"))
    assert set(opened(packed)) == {"etc/a.txt", "abs/b.txt", "win/c.txt"}


def test_a_bad_member_costs_itself() -> None:
    """A bomb, a locked member and one packed in a way without bounds are named; the rest is read."""
    assert opened(pack(("a.txt", b"0" * 50_000_000), ("b.txt", b"1"))) == {"a.txt": "too_large", "b.txt": b"1"}
    assert opened(with_flag(pack(("a.txt", b"1"), ("b.txt", b"2")), first_only=True)) == {
        "a.txt": "encrypted",
        "b.txt": b"2",
    }
    assert opened(pack(("a.txt", b"1"), method=zipfile.ZIP_BZIP2)) == {"a.txt": "unsupported_format"}


def test_a_damaged_member_costs_itself() -> None:
    """Its checksum tells."""
    packed = pack(("a.txt", b"first"), ("b.txt", b"second"), method=zipfile.ZIP_STORED).replace(b"first", b"wrong", 1)
    assert opened(packed) == {"a.txt": "corrupt", "b.txt": b"second"}


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (b"hello", "corrupt"),
        (pack(("a.txt", b"1"))[:-10], "corrupt"),
        (with_flag(pack(("a.txt", b"1"), ("b.txt", b"2")), first_only=False), "encrypted"),
        (pack(*((f"{number}.txt", b"") for number in range(5_001))), "too_large"),
    ],
    ids=["no archive", "cut", "locked", "many"],
)
def test_a_bad_archive_is_refused_with_a_reason(packed: bytes, reason: str) -> None:
    """Nothing of it can be read."""
    with pytest.raises(DocumentError) as caught:
        opened(packed)
    assert caught.value.reason == reason


def test_documents_of_members_are_named_by_their_paths() -> None:
    """An entry of a list inside an archive has both places; what cannot be read is told with its reason."""
    faq = "id,問題,答案\nq7,如何申請？,請至區公所辦理。\nq9,何時申請？,每年七月一日起。\n".encode()
    packed = with_flag(
        pack(("a.txt", b"1"), ("faq.csv", faq), ("in.zip", b"x"), ("note.md", b"# Note\n\nText.")), first_only=True
    )
    file = read_bytes(packed, "a.zip", Settings())
    assert [document.part for document in file.documents] == ["faq.csv#q7", "faq.csv#q9", "note.md"]
    assert [(part.part, part.reason) for part in file.refused] == [("a.txt", "encrypted"), ("in.zip", "nested_archive")]
