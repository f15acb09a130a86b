"""Fetches what a city publishes: within limits, at a measured pace, from the hosts that its list allows."""

import email.utils
import ipaddress
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from urllib.robotparser import RobotFileParser

import httpx

from assistant import __version__
from assistant.errors import DocumentError
from assistant.indexing.guarded_network import (
    NETWORK_ERRORS,
    TIMEOUTS,
    UNREACHED,
    Deadline,
    GuardedTransport,
    is_public,
)

USER_AGENT = f"city-assistant/{__version__}"
_CONNECT_TIMEOUT_S = 5.0
_ATTEMPTS = 3
_BACKOFF_S = 1.0
_LONGEST_WAIT_S = 60.0
_MOST_REDIRECTS = 5
_OFFLINE_AFTER_HOSTS = 3  # where so many hosts and no other could be reached, the network is down
_MOST_TROUBLES = 3
_RETRIED = frozenset({429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_HOST = frozenset({"offline", "host_not_allowed", "address_not_allowed", "wrong_url"})
_NO_ROBOTS = ("http_4", "redirect_elsewhere", "too_many_redirects")
_FORBID_ALL = b"User-agent: *\nDisallow: /"
_ROBOTS_BYTES = 512 * 1024
_LONGEST_CRAWL_DELAY_S = 30.0
_BYTES_PER_MB = 1024 * 1024

Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class FetchRules:
    """How documents are fetched.

    Attributes:
        hosts: names from which documents may come.
        allowed_hosts: further ones, `*` for any part of a name; one that is written out may be in a private network.
        timeout_s: for one exchange as a whole.
        max_mb: of one document.
        delay_s: between two requests to one host.
        proxy: URL of an HTTP proxy, or nothing.
    """

    hosts: frozenset[str]
    allowed_hosts: tuple[str, ...] = ()
    timeout_s: float = 60.0
    max_mb: float = 50.0
    delay_s: float = 1.0
    user_agent: str = USER_AGENT
    proxy: str = ""

    def allow(self, host: str) -> bool:
        """Whether documents may come from a host."""
        return host in self.hosts or any(fnmatchcase(host, pattern) for pattern in self.allowed_hosts)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a server, redirects followed; the status is 200, 304, 404 or 410."""

    status: int
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Fetcher:
    """Fetches documents one after another; a context manager that closes its connections.

    Attributes:
        offline: hosts that could not be reached, each with the reason; they are not tried again.
    """

    def __init__(self, rules: FetchRules, sleep: Sleep = time.sleep) -> None:
        self.offline: dict[str, str] = {}
        self._rules = rules
        self._sleep = sleep
        self._deadline = Deadline()
        self._next_request: dict[str, float] = {}
        self._delays: dict[str, float] = {}
        self._robots: dict[str, RobotFileParser] = {}
        self._troubles: dict[str, int] = {}
        self._reached = False
        transport = GuardedTransport(self._deadline, lambda host: host in rules.allowed_hosts, rules.proxy)
        headers = {"User-Agent": rules.user_agent, "Accept-Encoding": "gzip, deflate"}
        timeout = httpx.Timeout(rules.timeout_s, connect=min(_CONNECT_TIMEOUT_S, rules.timeout_s))
        self._client = httpx.Client(transport=transport, headers=headers, timeout=timeout, trust_env=False)

    def __enter__(self) -> "Fetcher":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, url: str, conditions: Mapping[str, str] | None = None, max_bytes: int = 0) -> Reply:
        """What a server has at a URL.

        Args:
            conditions: headers that make the server answer 304 where nothing has changed.
            max_bytes: instead of the limit of the rules.

        Raises:
            DocumentError: `offline`, `timeout`, `network`, `tls`, `too_large`, `host_not_allowed`,
                `address_not_allowed`, `redirect_elsewhere`, `too_many_redirects`, `wrong_url`, or `http_` and a status.
        """
        limit = max_bytes or int(self._rules.max_mb * _BYTES_PER_MB)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                reply = self._follow(_parse(url), conditions or {}, limit)
                self._troubles.pop(reply.url.host, None)
                return reply
            except _TryAgain as again:
                wait = again.wait_s or _BACKOFF_S * 2 ** (attempt - 1)
                if attempt == _ATTEMPTS or wait > _LONGEST_WAIT_S:
                    self._count_trouble(url, again.fault)
                    raise again.fault from again
                self._sleep(wait + random.uniform(0, wait / 2))  # noqa: S311  # jitter is no secret
        raise AssertionError("the last attempt returns or raises")

    def may_crawl(self, url: str) -> bool:
        """Whether the robots.txt of a host lets us follow its lists (RFC 9309: none, or a 4xx, allows everything).

        Raises:
            DocumentError: the host cannot be asked.
        """
        origin = str(_parse(url).copy_with(raw_path=b"/robots.txt", fragment=None))
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        return self._robots[origin].can_fetch(self._rules.user_agent, url)

    def _read_robots(self, url: str) -> RobotFileParser:
        robots = RobotFileParser(url)
        try:
            reply = self.fetch(url, max_bytes=_ROBOTS_BYTES)
        except DocumentError as error:
            if error.reason in _NO_HOST:
                raise
            allowed = error.reason.startswith(_NO_ROBOTS)
            reply = Reply(404, httpx.URL(url), body=b"" if allowed else _FORBID_ALL)
        robots.parse(reply.body.decode("utf-8", "replace").splitlines())
        delay = float(robots.crawl_delay(self._rules.user_agent) or 0)
        self._delays[httpx.URL(url).host] = min(delay, _LONGEST_CRAWL_DELAY_S)
        return robots

    def _follow(self, url: httpx.URL, conditions: Mapping[str, str], limit: int) -> Reply:
        for _ in range(_MOST_REDIRECTS + 1):
            self._check(url)
            self._pace(url.host)
            self._deadline.set(self._rules.timeout_s)
            try:
                with self._client.stream("GET", url, headers=dict(conditions)) as response:
                    self._reached = True
                    if response.status_code not in _REDIRECTS:
                        return _read(response, url, limit)
                    url = self._redirected(url, response.headers.get("location", ""))
            except NETWORK_ERRORS as error:
                raise self._fault(url, error) from error
        raise DocumentError("too_many_redirects", f"{url} redirects again and again.", "Correct the URL.")

    def _count_trouble(self, url: str, fault: DocumentError) -> None:
        """Leave a host alone that fails again and again: each failure costs all attempts and their time."""
        host = httpx.URL(url).host
        self._troubles[host] = self._troubles.get(host, 0) + 1
        if self._troubles[host] >= _MOST_TROUBLES:
            self.offline[host] = fault.message

    def _check(self, url: httpx.URL) -> None:
        host = url.host
        if not self._rules.allow(host):
            message = f"{url} is on the host {host}, which the list does not name."
            raise DocumentError("host_not_allowed", message, "Add it to allowed_hosts if that is right.")
        if _is_inside(host) and host not in self._rules.allowed_hosts:
            message = f"{host} is no host of the public internet."
            raise DocumentError("address_not_allowed", message, f"Add “{host}” to allowed_hosts if that is right.")
        if host in self.offline or (not self._reached and len(self.offline) >= _OFFLINE_AFTER_HOSTS):
            raise DocumentError("offline", f"{host} is not reached.", "It is tried again at the next run.")

    def _pace(self, host: str) -> None:
        wait = self._next_request.get(host, 0.0) - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        delay = max(self._rules.delay_s, self._delays.get(host, 0.0))
        self._next_request[host] = time.monotonic() + delay

    def _redirected(self, url: httpx.URL, location: str) -> httpx.URL:
        target = _parse(str(url.join(location)), came_from=url)
        if not self._rules.allow(target.host) or (url.scheme, target.scheme) == ("https", "http"):
            message = f"{url} redirects to {target}."
            raise DocumentError("redirect_elsewhere", message, "Use that URL, or add its host to allowed_hosts.")
        return target

    def _fault(self, url: httpx.URL, error: Exception) -> Exception:
        words = str(error) or type(error).__name__
        if isinstance(error, UNREACHED):
            self.offline[url.host] = words
            return DocumentError(
                "offline", f"{url.host} is not reached: {words}.", "It is tried again at the next run."
            )
        late = "timeout" if isinstance(error, TIMEOUTS) else "network"
        return _TryAgain(
            DocumentError(late, f"{url} was not delivered: {words}.", "It is tried again at the next run.")
        )


class _TryAgain(Exception):
    """A fault that may be gone in a moment; the server may have said how long to wait."""

    def __init__(self, fault: DocumentError, wait_s: float = 0.0) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.wait_s = wait_s


def _parse(url: str, came_from: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise DocumentError("wrong_url", f"“{came_from or url}” leads to no valid URL: {error}.") from error
    if parsed.scheme not in {"http", "https"} or not parsed.host or parsed.userinfo:
        raise DocumentError("wrong_url", f"“{url}” is no plain http or https URL.", "Correct the list.")
    return parsed


def _is_inside(host: str) -> bool:
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return False


def _read(response: httpx.Response, url: httpx.URL, limit: int) -> Reply:
    status = response.status_code
    if status in {304, 404, 410}:
        return Reply(status, url, response.headers)
    if status != 200:
        fault = DocumentError(
            f"http_{status}", f"{url} was answered with the status {status}.", "Open it in a browser."
        )
        raise _TryAgain(fault, _retry_after(response)) if status in _RETRIED else fault
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(url, limit)
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > limit:
            raise _too_large(url, limit)
    return Reply(status, url, response.headers, bytes(body))


def _too_large(url: httpx.URL, limit: int) -> DocumentError:
    return DocumentError(
        "too_large", f"{url} has more than {limit / _BYTES_PER_MB:g} MB.", "Raise max_mb, or leave it out."
    )


def _retry_after(response: httpx.Response) -> float:
    """Seconds that the server asks to wait; 0 where it does not say."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
