"""Random ids and tokens, and the hashes by which tokens are kept."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes in the URL-safe alphabet of RFC 4648


def utc_now() -> datetime:
    """The time by the machine's clock."""
    return datetime.now(UTC)


def new_id() -> str:
    """An id that nobody can guess: 128 random bits as hexadecimal digits."""
    return secrets.token_hex(16)


def new_token() -> str:
    """A secret of 256 random bits, for a cookie or a header."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(text: str) -> bool:
    """Whether a text has the form of what `new_token` gives; cheap for texts of any length."""
    return len(text) == 43 and _TOKEN.fullmatch(text) is not None


def key_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256 in hexadecimal digits, enough for one with 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def csrf_token(session_token: str) -> str:
    """The secret that forms of a session carry: bound to the session, and useless without its cookie.

    An HMAC-based token (https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html).
    """
    return hmac.new(session_token.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()


def is_csrf_token(session_token: str, given: str) -> bool:
    """Whether a form came from a page of the session; takes the same time for every wrong text."""
    return hmac.compare_digest(csrf_token(session_token).encode(), given.encode("utf-8", "replace"))
