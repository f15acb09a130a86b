"""Placeholder of the OCR contract until its module is written; the OCR engineer overwrites this file."""

from assistant.settings import Settings


def ocr_installed(settings: Settings) -> bool:
    """Whether OCR can run."""
    return False
