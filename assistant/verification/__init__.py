"""Checks each sentence of a draft before anyone sees it: one check per file, in order."""

from assistant.verification.base import Verdict, verify_sentence
from assistant.verification.claim import Verifier
from assistant.verification.copying import restored
from assistant.verification.yes_no import Asked, asked, deciding, verdict, without_verdict

__all__ = [
    "Asked",
    "Verdict",
    "Verifier",
    "asked",
    "deciding",
    "restored",
    "verdict",
    "verify_sentence",
    "without_verdict",
]
