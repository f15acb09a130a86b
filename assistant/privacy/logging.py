"""Masks personal data in log records before any handler writes them."""

import logging
import re
from urllib.parse import unquote_plus

from assistant.privacy.known import NOTHING_KNOWN, Known
from assistant.privacy.masking import mask
from assistant.text import detect_language

_OWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}
_ARGUMENTS_ARE_FIELDS = "uvicorn.access"  # its formatter takes the arguments apart
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_FORMATTER = logging.Formatter()


class PersonalDataFilter(logging.Filter):
    """Masks the message with its arguments, tracebacks and further fields of a record; drops no record.

    It belongs on handlers: a filter on a logger does not see what the loggers below it write.
    """

    def __init__(self, known: Known = NOTHING_KNOWN) -> None:
        super().__init__()
        self._known = known

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask in place; a record that several handlers get is masked once and stays masked."""
        if record.name == _ARGUMENTS_ARE_FIELDS and isinstance(record.args, tuple):
            record.args = tuple(self._masked(one) if isinstance(one, str) else one for one in record.args)
        else:
            record.msg, record.args = self._masked(_message(record)), None
        if record.exc_info:
            record.exc_text = record.exc_text or _FORMATTER.formatException(record.exc_info)
            record.exc_info = None  # a handler that formats it anew would write what is masked here
        record.exc_text = self._masked(record.exc_text) if record.exc_text else None
        record.stack_info = self._masked(record.stack_info) if record.stack_info else None
        for name in vars(record).keys() - _OWN_FIELDS:
            value = getattr(record, name)
            if isinstance(value, str):
                setattr(record, name, self._masked(value))
        return True

    def _masked(self, text: str) -> str:
        """The text, or its decoded form where personal data are hidden by URL or JSON escapes."""
        readable = _readable(text)
        masked = mask(readable, detect_language(readable), known=self._known).text
        return text if masked == readable else masked


def mask_logs(known: Known = NOTHING_KNOWN) -> None:
    """Put the filter on every handler that there is now; call it again after others configured theirs.

    Covers the handlers of all loggers and the one of last resort, which writes warnings where nobody configured any.
    What child processes print is not logged here.
    """
    loggers = [logging.getLogger(), *logging.Logger.manager.loggerDict.values()]
    handlers = {handler for one in loggers if isinstance(one, logging.Logger) for handler in one.handlers}
    if logging.lastResort is not None:
        handlers.add(logging.lastResort)
    for handler in handlers:
        for old in [one for one in handler.filters if isinstance(one, PersonalDataFilter)]:
            handler.removeFilter(old)
        handler.addFilter(PersonalDataFilter(known))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # logging would print the arguments as they are
        return f"{record.msg} {record.args}"


def _readable(text: str) -> str:
    if "\\u" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return unquote_plus(text) if "%" in text else text
