"""The one client of all engines: chat completions over the OpenAI protocol, as text."""

import importlib
import ipaddress
import time
from collections.abc import Generator, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant.errors import EngineUnavailable

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

CONNECT_TIMEOUT_S = 5.0
NO_KEY = "none"

# (role, text); role is system, user or assistant
Messages = Sequence[tuple[str, str]]


class ChatClient:
    """Asks one model on one server.

    Args:
        base_url: the server's address, ending in /v1.
        model: the model's name at that server.
        timeout_s: the longest time for a whole answer, and for silence within it.
        api_key: where the server wants one.
    """

    def __init__(self, base_url: str, model: str, timeout_s: float, api_key: str = "") -> None:
        self.base_url = base_url
        self._timeout_s = timeout_s
        self._chat = _connect(base_url, model, timeout_s, api_key)

    def stream(
        self,
        messages: Messages,
        *,
        max_tokens: int,
        stop: Sequence[str],
        temperature: float,
        extra: Mapping[str, object],
    ) -> Generator[str]:
        """Yield the answer's text as it comes; closing the generator cancels the request on the server.

        Raises:
            EngineUnavailable: the server cannot be reached, refuses, is silent, or ends before the answer does.
        """
        from openai import BadRequestError, OpenAIError  # half a second of imports, only where a model is asked

        deadline = time.monotonic() + self._timeout_s
        finished = False
        chunks = self._chat.stream(
            list(messages),
            stop=list(stop) or None,
            temperature=temperature,
            extra_body={"max_tokens": max_tokens, **extra},
        )
        try:
            for chunk in chunks:
                finished = finished or bool(chunk.response_metadata.get("finish_reason"))
                if chunk.text:
                    yield chunk.text
                if time.monotonic() > deadline and not finished:
                    raise EngineUnavailable(
                        f"The model had not finished its answer after {self._timeout_s:.0f} s.",
                        "Ask for less, or raise CITY_ASSISTANT_ANSWER_TIMEOUT_S.",
                    )
        except BadRequestError as error:
            raise EngineUnavailable(
                f"The model's engine refused the request: {error}".rstrip(".") + ".",
                "Ask for less, or raise CITY_ASSISTANT_CONTEXT_TOKENS.",
            ) from error
        except OpenAIError as error:
            raise unavailable(f"{type(error).__name__}: {error}".rstrip(".")) from error
        if not finished:
            raise unavailable("it ended in the middle of the answer")


def warm_up() -> None:
    """Import what the first question would otherwise wait for."""
    importlib.import_module("langchain_openai")


def unavailable(reason: str) -> EngineUnavailable:
    """The error for an engine that failed while it was asked."""
    return EngineUnavailable(
        f"The model's engine did not answer: {reason}.", "Ask again in a moment; if it stays so, see its log."
    )


def is_loopback(url: str) -> bool:
    """Whether a URL points to this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connect(base_url: str, model: str, timeout_s: float, api_key: str) -> "ChatOpenAI":
    from langchain_openai import ChatOpenAI  # a second and a half of imports, only where a model is asked
    from openai import DefaultHttpxClient, Timeout

    timeout = Timeout(timeout_s, connect=CONNECT_TIMEOUT_S)
    # A proxy of the environment must never see what is meant for this machine.
    http_client = DefaultHttpxClient(timeout=timeout, trust_env=not is_loopback(base_url))
    return ChatOpenAI(
        base_url=base_url,
        model=model,
        api_key=SecretStr(api_key or NO_KEY),
        timeout=timeout,
        max_retries=0,
        stream_usage=False,
        http_client=http_client,
    )
