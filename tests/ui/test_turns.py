"""Events folded into what the page shows."""

from dataclasses import replace

from assistant.schema import DoneEvent, EvidenceEvent, SentenceEvent, Turn
from assistant.ui.turns import TurnView, apply_event, ask_question, join_sentences, stop_turn, view_source
from tests.fakes import BIKE, BIKE_QUOTE, BIKE_TEXT, DOCUMENTS, FORM, FORM_QUOTE, SCRIPTS, FakeConversation, cite

ANSWER = SCRIPTS["bike"].answer
START = TurnView(number=1, question="公共腳踏車怎麼收費？")


def read(document_id):
    return FakeConversation().document(document_id, "citizen")


def test_evidence_shows_before_any_sentence():
    """Right after the evidence the turn has sources and no text."""
    turn = apply_event(START, EvidenceEvent(ANSWER.citations), read)

    assert (turn.stage, len(turn.sources), turn.sentences) == ("writing", 2, ())


def test_the_finished_answer_decides():
    """Sources that the finished answer does not cite disappear."""
    turn = apply_event(START, EvidenceEvent(ANSWER.citations), read)
    turn = apply_event(turn, SentenceEvent("前三十分鐘免費。[1]"), read)
    turn = apply_event(turn, DoneEvent(replace(ANSWER, citations=ANSWER.citations[:1])), read)

    assert (turn.stage, len(turn.sources)) == ("done", 1)


def test_documents_are_read_once():
    """The finished answer does not read again what the evidence read."""
    reads = []
    turn = apply_event(START, EvidenceEvent(ANSWER.citations), lambda key: reads.append(key) or read(key))
    apply_event(turn, DoneEvent(ANSWER), lambda key: reads.append(key) or read(key))

    assert len(reads) == 2


def test_a_quote_stands_in_its_surroundings():
    """Text before, quote and text after are one piece of the stored text."""
    source = view_source(cite(BIKE, BIKE_QUOTE), read)

    assert source.before
    assert source.before + BIKE_QUOTE + source.after in BIKE_TEXT


def test_surroundings_are_cut_at_sentences():
    """A long text is cut where a sentence ends, not in the middle of one."""
    text = "第一句很長。" * 40 + FORM_QUOTE + "後一句也長。" * 40
    start = text.index(FORM_QUOTE)
    citation = replace(cite(FORM, FORM_QUOTE), start=start, end=start + len(FORM_QUOTE))
    source = view_source(citation, lambda _: (FORM, text))

    assert source.before.startswith("第一句")
    assert source.after.endswith("。")
    assert len(source.before) <= 90


def test_a_quote_that_does_not_stand_there_gets_no_surroundings():
    """Where the stored text has changed, nothing around the quote is claimed."""
    citation = replace(cite(BIKE, BIKE_QUOTE), start=0, end=len(BIKE_QUOTE))

    assert view_source(citation, read).before == ""


def test_a_document_that_is_gone_leaves_the_quote():
    """A withdrawn document does not break the page."""
    citation = replace(cite(BIKE, BIKE_QUOTE), document_id="gone")

    assert view_source(citation, read).document is None


def test_history_is_the_last_five_finished_turns():
    """A new question carries five exchanges at most, and none that was stopped."""
    turns = [TurnView(n, f"q{n}", "done", answer=replace(ANSWER, answer=f"a{n}")) for n in range(1, 8)]
    turns.append(stop_turn(TurnView(8, "q8", "writing")))
    question = ask_question("next", turns)

    assert question.history == tuple(Turn(f"q{n}", f"a{n}") for n in range(3, 8))
    assert question.lang is None


def test_stop_keeps_what_was_verified():
    """Stopping keeps sentences, and does not touch a finished turn."""
    turn = apply_event(START, SentenceEvent("前三十分鐘免費。"), read)

    assert stop_turn(turn).sentences == ("前三十分鐘免費。",)
    assert stop_turn(replace(turn, stage="done")).stage == "done"


def test_sentences_join_as_people_write():
    """Latin sentences are set apart by a space, Chinese ones are not."""
    assert join_sentences(["One. [1]", "Two."]) == "One. [1] Two."
    assert join_sentences(["一。", "二。"]) == "一。二。"


def test_fake_quotes_are_verbatim():
    """The fake's own citations keep the promise that the product makes."""
    citations = [citation for script in SCRIPTS.values() for citation in script.answer.citations]

    assert all(DOCUMENTS[c.document_id][1][c.start : c.end] == c.quote for c in citations)
