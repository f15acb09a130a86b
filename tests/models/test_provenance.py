"""What the provenance gate promises."""

import pytest

from assistant.errors import ModelRefused
from assistant.models.provenance import check_provenance


@pytest.mark.parametrize(("origin", "denied"), [("CN", ["CN"]), ("cn", ["CN"]), ("CN", ["cn", "RU"]), ("", ["CN"])])
def test_production_refuses_denied_and_unknown_origins(origin: str, denied: list[str]) -> None:
    """Production starts with no model whose origin the policy denies or nobody has stated."""
    with pytest.raises(ModelRefused, match=r"some-model.*polic.*CN.*(Choose|Set)"):
        check_provenance("some-model", origin, "production", denied)


def test_production_accepts_an_allowed_origin() -> None:
    """A model of an allowed origin runs without any notice."""
    provenance = check_provenance("some-model", "TW", "production", ["CN"])
    assert (provenance.origin, provenance.demo_only, provenance.notice) == ("TW", False, "")


@pytest.mark.parametrize("origin", ["CN", ""])
def test_demo_marks_what_production_would_refuse(origin: str) -> None:
    """A demonstration runs such a model, and says why it is only one."""
    provenance = check_provenance("some-model", origin, "demo", ["CN"])
    assert provenance.demo_only
    assert "some-model" in provenance.notice
