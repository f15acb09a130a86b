"""Connections that reach public addresses only, and that end at a deadline however slowly the other side sends."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from assistant.errors import DocumentError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
SocketOptions = Iterable[httpcore.SOCKET_OPTION]

NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpx.DecodingError,
    httpx.RemoteProtocolError,
)
TIMEOUTS = (httpcore.TimeoutException,)
UNREACHED = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError)


class Deadline:
    """The moment at which the current exchange must have ended."""

    def __init__(self) -> None:
        self._end = float("inf")

    def set(self, seconds: float) -> None:
        """Allow so many seconds from now."""
        self._end = time.monotonic() + seconds

    def limit(self, timeout_s: float | None) -> float:
        """The time that one operation may take: its own limit, or what is left.

        Raises:
            httpcore.ReadTimeout: nothing is left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time limit has passed")
        return left if timeout_s is None else min(timeout_s, left)


class GuardedTransport(httpx.BaseTransport):
    """Sends requests over connections that are checked at the socket, where no name can deceive.

    Args:
        deadline: when the current exchange must end.
        may_be_private: whether a host may have an address inside of the own network (RFC 1918, loopback ...).
        proxy: URL of an HTTP proxy through which everything goes; it then resolves the names.
    """

    def __init__(self, deadline: Deadline, may_be_private: Callable[[str], bool], proxy: str = "") -> None:
        context = httpx.create_ssl_context()
        context.load_default_certs()  # an organisation's own authority is installed there
        if proxy:
            backend = _GuardedBackend(deadline, lambda host: True)
            self._pool: httpcore.ConnectionPool = httpcore.HTTPProxy(
                proxy, ssl_context=context, network_backend=backend
            )
        else:
            self._pool = httpcore.ConnectionPool(context, network_backend=_GuardedBackend(deadline, may_be_private))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; errors are those of httpcore, and `DocumentError` for a refused address."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        response = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Body(response))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def is_public(address: IPAddress) -> bool:
    """Whether an address is one of the public internet."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped is not None:
        return is_public(mapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class _GuardedBackend(httpcore.NetworkBackend):
    def __init__(self, deadline: Deadline, may_be_private: Callable[[str], bool]) -> None:
        self._sockets = httpcore.SyncBackend()
        self._deadline = deadline
        self._may_be_private = may_be_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _resolve(host, port, self._deadline.limit(timeout)):
            if not is_public(address) and not self._may_be_private(host):
                message = f"{host} leads to {address}, which is not an address of the public internet."
                raise DocumentError("address_not_allowed", message, f"Add “{host}” to allowed_hosts if that is right.")
            try:
                stream = self._sockets.connect_tcp(str(address), port, self._deadline.limit(timeout), local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _LimitedStream(stream, self._deadline)
        raise failure


class _LimitedStream(httpcore.NetworkStream):
    """A connection whose every operation ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.limit(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.limit(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.limit(timeout))
        except httpcore.ConnectError as error:
            if not isinstance(error.__cause__, ssl.SSLError):
                raise
            message = f"{server_hostname} cannot prove who it is: {error}."
            raise DocumentError("tls", message, "Open it in a browser to see its certificate.") from error
        return _LimitedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, timeout_s: float) -> list[IPAddress]:
    """The addresses of a name; the resolver itself knows no time limit, so it is left behind when that has passed."""
    found: list[IPAddress] = []
    thread = threading.Thread(target=_look_up, args=(host, port, found), daemon=True)
    thread.start()
    thread.join(timeout_s)
    return list(found)


def _look_up(host: str, port: int, found: list[IPAddress]) -> None:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return
    addresses = dict.fromkeys(str(answer[4][0]).partition("%")[0] for answer in answers)
    found.extend(ipaddress.ip_address(address) for address in addresses)
