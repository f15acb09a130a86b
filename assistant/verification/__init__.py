"""Checks each sentence of a draft before anyone sees it: one check per file, in order."""

from assistant.verification.base import Verdict, Verifier, verify_sentence

__all__ = ["Verdict", "Verifier", "verify_sentence"]
