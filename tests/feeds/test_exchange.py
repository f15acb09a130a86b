"""One exchange: what is private is masked however it is written, and what a publisher says of time is understood."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.feeds.exchange import masked, publishers_age_s, retry_after_s, without

NOW = datetime(2026, 11, 23, 5, tzinfo=UTC)
SECRETS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=6, max_size=20)


@given(SECRETS)
def test_a_secret_is_masked_however_it_is_quoted(secret: str) -> None:
    """Plain, percent-encoded in either case, or as a form writes it, in the path or the query."""
    small = re.sub("%..", lambda found: found[0].lower(), quote(secret, safe=""))
    for form in (quote(secret, safe=""), quote(secret, safe="@:"), quote_plus(secret), small):
        shown = str(masked(httpx.URL(f"http://host.example/a/{form}/b?x={form}&y=1"), secret))
        assert shown == "http://host.example/a/***/b?x=***&y=1"
    assert without(f"({secret})", secret) == "(***)"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("Authorization=abc&a=1", "Authorization=***&a=1"),
        ("api_key=abc", "api_key=***"),
        ("apikey=abc", "apikey=***"),
        ("access_token=abc&b", "access_token=***&b"),
        ("client%5Fsecret=a=b", "client%5Fsecret=***"),
        ("key=", "key=***"),
        ("keyword=bus", "keyword=bus"),
        ("a=1&a=2", "a=1&a=2"),
    ],
)
def test_private_parameters_are_masked_by_their_names(query: str, shown: str) -> None:
    """Their values are hidden even where the source has no key of its own; others stay."""
    assert str(masked(httpx.URL(f"http://h/p?{query}"))) == f"http://h/p?{shown}"


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({"Cache-Control": "max-age=60"}, 60),
        ({"Cache-Control": 'private, Max-Age="60"'}, 60),
        ({"Cache-Control": "max-age=60", "Age": "45"}, 15),
        ({"Cache-Control": "max-age=60", "Age": "99"}, 0),
        ({"Cache-Control": "no-store, max-age=60"}, 0),
        ({"Cache-Control": "s-maxage=60"}, 0),
        ({"Cache-Control": "max-age=soon"}, 0),
        ({}, 0),
    ],
)
def test_the_publishers_age_is_read(headers: dict[str, str], age: float) -> None:
    """What a shared cache has already used up is taken off."""
    assert publishers_age_s(httpx.Response(200, headers=headers)) == age


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("5", 5),
        ("Mon, 23 Nov 2026 05:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 04:00:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_the_time_to_wait_is_read(said: str, meant: float | None) -> None:
    """Seconds or a date; anything else says nothing."""
    assert retry_after_s(httpx.Response(429, headers={"Retry-After": said}), NOW) == meant
