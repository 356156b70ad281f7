"""Texts of the interface stand where a catalogue can find them: in `say(...)` or in constants of a module.

A further language needs every text by name. Files that are listed here have none left inside their functions; a file
that is mended is added, so that it stays so.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "views"
GATHERED = (
    "pages/expert.py",
    "pages/imports.py",
    "pages/live.py",
    "pages/planning.py",
    "pages/quality.py",
    "panels/alarms.py",
    "panels/collecting/starting.py",
    "panels/importing/choice.py",
    "panels/missing.py",
    "panels/picture_mode.py",
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Inline(ast.NodeVisitor):
    """Collects the Chinese texts inside functions, but for docstrings and what `say` takes."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.depth += 1
        for child in node.body[1:] if ast.get_docstring(node) else node.body:
            self.visit(child)
        self.depth -= 1

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Name) and node.func.id == "say"):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if self.depth and isinstance(node.value, str) and CHINESE.search(node.value):
            self.found.append(f"{node.lineno}: {node.value}")


def inline(source: str) -> list[str]:
    visitor = Inline()
    visitor.visit(ast.parse(source))
    return visitor.found


@pytest.mark.parametrize("name", GATHERED)
def test_no_text_stands_inside_a_function(name: str) -> None:
    assert inline((ROOT / name).read_text(encoding="utf-8")) == []


def test_a_text_inside_a_function_is_found() -> None:
    source = 'A = "甲"\ndef f():\n    """乙"""\n    st.button("丙")\n    return say("{n} 丁", n=f"戊{A}")\n'
    assert inline(source) == ["4: 丙"]
