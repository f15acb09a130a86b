"""The exception tree: every fault says what is wrong, where, and what to do."""


class AssistantError(Exception):
    """Base of all faults that the assistant raises on purpose.

    Args:
        message: what is wrong and where, for the person who gets it.
        cure: what that person can do about it.
    """

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()


class SettingsError(AssistantError):
    """A setting is missing, malformed, or contradicts another one."""


class CityDataError(AssistantError):
    """The data folder of a city is missing or malformed."""


class DocumentError(AssistantError):
    """A document cannot be read; `reason` is a short stable word for reports."""

    def __init__(self, reason: str, message: str, cure: str = "") -> None:
        super().__init__(message, cure)
        self.reason = reason


class StoreError(AssistantError):
    """The index on disk cannot be opened, or does not fit the settings."""


class PeopleError(AssistantError):
    """What is asked of accounts, conversations or the audit may not be done; `reason` is a short stable word."""

    def __init__(self, reason: str, message: str, cure: str = "") -> None:
        super().__init__(message, cure)
        self.reason = reason


class ModelError(AssistantError):
    """Base of faults around model files and engines."""


class UnknownModel(ModelError):
    """The catalog has no model of that name."""


class ModelNotInstalled(ModelError):
    """The model is in the catalog but its file is not on this machine."""


class DownloadFailed(ModelError):
    """No source of a model could be reached, or none delivered the right file."""


class ModelRefused(ModelError):
    """The city's policy does not allow this model in this deployment."""


class EngineUnavailable(ModelError):
    """The engine is not running, died, or did not answer in time."""


class EngineBusy(ModelError):
    """More people wait for the engine than it can serve in time."""


class TooManyQuestions(AssistantError):
    """Somebody asks more often, or more at once, than one may; the message is in the person's language.

    Attributes:
        reason: `rate`, `open` (answers of one person or address), or `full` (answers of all).
        wait_s: when to ask again.
    """

    def __init__(self, reason: str, wait_s: int, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.wait_s = wait_s


class FeedError(AssistantError):
    """Base of faults of live services; none of them is ever answered with a guess.

    Attributes:
        feed: the name of the source that it is about; empty where whoever raised it does not know.
    """

    feed: str = ""


class FeedTimeout(FeedError):
    """A live service did not answer within the time that a question may take."""


class FeedUnreachable(FeedError):
    """No connection to a live service came about, or it broke before the answer was whole."""


class FeedRefused(FeedError):
    """A live service answered, but not with data.

    Attributes:
        status: the HTTP status: 401, 403, 404, 429, 5xx ...; 0 where the request was not sent because its host is
            not one of the source's.
        content: the beginning of what the service said, which some standards define (Open311, FHIR).
    """

    def __init__(self, status: int, message: str, cure: str = "", content: bytes = b"") -> None:
        super().__init__(message, cure)
        self.status = status
        self.content = content


class FeedTooLarge(FeedError):
    """A live service sent more than its source allows, as it came or once unpacked."""


class FeedMalformed(FeedError):
    """What a live service sent is not a document of its standard; the message says where it departs."""
