"""Texts of others as they stand in a prompt: one line, nothing unseen, and no marks by which a model tells speakers."""

import re

from assistant.text import visible

# <|im_start|>, <｜User｜>, <start_of_turn>, </s>, <<SYS>>, [INST] tell a model who speaks; servers read such marks as
# marks wherever they stand.
_OPENING = re.compile(r"<(?=[/|｜<!A-Za-z_])")
_BRACKET = re.compile(r"\[(?=/?(?:INST|SYSTEM|TOOL|AVAILABLE)\w*\])", re.IGNORECASE)


def inert(text: str) -> str:
    """The text for a prompt; a mark's first sign is written full width, which comparing texts folds back."""
    plain = " ".join(visible(text).split())
    return _BRACKET.sub("［", _OPENING.sub("＜", plain))
