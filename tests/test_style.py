"""The project's habits that no linter knows."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from assistant.settings import PROJECT_ROOT

LIBRARY = sorted((PROJECT_ROOT / "assistant").rglob("*.py"))
TESTS = sorted((PROJECT_ROOT / "tests").rglob("test_*.py"))
ROOMS = sorted(path.parent for path in LIBRARY if path.name == "__init__.py" and path.parent.name != "assistant")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
ENVIRONMENT = {"os.environ", "os.getenv", "os.environb"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT_ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, Function):
            yield node


def code_lines(path: Path, function: Function) -> int:
    """Lines of a function that hold code: no docstring, comment or empty line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = function.body[0]
    docstring: set[int] = set()
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        docstring = set(range(first.lineno, (first.end_lineno or 0) + 1))
    numbers = set(range(function.lineno, (function.end_lineno or 0) + 1)) - docstring
    return sum(bool(text) and not text.startswith("#") for text in (lines[n - 1].strip() for n in numbers))


def broad_handlers(path: Path) -> Iterator[ast.ExceptHandler]:
    """Handlers of every exception."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"} for kind in kinds):
                yield node


def environment_uses(path: Path) -> Iterator[ast.AST]:
    """Uses of the process environment, but for assignments to it."""
    assigned = {
        id(target.value)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Subscript)
    }
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and id(node) not in assigned and ast.unparse(node) in ENVIRONMENT:
            yield node


each_file = pytest.mark.parametrize("path", LIBRARY, ids=name_of)


@each_file
def test_a_module_says_in_one_sentence_what_it_is(path: Path) -> None:
    """The docstring of a module is one sentence on one line."""
    docstring = ast.get_docstring(tree_of(path)) or ""
    assert re.fullmatch(r"[^\n]+\.", docstring)
    assert not re.search(r"[a-z]\. [A-Z]", docstring)


@each_file
def test_files_and_functions_stay_short(path: Path) -> None:
    """A file that is longer has two subjects, and so has a function."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    sizes = {function.name: code_lines(path, function) for function in functions(path)}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}


@each_file
def test_a_broad_except_stands_at_the_edge_or_says_why(path: Path) -> None:
    """Faults pass through the rooms; only the edge catches all of them, and says so."""
    lines = path.read_text(encoding="utf-8").splitlines()
    silent = [handler.lineno for handler in broad_handlers(path) if "#" not in lines[handler.lineno - 1]]
    assert silent == []


@each_file
def test_the_environment_is_read_by_the_settings_alone(path: Path) -> None:
    """Everything else is told what to do by its arguments."""
    allowed = {"assistant/settings.py", "assistant/quiet.py"}
    assert [node.lineno for node in environment_uses(path) if name_of(path) not in allowed] == []


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_every_test_states_its_promise_in_a_sentence(path: Path) -> None:
    """A test without a docstring says what it does, not why that matters."""
    tests = [function for function in functions(path) if function.name.startswith("test_")]
    assert [test.name for test in tests if not re.search(r"[.?!]\Z", ast.get_docstring(test) or "")] == []


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_no_test_sleeps(path: Path) -> None:
    """A test waits for an event, never for a time."""
    sleeps = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    assert [node.lineno for node in sleeps if ast.unparse(node.func) in {"time.sleep", "sleep"}] == []


@pytest.mark.parametrize("room", ROOMS, ids=name_of)
def test_the_architecture_page_names_every_room(room: Path) -> None:
    """A room's line on the page is the sentence that its package begins with."""
    page = (PROJECT_ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    sentence = ast.get_docstring(tree_of(room / "__init__.py")) or ""
    assert f"| `{room.name}/` | {sentence} |" in page


@pytest.mark.parametrize("path", [path for path in LIBRARY if path.parent.name == "assistant"], ids=name_of)
def test_the_architecture_page_names_every_spine_file(path: Path) -> None:
    """A spine file's line on the page is the sentence that it begins with."""
    if path.name in {"__init__.py", "__main__.py"}:
        return
    page = (PROJECT_ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert f"| `{path.name}` | {ast.get_docstring(tree_of(path))} |" in page


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("try:\n    x()\nexcept Exception:\n    pass\n", 1),
        ("try:\n    x()\nexcept (ValueError, BaseException):\n    pass\n", 1),
        ("try:\n    x()\nexcept:\n    pass\n", 1),
        ("try:\n    x()\nexcept ValueError:\n    pass\n", 0),
    ],
)
def test_the_check_for_broad_handlers_sees_them(tmp_path: Path, code: str, found: int) -> None:
    """The habit is checked by something that works."""
    (tmp_path / "sample.py").write_text(code)
    assert len(list(broad_handlers(tmp_path / "sample.py"))) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import os\nx = os.environ['A']\n", 1),
        ("import os\nos.getenv('A')\n", 1),
        ("import os\nos.environ['A'] = '1'\n", 0),
    ],
)
def test_the_check_for_the_environment_sees_its_readers(tmp_path: Path, code: str, found: int) -> None:
    """Reading counts, writing for libraries does not."""
    (tmp_path / "sample.py").write_text(code)
    assert len(list(environment_uses(tmp_path / "sample.py"))) == found
