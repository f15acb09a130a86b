"""Who may see an answer again: the narrowest audience of what it rests on."""

from collections.abc import Iterable, Mapping
from typing import Any

from assistant.schema import PUBLIC, STAFF, Status
from assistant.state import Rooms

NOBODY = ""
"""The audience of what two bureaus would have to share."""


def answer_audience(final: Mapping[str, Any], rooms: Rooms) -> str:
    """The audience of a flow's answer: of the documents that it cites, the live services that it asked, and a reviewer.

    Where an answer cites nothing, as one that asks back does, it may speak of any passage that was found.

    Args:
        final: the state in which the flow ended.
    """
    passages = {passage.document.id: passage.document.audience for passage in final.get("passages", ())}
    cited = {citation.document_id for citation in final.get("citations", ())}
    if final.get("status") in (Status.ANSWERED, Status.PARTIAL) and cited:
        documents = {passages.get(one) or _stored_audience(one, final, rooms) for one in cited}
    else:
        documents = set(passages.values())
    return narrowest({*documents, *_service_audiences(final, rooms), final.get("approved_for", PUBLIC)})


def narrowest(audiences: Iterable[str]) -> str:
    """Those who are in all of some audiences: staff are within the public, and a bureau is within staff."""
    inner = set(audiences) - {PUBLIC}
    bureaus = inner - {STAFF}
    if bureaus:
        return bureaus.pop() if len(bureaus) == 1 else NOBODY
    return STAFF if inner else PUBLIC


def _stored_audience(document_id: str, final: Mapping[str, Any], rooms: Rooms) -> str:
    found = rooms.store.document(document_id, final["access"])
    return found[0].audience if found else NOBODY


def _service_audiences(final: Mapping[str, Any], rooms: Rooms) -> set[str]:
    if rooms.live is None or final.get("route") not in ("live", "both"):
        return set()
    if final.get("status") == Status.CLARIFY:  # asked back by a service before anything was called
        return {STAFF if final["question"].role == "staff" else PUBLIC}
    readings = final["report"].readings if "report" in final else ()
    names = {reading.tool for reading in readings} | {wanted.service.name for wanted in final.get("calls", ())}
    return {rooms.live.services[name].audience if name in rooms.live.services else STAFF for name in names}
