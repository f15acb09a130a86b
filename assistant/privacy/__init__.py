"""Personal data in what people write: found, masked before it is kept or sent on, and restored for its owner alone."""

from assistant.privacy.base import Span
from assistant.privacy.finding import find_personal
from assistant.privacy.kinds import MASKED, Kind, Purpose
from assistant.privacy.known import NOTHING_KNOWN, Known, known_of, known_values
from assistant.privacy.logging import PersonalDataFilter, mask_logs
from assistant.privacy.masking import Masked, mask, restore, split_open

__all__ = [
    "MASKED",
    "NOTHING_KNOWN",
    "Kind",
    "Known",
    "Masked",
    "PersonalDataFilter",
    "Purpose",
    "Span",
    "find_personal",
    "known_of",
    "known_values",
    "mask",
    "mask_logs",
    "restore",
    "split_open",
]
