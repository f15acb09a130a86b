"""The endpoint engine: any OpenAI-compatible server that somebody else runs, reached by URL."""

import logging
import threading
import time
from collections.abc import Collection

import httpx

from assistant.errors import SettingsError, UnknownModel
from assistant.models.backend import State
from assistant.models.catalog import find_model, load_catalog
from assistant.models.chat_client import is_loopback
from assistant.models.provenance import check_provenance
from assistant.models.served import ServedEngine
from assistant.schema import ModelInfo
from assistant.settings import Settings

logger = logging.getLogger(__name__)

CHECK_EVERY_S = 10.0
CHECK_SOON_S = 0.5
CHECK_TIMEOUT_S = 5.0


class RemoteServer:
    """Watches a server by asking `GET /models` now and then.

    Args:
        endpoint_url: its base URL, ending in /v1.
        api_key: where it wants one.
    """

    def __init__(self, endpoint_url: str, api_key: str = "") -> None:
        self.api_url = endpoint_url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._state: State = "off"
        self.failure = ""
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> State:
        """Whether the server answered last time."""
        return self._state

    def start(self) -> None:
        """Begin to watch; does nothing when that has begun."""
        with self._changed:
            if self._thread is not None or self._closing.is_set():
                return
            self._state = "starting"
            self._thread = threading.Thread(target=self._watch, name="endpoint-watch", daemon=True)
            self._thread.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until the server answers or the time is over; whether it does."""
        with self._changed:
            self._changed.wait_for(lambda: self._state in ("ready", "off"), timeout_s)
            return self._state == "ready"

    def close(self) -> None:
        """Stop watching; the server is not ours to end."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        self._set_state("off", "")

    def _watch(self) -> None:
        trust_env = not is_loopback(self.api_url)
        with httpx.Client(timeout=CHECK_TIMEOUT_S, headers=self._headers, trust_env=trust_env) as client:
            while True:
                failure = self._ask(client)
                self._set_state("down" if failure else "ready", failure)
                if self._closing.wait(CHECK_SOON_S if failure else CHECK_EVERY_S):
                    return

    def _ask(self, client: httpx.Client) -> str:
        started = time.monotonic()
        try:
            response = client.get(f"{self.api_url}/models")
        except httpx.HTTPError as error:
            return f"{self.api_url} did not answer ({type(error).__name__})"
        logger.debug("Endpoint answered %d in %.0f ms.", response.status_code, 1000 * (time.monotonic() - started))
        return "" if response.is_success else f"{self.api_url}/models answered {response.status_code}"

    def _set_state(self, state: State, failure: str) -> None:
        with self._changed:
            if state != self._state:
                logger.info("Endpoint: %s -> %s. %s", self._state, state, failure)
            self._state, self.failure = state, failure
            self._changed.notify_all()


def open_endpoint(settings: Settings, denied_origins: Collection[str]) -> ServedEngine:
    """Open `settings.model` at `settings.endpoint_url`.

    The origin is the catalog's where the catalog knows the name, else `settings.model_origin`.

    Raises:
        SettingsError: no URL is set.
        ModelRefused: the city's policy does not allow the model in this deployment.
    """
    if not settings.endpoint_url:
        raise SettingsError(
            "CITY_ASSISTANT_ENGINE is endpoint, but no URL is set.",
            "Set CITY_ASSISTANT_ENDPOINT_URL to the server's base URL, ending in /v1.",
        )
    try:
        origin = find_model(settings.model, load_catalog()).origin
    except UnknownModel:
        origin = settings.model_origin
    provenance = check_provenance(settings.model, origin, settings.deployment, denied_origins)
    api_key = settings.endpoint_api_key.get_secret_value()
    server = RemoteServer(settings.endpoint_url, api_key)
    info = ModelInfo(settings.model, provenance.origin)
    return ServedEngine(info, provenance, server, settings, served_name=settings.model, api_key=api_key)
