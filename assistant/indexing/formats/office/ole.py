"""Opens the containers of old office files (compound file binary format) and reads the streams inside."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER_BYTES = 512
_ENTRY_BYTES = 128
_FREE = 0xFFFFFFFA  # sector numbers from here on end or mark a chain
_STREAM = 2
_ROOT = 5


class DamagedContainer(ValueError):
    """A container whose sectors do not fit together."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class OleFile:
    """A container; every read is bounded by its size.

    See: [MS-CFB], Compound File Binary File Format.

    Raises:
        DamagedContainer: its structure is broken.
    """

    def __init__(self, data: bytes) -> None:
        if len(data) < _HEADER_BYTES or not data.startswith(OLE_MAGIC):
            raise DamagedContainer("no container")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or mini_shift > shift:
            raise DamagedContainer(f"sector size 2^{shift}")
        self._sector_bytes, self._mini_bytes = 1 << shift, 1 << mini_shift
        directory, self._cutoff, mini_fat, difat = struct.unpack_from("<I4xII4xI", data, 48)
        self._fat = self._numbers(self._fat_sectors(difat))
        self._mini_fat = self._numbers(self._chain(mini_fat, self._fat))
        self._entries = list(self._directory(b"".join(self._sectors(self._chain(directory, self._fat)))))
        root = next((entry for entry in self._entries if entry.kind == _ROOT), None)
        self._mini_stream = b"".join(self._sectors(self._chain(root.start, self._fat))) if root else b""

    @property
    def streams(self) -> tuple[str, ...]:
        """The names of the streams."""
        return tuple(entry.name for entry in self._entries if entry.kind == _STREAM)

    def read(self, name: str) -> bytes:
        """The content of a stream.

        Raises:
            DamagedContainer: it is missing, or its chain of sectors is broken.
        """
        entry = next((entry for entry in self._entries if entry.kind == _STREAM and entry.name == name), None)
        if entry is None:
            raise DamagedContainer(f"no stream {name}")
        if entry.size < self._cutoff:
            places = (place * self._mini_bytes for place in self._chain(entry.start, self._mini_fat))
            content = b"".join(self._mini_stream[place : place + self._mini_bytes] for place in places)
        else:
            content = b"".join(self._sectors(self._chain(entry.start, self._fat)))
        return content[: entry.size]

    def _fat_sectors(self, difat: int) -> list[int]:
        sectors = [number for number in struct.unpack_from("<109I", self._data, 76) if number < _FREE]
        seen: set[int] = set()
        while difat < _FREE and difat not in seen:
            seen.add(difat)
            *numbers, difat = struct.unpack(f"<{self._sector_bytes // 4}I", self._sector(difat))
            sectors.extend(number for number in numbers if number < _FREE)
        if len(sectors) > len(self._data) // self._sector_bytes:
            raise DamagedContainer("its table of sectors is larger than the file")
        return sectors

    def _numbers(self, sectors: list[int]) -> list[int]:
        content = b"".join(self._sectors(sectors))
        return list(struct.unpack(f"<{len(content) // 4}I", content))

    def _chain(self, start: int, table: list[int]) -> list[int]:
        """The sectors of a chain; one that turns back on itself is broken."""
        chain: list[int] = []
        while start < _FREE:
            if start >= len(table) or len(chain) > len(table):
                raise DamagedContainer("a chain of sectors is broken")
            chain.append(start)
            start = table[start]
        return chain

    def _sectors(self, numbers: list[int]) -> Iterator[bytes]:
        return (self._sector(number) for number in numbers)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._sector_bytes
        sector = self._data[start : start + self._sector_bytes]
        if not sector:
            raise DamagedContainer(f"sector {number} is missing")
        return sector.ljust(self._sector_bytes, b"\0")

    def _directory(self, content: bytes) -> Iterator[_Entry]:
        for place in range(0, len(content) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            length, kind = struct.unpack_from("<HB", content, place + 64)
            start, size = struct.unpack_from("<II", content, place + 116)
            if kind in {_STREAM, _ROOT}:
                name = content[place : place + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
                yield _Entry(name, kind, start, size)
