"""Imports go one way: notebooks call flysolo, graders call flysolo, and flysolo calls neither."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = sorted((ROOT / "flysolo").rglob("*.py"))
MENTOR_SIDE = sorted((ROOT / "graders").rglob("*.py"))
NOTEBOOKS = sorted(
    path
    for folder in ("curriculum", "exercises")
    for path in (ROOT / folder).rglob("*.ipynb")
    if ".ipynb_checkpoints" not in path.parts
)


def imported(source: str) -> set[str]:
    """Top-level names of everything a piece of Python imports, by any of Python's ways."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." if node.level else (node.module or "").split(".")[0])
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                found.add(node.args[0].value.split(".")[0])
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_of(notebook: Path) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def test_every_way_to_import_is_seen():
    source = 'import a.b\nfrom c.d import e\nimport_module("f.g")\n__import__("h")\ndef x():\n    import i'
    assert imported(source) == {"a", "c", "f", "h", "i"}


@pytest.mark.parametrize("path", LIBRARY, ids=name_of)
def test_the_library_never_imports_the_mentors_side(path):
    assert not imported(path.read_text(encoding="utf-8")) & {"graders", "tests"}


@pytest.mark.parametrize("path", MENTOR_SIDE, ids=name_of)
def test_the_mentors_side_never_imports_tests(path):
    assert "tests" not in imported(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
def test_notebooks_import_the_library_alone(path):
    assert imported(code_of(path)) <= {"flysolo"}


def test_there_is_something_to_look_at():
    assert LIBRARY and MENTOR_SIDE and NOTEBOOKS
