"""One exchange with a publisher: private parts of addresses stay out of logs, and what comes is read within a limit."""

import email.utils
import re
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from urllib.parse import unquote_plus

import httpx

from assistant.errors import FeedMalformed, FeedRefused, FeedTooLarge

MASK = "***"
_ADDRESS = "feed_address"  # the extension of a request that holds its true address
_BYTES_PER_MIB = 1024 * 1024
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_PRIVATE = re.compile(r"(authori[sz]ation|auth|key|token|secret|password|signature|sig)\Z", re.IGNORECASE)


class MaskedTransport(httpx.AsyncBaseTransport):
    """Sends a request to the true address, of which httpx itself, with its logs and errors, knows the masked form."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the address that `mask_request` has kept with it."""
        address = request.extensions.get(_ADDRESS, request.url)
        true = httpx.Request(
            request.method, address, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return await self._inner.handle_async_request(true)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def true_address(address: httpx.URL) -> dict[str, httpx.URL]:
    """The extension with which a request to a masked address reaches the true one through a `MaskedTransport`."""
    return {_ADDRESS: address}


def masked(address: httpx.URL, secret: str = "") -> httpx.URL:
    """The address with `***` for the values of private parameters and wherever the secret itself occurs."""
    pairs = [pair.split("=", 1) for pair in address.query.decode("ascii").split("&") if pair]
    shown = [
        f"{name}={MASK}" if value and _PRIVATE.search(unquote_plus(name)) else "=".join([name, *value])
        for name, *value in pairs
    ]
    path = address.raw_path.decode("ascii").partition("?")[0]
    target = f"{path}?{'&'.join(shown)}" if shown else path
    return address.copy_with(raw_path=without(target, secret).encode("ascii"), fragment=None)


def without(text: str, secret: str) -> str:
    """A text with `***` for a secret, whichever of its characters are percent-encoded (RFC 3986, section 2.1)."""
    return re.sub("".join(_forms(character) for character in secret), MASK, text) if secret else text


def _forms(character: str) -> str:
    """A pattern for a character as it is and as addresses and forms write it."""
    encoded = "".join(f"%{byte:02x}" for byte in character.encode())
    plus = r"|\+" if character == " " else ""
    return f"(?:(?i:{encoded})|{re.escape(character)}{plus})"


async def read_body(response: httpx.Response, limit: int, shown: httpx.URL) -> bytes:
    """The body of a streamed response; neither what comes nor what it unpacks to may exceed the limit in bytes.

    httpx would unpack a piece of 64 KiB whole, which may be gigabytes; here a piece is unpacked up to the limit.

    Raises:
        FeedTooLarge: there is more.
        FeedMalformed: the body is packed in another way than asked for, or is no gzip.
    """
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(shown, limit)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise FeedMalformed(f"{shown} came packed as {encoding!r}, which was not asked for.", "Tell its publisher.")
    pieces = response.aiter_raw()
    if encoding in {"gzip", "x-gzip", "deflate"}:
        pieces = _unpacked(pieces, limit, shown)
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > limit:
            raise _too_large(shown, limit)
    return bytes(body)


async def _unpacked(pieces: AsyncIterator[bytes], limit: int, shown: httpx.URL) -> AsyncIterator[bytes]:
    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
    received = 0
    try:
        async for piece in pieces:
            received += len(piece)
            if received > limit:
                raise _too_large(shown, limit)
            while piece:
                if unpacker.eof:  # a file of several gzip members
                    unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
                yield unpacker.decompress(piece, limit + 1)
                if unpacker.unconsumed_tail:
                    raise _too_large(shown, limit)
                piece = unpacker.unused_data
    except zlib.error as error:
        raise FeedMalformed(f"{shown} came as broken gzip: {error}.", "Ask again; else tell its publisher.") from error
    if received and not unpacker.eof:
        raise FeedMalformed(f"{shown} came as gzip that ends too early.", "Ask again; else tell its publisher.")


def refusal(status: int, shown: httpx.URL, content: bytes = b"") -> FeedRefused:
    """The fault for a status that carries no data."""
    cures = {
        401: "Check the key that the city's data names.",
        403: "Check the key that the city's data names.",
        404: "Check the URL in the city's data.",
        429: "Raise refresh_s of the source.",
    }
    cure = cures.get(status, "Ask again later." if status >= 500 else "Check the source in the city's data.")
    return FeedRefused(status, f"{shown} was answered with the status {status}.", cure, content)


def retry_after_s(response: httpx.Response, now: datetime) -> float | None:
    """Seconds that a publisher asks to wait (RFC 9110, section 10.2.3); None where it does not say."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def publishers_age_s(response: httpx.Response) -> float:
    """For how long a publisher calls its answer fresh (RFC 9111: max-age less Age); 0 where it does not say."""
    control = response.headers.get("cache-control", "").lower()
    found = re.search(r"(?<![\w-])max-age=\"?(\d{1,9})", control)
    if not found or "no-store" in control or "no-cache" in control:
        return 0.0
    age = response.headers.get("age", "").strip()
    return max(0.0, float(found[1]) - (float(age) if age.isdecimal() else 0.0))


def _too_large(shown: httpx.URL, limit: int) -> FeedTooLarge:
    return FeedTooLarge(f"{shown} has more than {limit / _BYTES_PER_MIB:g} MiB.", "Raise max_bytes of the source.")
