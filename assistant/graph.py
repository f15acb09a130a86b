"""The flow, every node and edge on one screen: check -> review -> route -> call -> find -> compose -> verify."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from assistant import wording
from assistant.answering import Draft, brief, compose_answer, deciding_lines, extract_lines, is_refusal
from assistant.errors import EngineBusy, EngineUnavailable
from assistant.guardrails import check_question
from assistant.privacy import mask_question, restore, without_introduction, without_placeholders
from assistant.retrieval import cite_evidence, disagreement, missing_kinds
from assistant.routing import (
    Candidate,
    LiveRoute,
    Wanted,
    clarifying_text,
    decided,
    read_reply,
    resolve,
    route_question,
)
from assistant.schema import Citation, EvidenceEvent, QueuedEvent, SentenceEvent, Status
from assistant.state import FlowState, Rooms, Run, Searched, Told
from assistant.text import squeeze
from assistant.tools import Arguments, Request, tell
from assistant.verification import Verdict, asked, deciding, restored, verify_sentence, without_verdict
from assistant.verification.figures import unsupported_figures
from assistant.verification.language import to_taiwan_usage

Flow = CompiledStateGraph[FlowState, Run, FlowState, FlowState]


def build_graph() -> Flow:
    """The compiled flow; a node that sets a status ends it."""
    graph = StateGraph(FlowState, context_schema=Run)
    steps = (check, review, route, call, find, compose, verify)
    for step in steps:
        graph.add_node(step.__name__, step)
    graph.add_edge(START, "check")
    for before, after in itertools.pairwise(steps):
        graph.add_conditional_edges(before.__name__, _unless_ended, {"on": after.__name__, "end": END})
    graph.add_edge("verify", END)
    return graph.compile()


def _unless_ended(state: FlowState) -> str:
    return "end" if "status" in state else "on"


def check(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """Limits and emergencies, before any search or model."""
    stop = check_question(state["question"].text, state["lang"], runtime.context.rooms.guardrails)
    if stop is None:
        return {}
    return {
        "status": stop.status,
        "text": stop.text,
        "route": "emergency" if stop.status == Status.EMERGENCY else "none",
    }


def review(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """Closed topics, and answers that an editor approved for this question; never for what live services know."""
    question, run, lang = state["question"], runtime.context, state["lang"]
    room = run.rooms.review
    if room is None or not room.follow():
        return {}
    wordings = [candidate.asked for candidate in resolve(question.text, lang, question.history).candidates]
    topic = room.closed_topic([question.text, *wordings], lang, run.now)
    if topic:
        return {"status": Status.BLOCKED, "route": "none", "text": topic.texts[lang]}
    hit = room.answer(wordings[0], lang, state["access"], run.now)
    if hit is None or _is_live(state, run):
        return {}
    run.mark("first_evidence")
    get_stream_writer()(EvidenceEvent(hit.citations))
    text = wording.marked(hit.text, hit.citations)
    _show(run, text)
    found = {"citations": list(hit.citations), "notice": hit.notice, "approved_for": hit.audience}
    return {"status": Status.ANSWERED, "route": "documents", "text": text, **found}


def _is_live(state: FlowState, run: Run) -> bool:
    """Whether a message is a reply to an offer, or asks live services for what holds now."""
    question, live = state["question"], run.rooms.live
    if live is None:
        return False
    if read_reply(question.text, question.history):
        return True
    wanted = live.router.route(question.text, state["lang"], question.history, run.asked_at, question.role)
    return wanted is not None and bool(wanted.calls)


def route(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """A fixed reply, what live services are asked, or the documents with the standalone wordings of the question."""
    question, run, lang = state["question"], runtime.context, state["lang"]
    live = run.rooms.live
    reply = read_reply(question.text, question.history) if live else None
    if live and reply:
        return {"route": "live", "reply": reply}
    masked = mask_question(question, lang, run.rooms.known)  # services get what they need; documents and model do not
    routed = route_question(masked.text, lang, masked.history, run.rooms.router)
    if live and (routed.resolved or routed.yields):
        wanted = live.router.route(question.text, lang, question.history, run.asked_at, question.role)
    else:
        wanted = LiveRoute()
    run.mark("routed")
    if not wanted.calls:
        if routed.resolved is None:
            return {"status": routed.status, "route": routed.route, "text": routed.reply}
        return {"route": routed.route, "resolved": routed.resolved, "own": masked.restored_by}
    if wanted.ask:
        return {"status": Status.CLARIFY, "route": "live", "text": wanted.ask, "choices": wanted.choices}
    if not wanted.documents or routed.resolved is None:
        return {"route": "live", "calls": wanted.calls}
    return {"route": "both", "calls": wanted.calls, "resolved": routed.resolved, "own": masked.restored_by}


def call(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """What live services say now; ends the flow where the documents are not asked."""
    run, live = runtime.context, runtime.context.rooms.live
    if live is None or not ("reply" in state or "calls" in state):
        return {}
    if "reply" in state:
        report = live.settle(state["reply"], state["question"], state["lang"], run.now)
    else:
        requests = [_request(wanted, state, run) for wanted in state["calls"]]
        report = tell(requests, live.tools.call(requests), unsupported_figures)
        report = live.pending.offered(report, state["lang"], run.now)
    run.mark("first_evidence")
    get_stream_writer()(EvidenceEvent((), report.readings))
    for place, sentence in enumerate(report.sentences):
        _show(run, f"\n{sentence}" if place else sentence)
    if "resolved" in state:
        get_stream_writer()(SentenceEvent("\n"))
        return {"report": report}
    return {"report": report, "status": report.status, "text": report.text, "choices": report.choices}


def _request(wanted: Wanted, state: FlowState, run: Run) -> Request:
    arguments = Arguments(wanted.values, wanted.places, wanted.moment, wanted.text)
    return Request(wanted.service, arguments, state["lang"], run.now, state["question"].role)


def find(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """Passages and evidence; sends the citations on, or ends where it has to ask back or the evidence cannot answer."""
    rooms, lang = runtime.context.rooms, state["lang"]
    candidates = state["resolved"].candidates
    best = decided(candidates, lambda one: _search(one, state, rooms), lambda searched: searched.weighed.confidence)
    weighed = best.weighed
    wording_asked = best.candidate.asked
    asked_for = {"asked": without_introduction(wording_asked, state["own"]), "prompted": wording_asked}
    found = {"passages": best.found.passages, "weighed": best.weighed, **asked_for}
    labels = [choice.label for choice in best.found.ties]
    if labels and state["resolved"].kind != "choice" and "report" not in state:
        return {**found, "status": Status.CLARIFY, "text": clarifying_text(labels, lang), "choices": tuple(labels)}
    if not weighed.confidence.enough or disagreement(best.found.question, weighed.evidence, rooms.city.elsewhere):
        text = wording.no_evidence(rooms.city, lang, best.found.passages)
        return {**found, **_beside_live(state, {"status": Status.NO_EVIDENCE, "text": text})}
    report = state.get("report")
    citations = cite_evidence(weighed.evidence, first=len(report.readings) + 1 if report else 1)
    runtime.context.mark("first_evidence")
    get_stream_writer()(EvidenceEvent(tuple(citations), report.readings if report else ()))
    return {**found, "citations": citations, "current": best.found.current}


def _search(candidate: Candidate, state: FlowState, rooms: Rooms) -> Searched:
    wording_searched = without_introduction(candidate.search, state["own"])
    found = rooms.retriever.find(wording_searched, state["access"], state["lang"])
    return Searched(candidate, found, rooms.scales.weigh(found))


def compose(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """The model's draft, not yet begun: `verify` draws it sentence by sentence."""
    rooms = runtime.context.rooms
    if rooms.engine.state == "off":
        return {"drafts": None}
    cancelled = runtime.context.cancelled.is_set
    read = brief(state["weighed"].evidence, state["lang"])
    return {"drafts": compose_answer(rooms.engine, rooms.prompts[state["lang"]], state["prompted"], read, cancelled)}


def verify(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """Show what a rule decides, each sentence that passes every check, then what they rest on; else quotes."""
    lang, run = state["lang"], runtime.context
    told = Told(ruled=_ruled(state, run))
    notice = "" if state["drafts"] is not None else wording.extract_only(lang)
    if told.ruled:
        _show(run, _shown(told.ruled))
    try:
        for draft in _in_turn(state, run):
            if run.cancelled.is_set():
                break
            _tell(told, draft, state, run)
    except EngineBusy:
        notice = wording.engine_busy(lang)
    except EngineUnavailable:
        notice = wording.engine_lost(lang)
    finally:
        _close(state["drafts"])
        run.turn.end()
    return _ending(state, run, told, notice)


def _in_turn(state: FlowState, run: Run) -> Iterator[Draft]:
    """The model's draft, once it is this question's turn; until then its place in the line is told."""
    if state["drafts"] is None:
        return
    told = False
    for place in run.turn.wait():
        get_stream_writer()(QueuedEvent(place.position, ceil(place.wait_s)))
        told = True
    if run.cancelled.is_set():
        return
    if told:
        get_stream_writer()(QueuedEvent(0, 0))
    run.mark("turn")
    yield from state["drafts"]


def _ruled(state: FlowState, run: Run) -> Verdict | None:
    """The yes or no that the evidence gives by rule, with the citation that decides; None where it gives none."""
    question, support = asked(state["asked"]), run.rooms.verifier.support
    answer = question and deciding(state["asked"], state["citations"], support)
    if question is None or answer is None:
        return None
    alone = (c for c in state["citations"] if deciding(state["asked"], [c], support) == answer)
    text = wording.ruled(question.axis, (answer == "yes") == (question.sign > 0), answer == "yes", state["lang"])
    return Verdict(text, (next(alone, state["citations"][0]),))


def _tell(told: Told, draft: Draft, state: FlowState, run: Run) -> None:
    """Show a sentence that passes; of one that fails the quote that it was drawn from is shown at the end."""
    sentence = to_taiwan_usage(draft.text) if state["lang"] == "zh-TW" else draft.text
    sentence = restored(sentence, [state["prompted"], *map(run.rooms.verifier.context_of, state["citations"])])
    if asked(state["asked"]):
        sentence = without_verdict(sentence)
    if is_refusal(sentence, run.rooms.prompts[state["lang"]]):
        told.refused = True
        return
    if draft.source:
        told.pointed.append(draft.source)
    whole = restore(sentence, state["own"])
    if not whole or any(squeeze(whole) == squeeze(verdict.sentence) for verdict in told.verdicts):
        return
    bare = without_placeholders(sentence, state["own"])
    verdict = verify_sentence(bare, state["citations"], state["lang"], run.rooms.verifier, state["asked"])
    verdict = replace(verdict, sentence=whole)
    told.verdicts.append(verdict)
    if verdict.passed:
        _show(run, _shown(verdict))


def _ending(state: FlowState, run: Run, told: Told, notice: str) -> dict[str, Any]:
    lang, written = state["lang"], [verdict for verdict in told.verdicts if verdict.passed]
    evidence, citations = state["weighed"].evidence, state["citations"]
    shown = [told.ruled, *written] if told.ruled else written
    if not shown and not notice and (told.refused or not state["weighed"].confidence.likely):
        text = wording.no_evidence(run.rooms.city, lang, state["passages"])
        ending = {"status": Status.NO_EVIDENCE, "text": text, "citations": [], "verdicts": told.verdicts}
        return _beside_live(state, ending)
    text = wording.joined([_shown(verdict) for verdict in shown], lang)
    if written:
        lines = deciding_lines(told.pointed, evidence, citations, text, lang)
    else:
        lines = extract_lines(evidence, citations, lang)
        notice = notice or wording.extract_instead(lang)
    for place, (line, _) in enumerate(lines):
        _show(run, f"\n{line}" if shown or place else line)
    text = "\n".join([text, *(line for line, _ in lines)]).strip()
    cited = [citation for verdict in shown for citation in verdict.citations] + [c for _, cs in lines for c in cs]
    status = Status.PARTIAL if notice and written else Status.ANSWERED
    missing = missing_kinds(state["asked"], [text])
    if missing and written:
        status, notice = Status.PARTIAL, notice or wording.missing(run.rooms.city, missing, lang)
    ending = {"status": status, "text": text, "verdicts": told.verdicts, **_cited(state, cited, notice)}
    return _beside_live(state, ending)


def _beside_live(state: FlowState, ending: dict[str, Any]) -> dict[str, Any]:
    """How the documents' part of an answer ends beside what live services said, where they were asked."""
    report = state.get("report")
    if report is None:
        return ending
    good = (Status.ANSWERED, Status.PARTIAL)
    if ending["status"] not in good:
        status = Status.PARTIAL if report.status in good else report.status
        return {**ending, "status": status, "text": report.text, "notice": wording.no_documents(state["lang"])}
    together = Status.ANSWERED if report.status == ending["status"] == Status.ANSWERED else Status.PARTIAL
    return {**ending, "status": together, "text": f"{report.text}\n{ending['text']}"}


def _cited(state: FlowState, cited: Sequence[Citation], notice: str) -> dict[str, Any]:
    """The citations in order, and the notice with what of them does not hold on the day of asking."""
    by_number = {citation.n: citation for citation in cited}
    ids = {citation.document_id for citation in cited}
    documents = [passage.document for passage in state["passages"] if passage.document.id in ids]
    validity = wording.outside_today(documents, state["access"].as_of, state["lang"], state["current"])
    notices = [part for part in (notice, validity) if part]
    return {"citations": [by_number[n] for n in sorted(by_number)], "notice": wording.joined(notices, state["lang"])}


def _shown(verdict: Verdict) -> str:
    return wording.marked(verdict.sentence, verdict.citations)


def _show(run: Run, text: str) -> None:
    run.mark("first_sentence")
    get_stream_writer()(SentenceEvent(text))


def _close(drafts: Any) -> None:
    if drafts is not None:
        drafts.close()
