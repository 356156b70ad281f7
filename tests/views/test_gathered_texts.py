"""Texts of the interface stand where a catalogue can find them: in `tr(...)`, `say(...)` or constants of a module.

A further language needs every text by name.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "views"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
MARKS = ("say", "tr")


class Inline(ast.NodeVisitor):
    """Collects the Chinese texts inside functions, but for docstrings and what `say` and `tr` take."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.depth += 1
        for child in node.body[1:] if ast.get_docstring(node) else node.body:
            self.visit(child)
        self.depth -= 1

    def visit_Call(self, node: ast.Call) -> None:
        if not (isinstance(node.func, ast.Name) and node.func.id in MARKS):
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if self.depth and isinstance(node.value, str) and CHINESE.search(node.value):
            self.found.append(f"{node.lineno}: {node.value}")


class Marked(ast.NodeVisitor):
    """Collects what `tr` takes."""

    def __init__(self) -> None:
        self.found: list[ast.expr] = []

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "tr":
            self.found += node.args
        self.generic_visit(node)


FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def inline(source: str) -> list[str]:
    visitor = Inline()
    visitor.visit(ast.parse(source))
    return visitor.found


@pytest.mark.parametrize("name", FILES)
def test_no_text_stands_inside_a_function(name: str) -> None:
    found = inline((ROOT / name).read_text(encoding="utf-8"))
    assert not found


@pytest.mark.parametrize("name", FILES)
def test_a_catalogue_sees_literals_only(name: str) -> None:
    visitor = Marked()
    visitor.visit(ast.parse((ROOT / name).read_text(encoding="utf-8")))
    assert all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in visitor.found)


def test_a_text_inside_a_function_is_found() -> None:
    source = 'A = "甲"\ndef f():\n    """乙"""\n    st.button("丙", tr("己"))\n    return say("{n} 丁", n=f"戊{A}")\n'
    assert inline(source) == ["4: 丙"]
