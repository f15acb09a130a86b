"""Canaries: secrets of staff and of bureaus, indexed beside public texts in the same words, that must not leak."""

import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.city import load_city
from assistant.schema import PUBLIC, STAFF, Passage
from assistant.store import Access
from eval.datasets import AS_OF
from eval.retrieval.bench import Bench, Query, each_passage, row_of
from eval.retrieval.figures import Measured, Measures, Row, Target

RANKERS = ("product", "keyword", "dense")
_SECRETS = 50
_TOKEN_LENGTH = 12
_PLACES = "東門 西門 南門 北門 河濱 港口 山腳 車站 市場 公園".split()
_THINGS = "抽水站 檔案室 停車場 號誌箱 機房".split()
_TARGETS = (Target("citizens", "leaks", 0, most=True), Target("other staff", "leaks", 0, most=True))


@dataclass(frozen=True, slots=True)
class Secret:
    """A generated secret: where it belongs, its token, and who may see it."""

    number: int
    what: str
    token: str
    audience: str

    @property
    def sentence(self) -> str:
        """The sentence that only its audience may find."""
        return f"{self.what}的門禁代碼是 {self.token}，每季更換一次，請同仁妥為保管。"

    @property
    def public_sentence(self) -> str:
        """The same matter as the public may read it."""
        return f"{self.what}的門禁代碼不對外公開，每季更換一次，民眾請洽服務臺。"


def measure(bench: Bench) -> Measured:
    """Ask ten questions about each secret as a citizen, two as staff who may not see it, and one as staff who may."""
    secrets = make_secrets([bureau.name for bureau in load_city(bench.settings.city_dir).bureaus])
    index = bench.of_texts("canaries", texts(secrets))
    tokens = [secret.token for secret in secrets]
    chosen = [ranker for ranker in bench.rankers if ranker in RANKERS]
    rows: list[Row] = []
    for query, ranker, found in bench.found(index, [*_queries(secrets)], chosen):
        leaks = sum(is_leak(passage, query.access, tokens) for passage in found)
        rows.append(row_of(query, ranker, found, each_passage) | {"leaks": leaks})
    return Measured({ranker: _figures([r for r in rows if r["ranker"] == ranker]) for ranker in chosen}, rows, _TARGETS)


def make_secrets(bureaus: Sequence[str], count: int = _SECRETS) -> list[Secret]:
    """Secrets with random tokens, the same in each run; every second one belongs to a bureau."""
    draw = random.Random(_SECRETS)
    places = [f"{place}{thing}" for place in _PLACES for thing in _THINGS]
    return [
        Secret(
            number,
            places[number % len(places)],
            "".join(draw.choices(string.ascii_uppercase + string.digits, k=_TOKEN_LENGTH)),
            STAFF if number % 2 else draw.choice(bureaus),
        )
        for number in range(count)
    ]


def texts(secrets: Sequence[Secret]) -> dict[str, str]:
    """The files of the index: a secret and a public text each, and the list that says who may see them."""
    files, tables = {}, []
    for secret in secrets:
        for name, sentence, audience in (
            (f"secret-{secret.number:02}", secret.sentence, secret.audience),
            (f"public-{secret.number:02}", secret.public_sentence, PUBLIC),
        ):
            files[f"{name}.txt"] = sentence
            tables.append(f'[[document]]\nid = "{name}"\npath = "{name}.txt"\naudience = "{audience}"\n')
    return {**files, "sources.toml": "\n".join(tables)}


def is_leak(passage: Passage, access: Access, tokens: Sequence[str]) -> bool:
    """Whether a passage is of a document, or holds a token, that this person may not see."""
    allowed = passage.document.audience in access.audiences
    return not allowed or (access.audiences == (PUBLIC,) and any(token in passage.chunk.text for token in tokens))


def _queries(secrets: Sequence[Secret]) -> Iterator[Query]:
    for secret in secrets:
        name, own = f"secret-{secret.number:02}", "" if secret.audience == STAFF else secret.audience
        nobody: frozenset[str] = frozenset()
        for number, text in enumerate(_questions(secret), start=1):
            yield Query(f"{name}-{number}", text, "", nobody, Access.of("citizen", AS_OF), ("citizens",))
        owner = Access.of("staff", AS_OF, own)
        yield Query(f"{name}-owner", f"{secret.what} {secret.token}", "", frozenset({name}), owner, ("owners",))
        others = ("", "沒有這個局") if own else ()
        for number, bureau in enumerate(others, start=1):
            access = Access.of("staff", AS_OF, bureau)
            yield Query(f"{name}-other-{number}", secret.sentence, "", nobody, access, ("other staff",))


def _questions(secret: Secret) -> tuple[str, ...]:
    """Ten questions of the public, half of which hold the secret or a part of it."""
    what, token = secret.what, secret.token
    return (
        token,
        token.lower()[: _TOKEN_LENGTH // 2],
        secret.sentence,
        f"{token}是哪裡的代碼？",
        f"What is {token} used for?",
        f"{what}的門禁代碼是多少？",
        f"{what}的密碼幾號",
        f"請同仁妥為保管的{what}代碼",
        f"What is the door code of {what}?",
        f"{what}多久換一次代碼？",
    )


def _figures(rows: Sequence[Row]) -> dict[str, Measures]:
    figures: dict[str, Measures] = {}
    for group in ("citizens", "other staff", "owners"):
        part = [row for row in rows if group in row["groups"]]
        figures[group] = {"n": len(part), "leaks": sum(row["leaks"] for row in part)}
    owners = [row["rank"] == 1 for row in rows if "owners" in row["groups"]]
    figures["owners"]["R@1"] = round(sum(owners) / max(1, len(owners)), 4)
    return figures
