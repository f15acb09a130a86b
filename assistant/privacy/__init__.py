"""Personal data in what people write: found, masked before it is kept or sent on, and restored for its owner alone."""

from assistant.privacy.base import Span
from assistant.privacy.finding import find_personal
from assistant.privacy.kinds import MASKED, Kind, Purpose
from assistant.privacy.known import NOTHING_KNOWN, Known, known_of, known_values
from assistant.privacy.logging import PersonalDataFilter, mask_logs
from assistant.privacy.masking import Masked, mask, restore, split_open
from assistant.privacy.questions import MaskedQuestion, mask_question, without_introduction, without_placeholders
from assistant.privacy.streams import MaskedStream

__all__ = [
    "MASKED",
    "NOTHING_KNOWN",
    "Kind",
    "Known",
    "Masked",
    "MaskedQuestion",
    "MaskedStream",
    "PersonalDataFilter",
    "Purpose",
    "Span",
    "find_personal",
    "known_of",
    "known_values",
    "mask",
    "mask_logs",
    "mask_question",
    "restore",
    "split_open",
    "without_introduction",
    "without_placeholders",
]
