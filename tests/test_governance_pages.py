"""The pages on security and on the system: what they name is there."""

import re

import pytest

from assistant.settings import PROJECT_ROOT

PAGES = ("security.md", "system-card.md")
RISKS = (
    "Prompt injection",
    "Sensitive information disclosure",
    "Supply chain",
    "Data and model poisoning",
    "Improper output handling",
    "Excessive agency",
    "System prompt leakage",
    "Vector and embedding weaknesses",
    "Misinformation",
    "Unbounded consumption",
)


def read(page: str) -> str:
    return (PROJECT_ROOT / "docs" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_exists(page: str) -> None:
    """A file that was moved leaves no claim behind that nothing holds."""
    named = re.findall(r"`((?:assistant|tests|corpus|eval|docs)/[\w./-]+)`", read(page))
    assert len(named) > 5
    assert [path for path in named if not (PROJECT_ROOT / path).exists()] == []


def test_everything_that_holds_is_attacked_by_a_test() -> None:
    """No row of the page on security leaves its place or its test empty."""
    tables = read("security.md").split("## OWASP LLM Top 10")[1].split("## What an operator must do")[0]
    rows = [line.strip("| ").split(" | ") for line in tables.splitlines() if line.startswith("| ")]
    held = [row for row in rows if row[0] != "what holds"]
    assert len(held) > 30
    assert [row for row in held if len(row) != 3 or not all("`" in cell for cell in row[1:])] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_link_between_pages_leads_somewhere(page: str) -> None:
    """A page and, where a link names one, a heading on it."""
    for target, heading in re.findall(r"\]\(([\w-]+\.md)(?:#([\w-]+))?\)", read(page)):
        headings = {
            re.sub(r"[^\w -]", "", line).strip().lower().replace(" ", "-")
            for line in read(target).splitlines()
            if line.startswith("#")
        }
        assert not heading or heading in headings, (target, heading)


def test_every_risk_of_the_list_is_treated() -> None:
    """All ten of OWASP's list of 2025, in their order."""
    titles = re.findall(r"^### LLM(\d\d) (.+)$", read("security.md"), re.MULTILINE)
    assert titles == [(f"{number:02}", name) for number, name in enumerate(RISKS, start=1)]


def test_figures_have_a_date_and_a_revision() -> None:
    """A figure of the system card can be found again."""
    table = read("system-card.md").split("## Figures")[1].split("## Known failures")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ") and not row.startswith("| what")]
    assert len(rows) > 8
    assert [row for row in rows if not re.search(r"\| 20\d\d-\d\d-\d\d \| [0-9a-f]{7}(, [0-9a-f]{7})* \|$", row)] == []
