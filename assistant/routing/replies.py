"""Fixed replies to greetings, thanks and questions about the assistant itself; the texts are data."""

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from assistant.schema import Lang, Status
from assistant.text import fold

_LONGEST = 60  # small talk is short; anything longer is a real question
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


@dataclass(frozen=True, slots=True)
class FixedReply:
    """A reply and the messages that it answers: whole ones, or, with `anywhere`, those that hold the pattern.

    Attributes:
        yields: whether a live service that the message asks for answers instead.
    """

    name: str
    pattern: re.Pattern[str]
    anywhere: bool
    yields: bool
    status: Status
    text: dict[Lang, str]


def load_replies() -> tuple[FixedReply, ...]:
    """Read `replies.toml`, which ships beside this module."""
    data = tomllib.loads(resources.files(__package__).joinpath("replies.toml").read_text(encoding="utf-8"))
    return tuple(
        FixedReply(
            name=reply["name"],
            pattern=re.compile("|".join(f"(?:{pattern})" for pattern in reply["patterns"])),
            anywhere=reply.get("anywhere", False),
            yields=reply.get("yields", False),
            status=Status(reply.get("status", Status.ANSWERED)),
            text={"zh-TW": reply["text"]["zh-TW"], "en": reply["text"]["en"]},
        )
        for reply in data["reply"]
    )


def find_reply(text: str, replies: tuple[FixedReply, ...]) -> FixedReply | None:
    """The first reply whose pattern fits the message, or None."""
    message = _EDGES.sub("", fold(text))
    for reply in replies:
        if reply.anywhere and reply.pattern.search(message):
            return reply
        if len(text) <= _LONGEST and reply.pattern.fullmatch(message):
            return reply
    return None
