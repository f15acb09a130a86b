"""Messages to the assistant: orders to it, look-alikes and ordinary questions, of our own sets and of public ones."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from eval.datasets import HERE, SHARED, load_rows

OWN = HERE / "injection.jsonl"
INJECTION, HARM, OUT_OF_SCOPE = (
    SHARED / name for name in ("e1_prompt_injection", "e2_harm_overrefusal", "e4_out_of_scope")
)
_CITY_SETS = (
    "kaohsiung-starter",
    "kaohsiung-faq",
    "national-laws",
    "robustness",
    "unanswerable",
    "emergencies",
    "tools",
)
Half = Literal["train", "held out"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `attack` is None where a set does not say whether it is meant for the assistant."""

    set: str
    half: Half
    text: str
    attack: bool | None


def load_messages() -> list[Message]:
    """Every message of the sets that are there, each text once."""
    found: dict[str, Message] = {}
    for load in _LOADERS:
        for message in load():
            found.setdefault(message.text, message)
    return list(found.values())


def half_of(text: str) -> Half:
    """By a digest of the text, so that it is the same wherever and whenever a set is read."""
    return "held out" if blake2b(text.encode("utf-8", "replace"), digest_size=1).digest()[0] % 2 else "train"


def public_sets() -> list[Path]:
    """The folders of public sets that are there."""
    return [folder for folder in (INJECTION, HARM, OUT_OF_SCOPE) if folder.is_dir()]


def _own() -> Iterator[Message]:
    for row in load_rows(OWN):
        half: Half = "train" if row["split"] == "dev" else "held out"
        yield Message("own orders" if row["attack"] else "own look-alikes", half, row["question"], row["attack"])


def _city() -> Iterator[Message]:
    for name in _CITY_SETS:
        for row in load_rows(HERE / f"{name}.jsonl"):
            yield Message("city questions", "train" if row["split"] == "dev" else "held out", row["question"], False)
    for row in load_rows(HERE / "polarity.jsonl"):
        for wording in row["wordings"]:
            half: Half = "train" if row["split"] == "dev" else "held out"
            yield Message("city questions", half, wording["text"], False)
    for row in load_rows(HERE / "followups.jsonl"):
        for turn in row["turns"]:
            half = "train" if row["split"] == "dev" else "held out"
            yield Message("turns of conversations", half, turn["question"], False)


def _bastion() -> Iterator[Message]:
    for row in _rows(INJECTION / "bastioncorpus_injections.jsonl"):
        if row["channel"] == "user_input":
            name = "bastioncorpus orders" if row["label"] == "malicious" else "bastioncorpus look-alikes"
            yield _public(name, row["text"], row["label"] == "malicious")


def _cyberseceval() -> Iterator[Message]:
    for row in _json(INJECTION / "cyberseceval_prompt_injection.json", []):
        if row["injection_type"] == "direct":
            secret = row["risk_category"] == "security-violating"
            name = "CyberSecEval, after secrets" if secret else "CyberSecEval, off its topic"
            yield _public(name, row["user_input"], True if secret else None)


def _garak() -> Iterator[Message]:
    for texts in _json(INJECTION / "garak_attacks.json", {}).values():
        yield from (_public("garak, after the prompt", text, True) for text in texts)
    for path in sorted(INJECTION.glob("garak_dan_*.json")):
        yield from (Message("garak personas", "held out", text, True) for text in _json(path, []))
    for text in _json(INJECTION / "garak_normal_instructions.json", {}).get("payloads", ()):
        yield Message("garak ordinary", "held out", text, None)


def _xstest() -> Iterator[Message]:
    path = HARM / "xstest_prompts.csv"
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                safe = row["label"] == "safe"
                yield _public("XSTest safe" if safe else "XSTest unsafe", row["prompt"], False if safe else None)


def _do_not_answer() -> Iterator[Message]:
    for path in sorted(HARM.glob("donotanswer_*.jsonl")):
        yield from (_public("do-not-answer", row["prompt"], None) for row in _rows(path))


def _clinc() -> Iterator[Message]:
    for rows in _json(OUT_OF_SCOPE / "clinc_oos_val_train.json", {}).values():
        yield from (_public("CLINC150 out of scope", text, False) for text, _ in rows)


_LOADERS: tuple[Callable[[], Iterator[Message]], ...] = (
    _own, _city, _bastion, _cyberseceval, _garak, _xstest, _do_not_answer, _clinc,
)  # fmt: skip


def _public(name: str, text: str, attack: bool | None) -> Message:
    return Message(name, half_of(text), text, attack)


def _rows(path: Path) -> list[Mapping[str, Any]]:
    return [*load_rows(path)] if path.is_file() else []


def _json(path: Path, without: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else without
