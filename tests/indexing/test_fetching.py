"""How documents are fetched: patience, pace and limits, against a real server on loopback."""

import gzip
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assistant.errors import DocumentError
from assistant.indexing.fetching import Fetcher, FetchRules
from assistant.indexing.guarded_network import is_public
from tests.indexing.loopback import City, Page, serving

LOOPBACK = FetchRules(frozenset({"127.0.0.1"}), ("127.0.0.1",), timeout_s=5, max_mb=1, delay_s=0)


@pytest.fixture
def city() -> Iterator[City]:
    with serving() as server:
        yield server


def rules(**changes: object) -> FetchRules:
    values = {name: getattr(LOOPBACK, name) for name in FetchRules.__slots__}
    return FetchRules(**(values | changes))


class Waits(list[float]):
    """A clock that only writes down how long it was asked to wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def reason_of(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(DocumentError) as caught:
        fetcher.fetch(url)
    return caught.value.reason


def test_a_server_in_trouble_is_asked_again(city: City) -> None:
    """After a growing pause, and once it answers, all is well."""
    city.pages["/a"] = [Page(status=503), Page(status=502), Page(b"here")]
    waits = Waits()
    with Fetcher(LOOPBACK, waits) as fetcher:
        assert fetcher.fetch(f"{city.url}/a").body == b"here"
    assert 1 <= waits[0] <= 1.5
    assert 2 <= waits[1] <= 3


def test_a_broken_answer_is_asked_for_again(city: City) -> None:
    """A connection that ends too early brings no document."""
    city.pages["/a"] = [Page(b"he", headers={"Content-Length": "4", "Connection": "close"}), Page(b"here")]
    with Fetcher(LOOPBACK, Waits()) as fetcher:
        assert fetcher.fetch(f"{city.url}/a").body == b"here"


@pytest.mark.parametrize("as_moment", [False, True])
def test_the_wait_that_a_server_asks_for_is_kept(city: City, as_moment: bool) -> None:
    """In seconds, or until a moment."""
    value = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True) if as_moment else "7"
    city.pages["/a"] = [Page(status=429, headers={"Retry-After": value}), Page(b"here")]
    waits = Waits()
    with Fetcher(LOOPBACK, waits) as fetcher:
        fetcher.fetch(f"{city.url}/a")
    assert 6.9 <= waits[0] <= 46


def test_a_long_wait_is_left_to_the_next_run(city: City) -> None:
    """An hour is no pause."""
    city.pages["/a"] = Page(status=503, headers={"Retry-After": "3600"})
    waits = Waits()
    with Fetcher(LOOPBACK, waits) as fetcher:
        assert reason_of(fetcher, f"{city.url}/a") == "http_503"
    assert (waits, len(city.asked("/a"))) == ([], 1)


def test_a_host_that_keeps_failing_is_left_alone(city: City) -> None:
    """Every failure costs three attempts; a thousand documents must not cost days."""
    with Fetcher(LOOPBACK, Waits()) as fetcher:
        city.pages |= {f"/{number}": Page(status=500) for number in range(5)}
        reasons = [reason_of(fetcher, f"{city.url}/{number}") for number in range(5)]
        assert reasons == ["http_500"] * 3 + ["offline"] * 2
        assert list(fetcher.offline) == ["127.0.0.1"]


def test_without_any_network_not_every_host_is_tried() -> None:
    """Three that cannot be reached, and none that can, are enough."""
    hosts = [f"host{number}.invalid" for number in range(6)]
    with Fetcher(FetchRules(frozenset(hosts), delay_s=0), Waits()) as fetcher:
        assert [reason_of(fetcher, f"http://{host}/") for host in hosts] == ["offline"] * 6
        assert list(fetcher.offline) == hosts[:3]


def test_requests_to_a_host_keep_their_distance(city: City) -> None:
    """A city's server is not ours to load; robots.txt may ask for more distance still."""
    city.pages |= {"/robots.txt": Page(b"User-agent: *\nCrawl-delay: 20"), "/a": Page(b"a")}
    waits = Waits()
    with Fetcher(rules(delay_s=4), waits) as fetcher:
        fetcher.fetch(f"{city.url}/a")
        assert fetcher.may_crawl(f"{city.url}/a")
        for _ in range(2):
            fetcher.fetch(f"{city.url}/a")
    assert [round(wait) for wait in waits] == [4, 4, 20]


@pytest.mark.parametrize(
    ("page", "allowed"),
    [
        (Page(b"User-agent: *\nDisallow: /"), False),
        (Page(b"User-agent: city-assistant\nDisallow: /"), False),
        (Page(b"User-agent: other\nDisallow: /"), True),
        (Page(status=404), True),
        (Page(status=403), True),
        (Page(status=500), False),
        (Page(status=302, headers={"Location": "http://elsewhere.example/"}), True),
    ],
)
def test_robots_txt_is_read_as_its_standard_says(city: City, page: Page, allowed: bool) -> None:
    """None allows everything, and one that cannot be read allows nothing."""
    city.pages["/robots.txt"] = page
    with Fetcher(LOOPBACK, Waits()) as fetcher:
        assert fetcher.may_crawl(f"{city.url}/a") is allowed


def test_a_compressed_answer_is_unpacked_within_the_limit(city: City) -> None:
    """What counts is the size of the document, not of its way."""
    headers = {"Content-Encoding": "gzip"}
    city.pages |= {"/a": Page(gzip.compress(b"here"), headers=headers)}
    city.pages |= {"/bomb": Page(gzip.compress(bytes(5_000_000)), headers=headers)}
    with Fetcher(LOOPBACK, Waits()) as fetcher:
        assert fetcher.fetch(f"{city.url}/a").body == b"here"
        assert reason_of(fetcher, f"{city.url}/bomb") == "too_large"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/a", "http://user:secret@127.0.0.1/a", "http:///a", "http://[::1/a"])
def test_other_urls_are_refused(url: str) -> None:
    """No other protocols, and no passwords."""
    with Fetcher(LOOPBACK, Waits()) as fetcher:
        assert reason_of(fetcher, url) == "wrong_url"


def test_hosts_may_be_named_with_a_star() -> None:
    """A city has many; a private address needs its host written out."""
    starred = FetchRules(frozenset(), ("*.kcg.gov.tw", "10.*"))
    assert [starred.allow(host) for host in ("www.kcg.gov.tw", "kcg.gov.tw.example", "10.0.0.1")] == [True, False, True]
    with Fetcher(starred, Waits()) as fetcher:
        assert reason_of(fetcher, "http://10.0.0.1/a") == "address_not_allowed"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::", False),
    ],
)
def test_public_addresses_are_told_from_others(address: str, public: bool) -> None:
    """Private, shared, link-local and embedded ones lead into somebody's network."""
    assert is_public(ipaddress.ip_address(address)) is public


def test_a_proxy_carries_the_request(city: City) -> None:
    """Then the names of the list are the proxy's to resolve; addresses that are written out stay forbidden."""
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        handler.wfile.write(b"here")

    city.pages["http://www.example.invalid/a"] = Page(write=answer)
    behind = FetchRules(frozenset({"www.example.invalid", "10.0.0.1"}), proxy=city.url, delay_s=0)
    with Fetcher(behind, Waits()) as fetcher:
        assert fetcher.fetch("http://www.example.invalid/a").body == b"here"
        assert reason_of(fetcher, "http://10.0.0.1/a") == "address_not_allowed"
    assert asked == ["http://www.example.invalid/a"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that no authority has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = datetime.now(UTC)
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    signed = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_that_nobody_vouches_for_is_refused(city: City, certificate: Path) -> None:
    """Such a server may be anyone's; that is told apart from a network that is down."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as secured, Fetcher(LOOPBACK, Waits()) as fetcher:
        secured.pages["/a"] = Page(b"here")
        assert reason_of(fetcher, secured.url.replace("http:", "https:") + "/a") == "tls"
        assert fetcher.offline == {}


def test_a_header_that_never_ends_is_left_at_the_time_limit(city: City) -> None:
    """Slow headers are as bad as slow bodies."""
    stop = threading.Event()

    def drip_headers(handler: BaseHTTPRequestHandler) -> None:
        try:
            for number in range(500):
                handler.wfile.write(f"X-{number}: 1\r\n".encode())
                if stop.wait(0.05):
                    return
        except OSError:
            return

    city.pages["/a"] = Page(before=drip_headers)
    with Fetcher(rules(timeout_s=0.2), Waits()) as fetcher:
        assert reason_of(fetcher, f"{city.url}/a") == "timeout"
    stop.set()
