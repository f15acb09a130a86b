"""Fetches a model file from the Hugging Face hub, resuming where an earlier try stopped."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

from assistant.errors import DownloadFailed
from assistant.models.catalog import HubSource

HUB_URL = "https://huggingface.co"
CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 60.0
MAX_CUTS = 3
MAX_REDIRECTS = 5

# done bytes, total bytes (0: unknown)
ProgressCallback = Callable[[int, int], None]

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTENT_RANGE = re.compile(r"bytes (\d+)-")


@dataclass(frozen=True, slots=True)
class HubFile:
    """What the hub says about a file before it is fetched: its LFS object id (a SHA-256) and size, where stated."""

    source: HubSource
    url: str
    sha256: str
    size_bytes: int


def open_hub_client() -> httpx.Client:
    """A client that gives up soon where the hub cannot be reached."""
    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    # Bytes as they are stored: offsets must be those of the file.
    return httpx.Client(timeout=timeout, follow_redirects=True, headers={"Accept-Encoding": "identity"})


def describe_file(client: httpx.Client, source: HubSource, hub_url: str) -> HubFile:
    """Ask the hub for a file's hash and size.

    The hub states them in X-Linked-ETag and X-Linked-Size, on the answer that redirects to its storage.

    Raises:
        DownloadFailed: the hub cannot be reached, or does not have the file.
    """
    url = f"{hub_url}/{source.repo}/resolve/{source.revision}/{source.file}"
    try:
        response = client.head(url, follow_redirects=False)
        for _ in range(MAX_REDIRECTS):
            moved = response.headers.get("location", "")
            if not moved.startswith("/"):
                break
            response = client.head(urljoin(url, moved), follow_redirects=False)
    except httpx.HTTPError as error:
        raise _unreachable(error) from error
    if response.status_code >= 400:
        raise _refused(response.status_code, source)
    etag = response.headers.get("x-linked-etag", "").removeprefix("W/").strip('"').lower()
    size = response.headers.get("x-linked-size", "")
    return HubFile(source, url, etag if _SHA256.fullmatch(etag) else "", int(size) if size.isdecimal() else 0)


def fetch_file(client: httpx.Client, file: HubFile, part: Path, size_bytes: int, progress: ProgressCallback) -> None:
    """Fetch a file into `part`, going on from what is already there, and again after a cut.

    Raises:
        DownloadFailed: the hub cannot be reached, refuses, or keeps cutting the connection; `part` is kept.
        OSError: the file cannot be written.
    """
    cuts = 0
    while not (size_bytes and part.exists() and part.stat().st_size >= size_bytes):
        before = part.stat().st_size if part.exists() else 0
        try:
            _fetch_rest(client, file, part, size_bytes, progress)
        except httpx.HTTPError as error:
            came_on = part.exists() and part.stat().st_size > before
            cuts = 0 if came_on else cuts + 1
            if cuts >= MAX_CUTS:
                raise _unreachable(error) from error
        else:
            return


def _fetch_rest(client: httpx.Client, file: HubFile, part: Path, size_bytes: int, progress: ProgressCallback) -> None:
    """Make one request for what is missing."""
    start = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={start}-"} if start else {}
    with client.stream("GET", file.url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
            raise httpx.RemoteProtocolError("the part on disk does not fit the file")
        if response.status_code >= 400:
            raise _refused(response.status_code, file.source)
        resumed = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
        goes_on = response.status_code == httpx.codes.PARTIAL_CONTENT and resumed and int(resumed[1]) == start
        done = start if goes_on else 0
        with part.open("ab" if goes_on else "wb") as out:
            for block in response.iter_raw():
                out.write(block)
                done += len(block)
                progress(done, size_bytes)
    if size_bytes and done < size_bytes:
        raise httpx.RemoteProtocolError("the connection was closed early")


def _unreachable(error: httpx.HTTPError) -> DownloadFailed:
    return DownloadFailed(f"the Hugging Face hub could not be reached ({type(error).__name__})")


def _refused(status_code: int, source: HubSource) -> DownloadFailed:
    where = f"{source.repo}/{source.file} at {source.revision}"
    if status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return DownloadFailed(f"the Hugging Face hub wants its licence accepted first for {where} ({status_code})")
    return DownloadFailed(f"the Hugging Face hub answered {status_code} for {where}")
