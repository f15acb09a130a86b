"""What the assistant says of itself: who answers and for whom, with which model, and how long questions are kept."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from assistant.city import Contact
from assistant.models import load_catalog

if TYPE_CHECKING:
    from assistant.conversation import Conversation

PATH = "/api/v1/about"


def build_about(conversation: "Conversation") -> APIRouter:
    """The route `/api/v1/about`, for everybody."""
    router = APIRouter()
    router.add_api_route(PATH, _make_about(conversation), methods=["GET"])
    return router


def _make_about(conversation: "Conversation") -> Callable[[], dict[str, Any]]:
    def about() -> dict[str, Any]:
        """Who answers, that it is a machine, which model, what the city's policy is, and whom to turn to."""
        city, settings = conversation.city, conversation.settings
        model = conversation.health().model
        known = load_catalog().get(model.name)
        return {
            "city": {"id": city.id, "name": dict(city.name)},
            "disclosure": dict(city.policy.disclosure),
            "deployment": settings.deployment,
            "model": {"name": model.name, "origin": model.origin, "licence": known.licence if known else ""},
            "denied_model_origins": list(city.policy.denied_model_origins),
            "retention_days": settings.retention_days,
            "office": _contact(city.policy.office),
            "data_protection": _contact(city.policy.data_protection),
        }

    return about


def _contact(contact: Contact) -> dict[str, Any]:
    return {"name": dict(contact.name), "reach": contact.reach}
