"""The flow, every node and edge on one screen: check -> route -> retrieve -> compose -> verify."""

import itertools
from typing import Any

from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from assistant import wording
from assistant.answering import compose_answer, compose_extract, is_refusal
from assistant.errors import EngineUnavailable
from assistant.guardrails import check_question
from assistant.retrieval import answerability, cite_evidence, disagreement, select_evidence
from assistant.routing import route_question
from assistant.schema import EvidenceEvent, SentenceEvent, Status
from assistant.state import FlowState, Run
from assistant.verification import Verdict, verify_sentence
from assistant.verification.language import to_taiwan_usage

Flow = CompiledStateGraph[FlowState, Run, FlowState, FlowState]


def build_graph() -> Flow:
    """The compiled flow; a node that sets a status ends it."""
    graph = StateGraph(FlowState, context_schema=Run)
    steps = (check, route, find, compose, verify)
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


def route(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """A fixed reply, or the documents with a standalone question."""
    question = state["question"]
    routed = route_question(question.text, state["lang"], question.history, runtime.context.rooms.router)
    if routed.reply:
        return {"status": routed.status, "route": routed.route, "text": routed.reply}
    return {"route": routed.route, "standalone": routed.standalone}


def find(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """Passages and evidence; sends the citations on, or ends where the evidence cannot answer."""
    rooms, asked, lang = runtime.context.rooms, state["standalone"], state["lang"]
    found = rooms.retriever.find(asked, state["access"], lang)
    passages = found.passages
    evidence = select_evidence(
        rooms.store, asked, found.vector, passages, found.language, rooms.embedder.embed_few, rooms.city.boilerplate
    )
    confidence = answerability(rooms.store, asked, passages, evidence, found.language, found.names)
    if not confidence.enough or disagreement(asked, evidence, rooms.city.elsewhere):
        text = wording.no_evidence(rooms.city, lang, passages)
        return {"status": Status.NO_EVIDENCE, "text": text, "passages": passages, "confidence": confidence}
    citations = cite_evidence(evidence)
    runtime.context.mark("first_evidence")
    get_stream_writer()(EvidenceEvent(tuple(citations)))
    return {"passages": passages, "citations": citations, "confidence": confidence, "current": found.current}


def compose(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """The model's draft, not yet begun: `verify` draws it sentence by sentence."""
    rooms = runtime.context.rooms
    if rooms.engine.state == "off":
        return {"draft": None}
    prompts = rooms.prompts[state["lang"]]
    cancelled = runtime.context.cancelled.is_set
    return {"draft": compose_answer(rooms.engine, prompts, state["standalone"], state["citations"], cancelled)}


def verify(state: FlowState, runtime: Runtime[Run]) -> dict[str, Any]:
    """Show each sentence that passes every check; quotes where the model fails or nothing passes."""
    lang, run = state["lang"], runtime.context
    verdicts: list[Verdict] = []
    refused = False
    notice = "" if state["draft"] is not None else wording.extract_only(lang)
    try:
        for sentence in state["draft"] or ():
            if run.cancelled.is_set():
                break
            usage = to_taiwan_usage(sentence) if lang == "zh-TW" else sentence
            if is_refusal(usage, run.rooms.prompts[lang]):
                refused = True
                break
            verdict = verify_sentence(usage, state["citations"], lang, run.rooms.verifier, state["standalone"])
            verdicts.append(verdict)
            if verdict.passed:
                _show(run, wording.marked(verdict.sentence, verdict.citations))
    except EngineUnavailable:
        notice = wording.engine_lost(lang)
    finally:
        _close(state["draft"])
    return _ending(state, run, verdicts, refused, notice)


def _ending(state: FlowState, run: Run, verdicts: list[Verdict], refused: bool, notice: str) -> dict[str, Any]:
    lang, shown = state["lang"], [verdict for verdict in verdicts if verdict.passed]
    if shown:
        text = wording.joined([wording.marked(v.sentence, v.citations) for v in shown], lang)
        cited = {c.n: c for verdict in shown for c in verdict.citations}
        status = Status.PARTIAL if notice else Status.ANSWERED
        return {"status": status, "text": text, "verdicts": verdicts, **_cited(state, cited, notice)}
    if refused or not (notice or state["confidence"].likely):  # a draft that failed, on doubtful evidence
        text = wording.no_evidence(run.rooms.city, lang, state["passages"])
        return {"status": Status.NO_EVIDENCE, "text": text, "citations": [], "verdicts": verdicts}
    quotes = list(compose_extract(state["citations"], lang))
    lines = [wording.marked(quote, [citation]) for quote, citation in quotes]
    for line in lines:
        _show(run, line)
    cited = {citation.n: citation for _, citation in quotes}
    notice = notice or wording.extract_instead(lang)
    text = "\n\n".join(lines)
    return {"status": Status.ANSWERED, "text": text, "verdicts": verdicts, **_cited(state, cited, notice)}


def _cited(state: FlowState, cited: dict[int, Any], notice: str) -> dict[str, Any]:
    """The citations in order, and the notice with what of them does not hold on the day of asking."""
    ids = {citation.document_id for citation in cited.values()}
    documents = [passage.document for passage in state["passages"] if passage.document.id in ids]
    validity = wording.outside_today(documents, state["access"].as_of, state["lang"], state["current"])
    notices = [part for part in (notice, validity) if part]
    return {"citations": [cited[n] for n in sorted(cited)], "notice": wording.joined(notices, state["lang"])}


def _show(run: Run, text: str) -> None:
    run.mark("first_sentence")
    get_stream_writer()(SentenceEvent(text))


def _close(draft: Any) -> None:
    if draft is not None:
        draft.close()
