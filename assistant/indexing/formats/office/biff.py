"""Records of old Excel workbooks (BIFF8): their stream, their texts, and the numbers that they pack."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

CONTINUE = 0x3C
_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08


@dataclass(frozen=True, slots=True)
class Record:
    """A record with the records that continue it; `kind` is its number in [MS-XLS]."""

    kind: int
    parts: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        """The content of the record itself."""
        return self.parts[0]


def records(stream: bytes, start: int) -> Iterator[Record]:
    """The records of a stream from an offset on; a cut-off last one is left out."""
    place = start
    held: tuple[int, list[bytes]] | None = None
    while 0 <= place <= len(stream) - 4:
        kind, length = struct.unpack_from("<HH", stream, place)
        content = stream[place + 4 : place + 4 + length]
        place += 4 + length
        if len(content) < length:
            break
        if kind == CONTINUE and held:
            held[1].append(content)
            continue
        if held:
            yield Record(held[0], tuple(held[1]))
        held = (kind, [content])
    if held:
        yield Record(held[0], tuple(held[1]))


def shared_texts(record: Record) -> list[str]:
    """The texts of the table that all sheets share."""
    reader = _TextReader(record.parts)
    reader.skip(4)
    count = int.from_bytes(reader.take(4), "little")
    texts: list[str] = []
    while len(texts) < count and not reader.is_empty:
        texts.append(reader.text(2))
    return texts


def text_of(record: Record, place: int, length_bytes: int = 2) -> str:
    """The text at a place of a record."""
    reader = _TextReader((record.data[place:], *record.parts[1:]))
    return reader.text(length_bytes)


def packed_number(value: int) -> float:
    """The number of an RK value: 30 bits of an integer or float, perhaps a hundred times the number."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        number = struct.unpack("<d", struct.pack("<Q", (value & 0xFFFFFFFC) << 32))[0]
    return number / 100 if value & 1 else number


class _TextReader:
    """Reads texts that may run over from a record into those that continue it."""

    def __init__(self, parts: tuple[bytes, ...]) -> None:
        self._parts = parts
        self._part = 0
        self._place = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left."""
        self._turn()
        return self._part >= len(self._parts)

    def take(self, count: int) -> bytes:
        """The next bytes, fewer where nothing is left."""
        taken = b""
        while len(taken) < count and not self.is_empty:
            piece = self._parts[self._part][self._place : self._place + count - len(taken)]
            self._place += len(piece)
            taken += piece
        return taken

    def skip(self, count: int) -> None:
        """Leave bytes out."""
        while count > 0 and not self.is_empty:
            step = min(count, len(self._parts[self._part]) - self._place)
            self._place += step
            count -= step

    def text(self, length_bytes: int) -> str:
        """The next text, without its formats and readings."""
        length = int.from_bytes(self.take(length_bytes), "little")
        flags = int.from_bytes(self.take(1), "little")
        runs = int.from_bytes(self.take(2), "little") if flags & _RICH else 0
        extension = int.from_bytes(self.take(4), "little") if flags & _EXTENDED else 0
        pieces: list[str] = []
        while length > 0 and self._part < len(self._parts):
            width = 2 if flags & _WIDE else 1
            rest = self._parts[self._part][self._place :]
            count = min(length, len(rest) // width)
            pieces.append(rest[: count * width].decode("utf-16-le" if width == 2 else "latin-1", "replace"))
            self._place += count * width
            length -= count
            if length:  # the text runs over, and its rest says anew how wide its characters are
                self._part, self._place = self._part + 1, 0
                flags = int.from_bytes(self.take(1), "little")
        self.skip(4 * runs + extension)
        return "".join(pieces)

    def _turn(self) -> None:
        while self._part < len(self._parts) and self._place >= len(self._parts[self._part]):
            self._part, self._place = self._part + 1, 0
