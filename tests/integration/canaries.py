"""A tiny city whose documents for staff and for two bureaus hold codes that stand nowhere else."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.conversation import Conversation
from assistant.indexing.build import build_index
from assistant.people.account import AccountRole
from assistant.people.people import People
from assistant.people.sign_in import SignInState
from assistant.settings import Settings
from assistant.store import open_store
from tests.doubles import WordEmbeddings, small_settings
from tests.people.place import PASSWORD

BUREAU, OTHER_BUREAU = "環境保護局", "交通局"
AUDIENCES = {"staff": "staff", "keeper": BUREAU, "other": OTHER_BUREAU}
LANGUAGES = {"zh": "zh-TW", "en": "en"}
PARTS = ("body", "title", "section", "path", "url", "topic", "id")
QUESTIONS = ("垃圾車調度場停駛時的聯絡暗語是什麼？", "What is the pass phrase of the rubbish truck depot?")
FOLLOW_UPS = ("那暗語要怎麼用？", "And how is it used?")


@dataclass(frozen=True, slots=True)
class Canary:
    """A document that one audience may see; every part of it has a code of its own."""

    who: str
    lang: str

    def code(self, part: str) -> str:
        """A word that nobody writes by chance."""
        return f"zq{part}{self.who}{self.lang}"

    @property
    def codes(self) -> set[str]:
        """Those of all parts."""
        return {self.code(part) for part in PARTS}

    @property
    def path(self) -> str:
        """Where it lies in the city's folder."""
        return f"documents/internal/{self.code('path')}.md"

    @property
    def text(self) -> str:
        """Its file; near to the public documents, so that a search for them comes by."""
        if self.lang == "zh":
            head = f"# 垃圾車調度場停駛預案 {self.code('title')}\n## 聯絡 {self.code('section')}\n"
            return head + f"垃圾車調度場停駛時的聯絡暗語是{self.code('body')}。\n"
        head = f"# Rubbish truck depot {self.code('title')}\n## Contact {self.code('section')}\n"
        return head + f"The pass phrase of the rubbish truck depot is {self.code('body')}.\n"

    @property
    def metadata(self) -> str:
        """Its table of `sources.toml`."""
        return (
            f'\n[[document]]\nid = "{self.code("id")}"\npath = "{self.path}"\nlanguage = "{LANGUAGES[self.lang]}"\n'
            f'title = "{"垃圾車調度場停駛預案" if self.lang == "zh" else "Rubbish truck depot"} {self.code("title")}"\n'
            f'audience = "{AUDIENCES[self.who]}"\ntopic = "{self.code("topic")}"\n'
            f'url = "https://intranet.example/{self.code("url")}"\n'
        )


CANARIES = tuple(Canary(who, lang) for who in AUDIENCES for lang in LANGUAGES)


def codes_of(*who: str) -> set[str]:
    """The codes of some audiences' documents."""
    return {code for canary in CANARIES if canary.who in who for code in canary.codes}


def leaked(said: object, may_see: Iterable[str] = ()) -> set[str]:
    """The codes in what was said, however it is written, without those of audiences that may be seen."""
    text = (said if isinstance(said, str) else repr(said)).casefold()
    return {code for code in codes_of(*AUDIENCES) - codes_of(*may_see) if code in text}


def make_city(folder: Path) -> Settings:
    """The tiny city with its canaries, indexed."""
    settings = small_settings(folder)
    sources = settings.city_dir / "sources.toml"
    (settings.city_dir / "documents" / "internal").mkdir(parents=True)
    for canary in CANARIES:
        (settings.city_dir / canary.path).write_text(canary.text, encoding="utf-8")
    tables = "".join(canary.metadata for canary in CANARIES)
    sources.write_text(sources.read_text(encoding="utf-8") + tables, encoding="utf-8")
    weights = WordEmbeddings()
    with closing(open_store(settings.index_dir, weights.fingerprint)) as store:
        report = build_index(settings, store, weights)
    assert report.refused == []
    return settings


def session_of(people: People, name: str, bureau: str = "") -> str:
    """The token of the session of a new member of staff."""
    people.accounts.add(name, AccountRole.STAFF, PASSWORD, by="test", bureau=bureau)
    signed_in = people.sign_in.sign_in(name, PASSWORD)
    assert signed_in.state == SignInState.SIGNED_IN
    return signed_in.token


def written_in(folder: Path) -> str:
    """All text files under a folder, which is what an operator would send to somebody for help."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)


def health_of(conversation: Conversation) -> dict[str, Any]:
    """What the assistant says of its state."""
    health = conversation.health()
    return {name: getattr(health, name) for name in health.__dataclass_fields__}
