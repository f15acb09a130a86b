"""Fetches the documents that a city lists into the folder that is indexed: what is new, and nothing twice."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

import httpx
from filelock import FileLock, Timeout

from assistant.errors import DocumentError, StoreError
from assistant.indexing.fetching import Fetcher, Reply, Sleep
from assistant.indexing.listings import Listed, read_listing
from assistant.indexing.sources import SIDECAR_SUFFIX
from assistant.indexing.sync_files import check_content, digest_of, file_path, sidecar_text, suffix_of
from assistant.indexing.sync_list import SYNC_FILE, Dataset, Metadata, SyncList, read_sync_list
from assistant.indexing.sync_state import Fetched, SyncState, write_whole
from assistant.settings import Settings

_MOST_SITEMAPS = 200
_GONE_STATUSES = frozenset({404, 410})

Progress = Callable[[int, int, str], None]
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class SyncFailure:
    """A URL that brought nothing new, and why; `reason` is a short stable word. What was there before stays."""

    url: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a run did.

    Attributes:
        fetched: how many documents are new or changed.
        unchanged: how many are as they were.
        gone: URLs whose documents left the folder: the server or the city's list has them no more.
        failed: what could not be fetched, but for the hosts that could not be reached at all.
        offline_hosts: those hosts.
        bytes: how much new content came.
    """

    fetched: int
    unchanged: int
    gone: tuple[str, ...]
    failed: tuple[SyncFailure, ...]
    offline_hosts: tuple[str, ...]
    bytes: int
    seconds: float


def sync_documents(
    settings: Settings,
    progress: Progress = lambda done, total, name: None,
    *,
    now: Clock = lambda: datetime.now(UTC),
    sleep: Sleep = time.sleep,
) -> SyncReport:
    """Bring the fetched documents of the current city in step with its `sync.toml`.

    Nothing is lost when the network is down, a server errs or the run is killed: a document stays as it is until its
    new content is whole. It leaves the folder when the server says on two days that it is gone, or the list drops it.

    Args:
        progress: called with (documents done, documents in all, URL); (0, 0, URL) while lists are read.
        now: tells the time and day of the run.
        sleep: waits between requests.

    Raises:
        CityDataError: `sync.toml` is missing or malformed.
        StoreError: another process is fetching.
    """
    started = time.perf_counter()
    wanted = read_sync_list(settings.city_dir / SYNC_FILE, settings.max_file_mb)
    with _alone(settings.fetched_dir), Fetcher(wanted.rules, sleep) as fetcher:
        run = _Run(settings, wanted, fetcher, now)
        run.fetch_all(progress)
        return SyncReport(
            run.fetched,
            run.unchanged,
            tuple(run.gone),
            tuple(run.failed),
            tuple(fetcher.offline),
            run.bytes,
            round(time.perf_counter() - started, 3),
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder, and clear what a run that was killed has left half-written."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / ".sync.lock", timeout=0):
            for part in folder.rglob(".*.part"):
                part.unlink(missing_ok=True)
            yield
    except Timeout as error:
        raise StoreError(f"Another process is fetching into {folder}.", "Wait until it has ended.") from error


@dataclass(frozen=True, slots=True)
class _Task:
    url: str
    metadata: Metadata
    path: str = ""
    dataset: str = ""


class _Run:
    def __init__(self, settings: Settings, wanted: SyncList, fetcher: Fetcher, now: Clock) -> None:
        self.fetched = self.unchanged = self.bytes = 0
        self.gone: list[str] = []
        self.failed: list[SyncFailure] = []
        self._folder = settings.fetched_dir
        self._attic = settings.home / "gone" / settings.city
        self._wanted = wanted
        self._fetcher = fetcher
        self._now = now
        self._state = SyncState(settings.fetched_dir)

    def fetch_all(self, progress: Progress) -> None:
        for url in [url for url, entry in self._state.entries.items() if not self._is_wanted(url, entry)]:
            self._retire(url)
        tasks = self._tasks(progress)
        for done, task in enumerate(tasks.values()):
            progress(done, len(tasks), task.url)
            with self._noting_failure(task.url):
                self._bring(task)
        progress(len(tasks), len(tasks), "")

    def _is_wanted(self, url: str, entry: Fetched) -> bool:
        if not entry.dataset:
            return any(document.url == url for document in self._wanted.documents)
        return any(dataset.url == entry.dataset and dataset.wants(url) for dataset in self._wanted.datasets)

    def _tasks(self, progress: Progress) -> dict[str, _Task]:
        """Tasks by URL: named documents, those of lists, and those that a list named before: feeds forget soon."""
        tasks = {wanted.url: _Task(wanted.url, wanted.metadata, wanted.path) for wanted in self._wanted.documents}
        for dataset in self._wanted.datasets:
            progress(0, 0, dataset.url)
            for url, listed in self._listed(dataset):
                metadata = dataset.metadata | _said_by_list(listed)
                tasks.setdefault(url, _Task(url, metadata, dataset=dataset.url))
            for url, entry in self._state.entries.items():
                if entry.dataset == dataset.url:
                    said = {key: value for key, value in entry.metadata.items() if key in _LIST_KEYS}
                    tasks.setdefault(url, _Task(url, dataset.metadata | said, dataset=dataset.url))
        return tasks

    def _listed(self, dataset: Dataset) -> Iterator[tuple[str, Listed]]:
        found: dict[str, Listed] = {}
        for listed in self._read_lists(dataset):
            url = _absolute(dataset.url, listed.url)
            if url and dataset.wants(url):
                found.setdefault(url, listed)
        if len(found) > dataset.max_documents:
            message = (
                f"{dataset.url} names {len(found)} documents, more than {dataset.max_documents}: the rest is left."
            )
            self.failed.append(SyncFailure(dataset.url, "too_many_documents", f"{message} Raise max_documents."))
        yield from list(found.items())[: dataset.max_documents]

    def _read_lists(self, dataset: Dataset) -> Iterator[Listed]:
        """The entries of a list, and of the sitemaps that a sitemap names."""
        pending, seen = [dataset.url], {dataset.url}
        while pending:
            url = pending.pop(0)
            with self._noting_failure(url):
                reply = self._crawl(url)
                listing = read_listing(reply.body, url, dataset.format, dataset.fields)
                yield from listing.documents
                for sitemap in listing.sitemaps:
                    if sitemap not in seen and len(seen) < _MOST_SITEMAPS:
                        seen.add(sitemap)
                        pending.append(sitemap)

    def _crawl(self, url: str, conditions: Mapping[str, str] | None = None) -> Reply:
        """Fetch what a list leads to, where the host's robots.txt allows it."""
        if not self._fetcher.may_crawl(url):
            raise DocumentError("robots_disallow", f"The robots.txt of the host forbids {url}.", "Ask its owner.")
        reply = self._fetcher.fetch(url, conditions)
        if reply.status in _GONE_STATUSES and conditions is None:
            raise DocumentError("not_found", f"{url} was not found.", "Correct the URL.")
        return reply

    @contextmanager
    def _noting_failure(self, url: str) -> Iterator[None]:
        try:
            yield
        except DocumentError as error:
            if error.reason != "offline":
                self.failed.append(SyncFailure(url, error.reason, str(error)))
        except OSError as error:
            message = f"{url} could not be written: {error}. Check disk and rights."
            self.failed.append(SyncFailure(url, "unwritable", message))

    def _bring(self, task: _Task) -> None:
        known = self._state.entries.get(task.url)
        intact = known is not None and self._is_intact(task, known)
        if known and intact:
            self._describe(task, known)
        conditions = _conditions(known) if known and intact else {}
        reply = self._crawl(task.url, conditions) if task.dataset else self._fetcher.fetch(task.url, conditions)
        if reply.status == 200:
            self._take(task, known, reply, intact=intact)
        elif reply.status in _GONE_STATUSES:
            self._miss(task.url, known)
        elif known and conditions:
            self._keep(task.url, replace(known, metadata=task.metadata))
        else:
            raise DocumentError("http_304", f"{task.url} was not delivered.", "It is tried again at the next run.")

    def _is_intact(self, task: _Task, known: Fetched) -> bool:
        path = self._folder / known.path
        in_place = not task.path or known.path == task.path or known.path.startswith(f"{task.path}.")
        return in_place and path.is_file() and digest_of(path.read_bytes()) == known.digest

    def _take(self, task: _Task, known: Fetched | None, reply: Reply, *, intact: bool) -> None:
        before = PurePosixPath(known.path).suffix if known else ""
        suffix = suffix_of(task.url, task.path, reply)
        check_content(task.url, suffix, reply.body, before)
        taken = {entry.path: url for url, entry in self._state.entries.items()}
        entry = Fetched(
            path=file_path(task.url, task.path, suffix, taken),
            digest=digest_of(reply.body),
            fetched=self._now().isoformat(timespec="seconds"),
            etag=reply.headers.get("etag", ""),
            last_modified=reply.headers.get("last-modified", ""),
            dataset=task.dataset,
            metadata=task.metadata,
        )
        if known and intact and (known.path, known.digest) == (entry.path, entry.digest):
            self._keep(task.url, replace(entry, fetched=known.fetched))
            return
        self._describe(task, entry)  # first: a document without its audience would be public
        write_whole(self._folder / entry.path, reply.body)
        self._state.put(task.url, entry)
        if known and known.path != entry.path:
            self._put_away(known.path)
        self.fetched += 1
        self.bytes += len(reply.body)

    def _keep(self, url: str, entry: Fetched) -> None:
        self._state.put(url, replace(entry, missing_since=""))
        self.unchanged += 1

    def _describe(self, task: _Task, entry: Fetched) -> None:
        """Write the sidecar where it says something else: what the list says holds without a new content too."""
        sidecar = self._folder / f"{entry.path}{SIDECAR_SUFFIX}"
        text = sidecar_text(task.url, task.metadata, entry.fetched).encode()
        if not sidecar.is_file() or sidecar.read_bytes() != text:
            write_whole(sidecar, text)

    def _miss(self, url: str, known: Fetched | None) -> None:
        today = self._now().date().isoformat()
        if known and known.missing_since and known.missing_since != today:
            self._retire(url)
            return
        if known and not known.missing_since:
            self._state.put(url, replace(known, missing_since=today))
        kept = "It leaves the index if that is so on another day as well." if known else "Correct the URL."
        raise DocumentError("not_found", f"{url} was not found.", kept)

    def _retire(self, url: str) -> None:
        self._put_away(self._state.entries[url].path)
        self._state.remove(url)
        self.gone.append(url)

    def _put_away(self, path: str) -> None:
        """Move a document out of the folder, so that the index drops it; nothing is deleted."""
        for name in (path, f"{path}{SIDECAR_SUFFIX}"):
            if (self._folder / name).is_file():
                (self._attic / name).parent.mkdir(parents=True, exist_ok=True)
                (self._folder / name).replace(self._attic / name)


_LIST_KEYS = frozenset({"title", "published", "bureau"})


def _said_by_list(listed: Listed) -> Metadata:
    published = listed.published.isoformat() if listed.published else ""
    said = {"title": listed.title, "published": published, "bureau": listed.bureau}
    return {key: value for key, value in said.items() if value}


def _conditions(known: Fetched) -> dict[str, str]:
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def _absolute(base: str, url: str) -> str:
    """A URL of a list as a whole one without fragment; empty where it is none of the web."""
    try:
        joined = httpx.URL(base).join(url.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError):
        return ""
    return str(joined) if joined.scheme in {"http", "https"} else ""
