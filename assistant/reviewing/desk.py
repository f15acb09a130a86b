"""What an editor does with answers, topics and the queue: one door for the command line and the staff pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.models import CityEmbeddings
from assistant.people.editor import Editor
from assistant.people.people import People
from assistant.people.reviewed_answer import Draft, Reviewed
from assistant.retrieval import Retriever
from assistant.reviewing.checking import Checked, check_answers
from assistant.reviewing.gathering import Gathering
from assistant.reviewing.review import centred
from assistant.reviewing.sources import access_of, take_sources
from assistant.schema import PUBLIC, Lang
from assistant.settings import Settings
from assistant.store import Store
from assistant.text import detect_language, visible


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer as an editor writes it.

    Attributes:
        questions: the question and other ways to put it, in each language of the answers.
        document_ids: what the answer rests on; `quotes` are verbatim passages of these documents.
    """

    bureau: str
    answers: Mapping[Lang, str]
    questions: Sequence[str]
    document_ids: Sequence[str]
    expires_on: date
    quotes: Sequence[str] = ()
    audience: str = PUBLIC


class Desk:
    """The acts of editors on one database and one index; `by` is who acts, as `Editor.of(account)` gives it.

    Args:
        retriever: opens what finds the documents nearest to a question; called once, where the queue is gathered.
        today: tells the city's day.

    Raises:
        PeopleError: what is asked for may not be done.
        StoreError: the database cannot be read or written; so do all methods.
    """

    def __init__(
        self,
        settings: Settings,
        people: People,
        store: Store,
        weights: CityEmbeddings,
        retriever: Callable[[], Retriever],
        today: Callable[[], date],
    ) -> None:
        self._settings, self._people, self._store, self._weights = settings, people, store, weights
        self._retriever, self._today = retriever, today
        self._gathering: Gathering | None = None

    def approve(self, by: Editor, proposal: Proposal, reason: str = "", group_id: str = "") -> Reviewed:
        """Approve an answer, of a group of the queue or of one's own accord; it is given from now on."""
        by.check(proposal.bureau)
        draft = self._draft(by, proposal)
        if group_id:
            return self._people.unanswered.answer(by, group_id, draft, reason)
        return self._people.reviewed.approve(by, draft, reason)

    def check(self) -> tuple[Checked, ...]:
        """Compare every answer with its documents; what changed by that."""
        return check_answers(self._people, self._store, self._today())

    def gather(self, limit: int = 500) -> int:
        """Bring the queue up to date by up to so many questions; gives how many there were."""
        if self._gathering is None:
            retriever = self._retriever()

            def bureau_of(question: str, lang: Lang, audience: str) -> str:
                found = retriever.find(question, access_of(audience, self._today()), lang, 3).passages
                return next((one.document.bureau for one in found if one.document.bureau), "")

            embed = centred(self._settings, self._weights)
            self._gathering = Gathering(self._people, embed, self._weights.fingerprint, bureau_of)
        return self._gathering.gather(limit)

    def _draft(self, by: Editor, proposal: Proposal) -> Draft:
        answers = {lang: visible(text) for lang, text in proposal.answers.items()}
        wordings: dict[Lang, list[str]] = {lang: [] for lang in answers}
        for question in proposal.questions:
            wordings.setdefault(detect_language(question), []).append(visible(question))
        sources = take_sources(
            self._store,
            by,
            proposal.audience,
            proposal.document_ids,
            proposal.quotes,
            "\n".join(answers.values()),
            self._today(),
        )
        return Draft(proposal.bureau, answers, wordings, sources, proposal.expires_on, proposal.audience)
