"""Opens ZIP archives within bounds: their members in the order of their names, each alone where it is bad."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from assistant.errors import DocumentError
from assistant.settings import Settings

_MOST_MEMBERS = 5_000
_MOST_BYTES = 1_000_000_000  # of all members together, unpacked
_MOST_RATIO = 200
_RATIO_MATTERS_BYTES = 5_000_000
_PIECE_BYTES = 1 << 18
_BYTES_PER_MB = 1024 * 1024
_ENCRYPTED_FLAG, _UTF8_FLAG = 0x1, 0x800
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})  # others unpack without a bound
_NAME_CODINGS = ("utf-8", "cp950", "big5hkscs")  # Windows in Taiwan writes names in its code page, without a flag
_FURNITURE = frozenset({"__macosx", "thumbs.db", "desktop.ini", "sources.toml"})
_SIDECAR_SUFFIX = ".toml"
_DAMAGE = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, LookupError, OSError, ValueError)


def open_zip(data: bytes, name: str, settings: Settings) -> Iterator[tuple[str, bytes | DocumentError]]:
    """The path of each member and its content, or the fault that keeps it from being read.

    Hidden files, those that file managers leave behind and those about documents are passed over. Sizes are counted
    while unpacking, whatever the archive says of them.

    Raises:
        DocumentError: `corrupt`, `encrypted` where every member is, or `too_large` for a bomb.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        listed = archive.infolist()
    except _DAMAGE as error:
        raise DocumentError("corrupt", f"{name} is no whole ZIP archive ({error}).", "Pack it again.") from error
    if len(listed) > _MOST_MEMBERS:
        message = f"{name} holds {len(listed):,} files; at most {_MOST_MEMBERS:,} are read."
        raise DocumentError("too_large", message, "Split it, or unpack it into a folder.")
    members = {path: info for info in listed if (path := _path(info)) and not info.is_dir()}
    if members and all(info.flag_bits & _ENCRYPTED_FLAG for info in members.values()):
        raise DocumentError("encrypted", f"{name} needs a password.", "Pack it again without one.")
    left = _MOST_BYTES
    for path in sorted(members):
        content = _content(archive, members[path], path, min(settings.max_file_mb * _BYTES_PER_MB, left))
        left -= len(content) if isinstance(content, bytes) else 0
        yield path, content
        if left <= 0:
            message = f"{name} unpacks to more than {_MOST_BYTES:,} bytes."
            raise DocumentError("too_large", message, "Split it, or unpack it into a folder.")


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str, most_bytes: int) -> bytes | DocumentError:
    """A member's bytes, or why it cannot be read."""
    if member.flag_bits & _ENCRYPTED_FLAG:
        return DocumentError("encrypted", f"{path} needs a password.", "Pack it again without one.")
    if member.compress_type not in _METHODS:
        message = f"{path} is packed by method {member.compress_type}."
        return DocumentError("unsupported_format", message, "Pack it again in the usual way (deflate).")
    bound = most_bytes
    if member.compress_size * _MOST_RATIO > _RATIO_MATTERS_BYTES:
        bound = min(bound, member.compress_size * _MOST_RATIO)
    else:
        bound = min(bound, _RATIO_MATTERS_BYTES)
    pieces: list[bytes] = []
    size = 0
    try:
        with archive.open(member) as packed:
            while piece := packed.read(_PIECE_BYTES):
                size += len(piece)
                if size > bound:
                    return DocumentError(
                        "too_large", f"{path} unpacks to over {bound:,} bytes.", "Pack it again, or split it."
                    )
                pieces.append(piece)
    except (*_DAMAGE, RuntimeError) as error:
        return DocumentError("corrupt", f"{path} cannot be unpacked ({error}).", "Pack the archive again.")
    return b"".join(pieces)


def _path(member: zipfile.ZipInfo) -> str:
    """A member's path inside the archive, with `/` between its parts; empty for what is no document."""
    parts = [part for part in posixpath.normpath("/" + _name(member).replace("\\", "/")).split("/") if part]
    if parts and parts[0].endswith(":"):
        parts = parts[1:]
    hidden = any(part.startswith((".", "~$")) or part.lower() in _FURNITURE for part in parts)
    return "" if hidden or not parts or parts[-1].lower().endswith(_SIDECAR_SUFFIX) else "/".join(parts)


def _name(member: zipfile.ZipInfo) -> str:
    """The name as it was packed: without a flag for UTF-8 it is in the code page of the machine that packed it."""
    if member.flag_bits & _UTF8_FLAG or member.filename.isascii():
        return member.filename
    try:
        packed = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for coding in _NAME_CODINGS:
        try:
            return packed.decode(coding)
        except UnicodeDecodeError:
            continue
    return member.filename
