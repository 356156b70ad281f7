"""The table of the 20 controls in docs/security.md: each names tests that exist, or says why there is none."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"\| (\d+) \| ([^|]+) \| ([●○–]) \| (.+) \|")
TEST = re.compile(r"`(tests/[\w/.]+)(?:::(\w+))?`")
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
NUMBERS += ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty")


def rows() -> list[tuple[int, str, str, str]]:
    """Return number, control, mark and words of each row."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    _, _, table = text.partition("## GB/T 22239-2019 level 2: the 20 controls")
    return [(int(one[1]), one[2], one[3], one[4]) for one in ROW.finditer(table)]


@cache
def names_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_there_are_twenty_controls_in_order() -> None:
    assert [number for number, *_ in rows()] == list(range(1, 21))


def test_every_control_names_tests_that_exist_or_a_reason() -> None:
    for number, _, mark, words in rows():
        named = TEST.findall(words)
        assert named or mark == "–", f"control {number} names no test"
        assert mark == "●" or "Missing: " in words, f"control {number} does not say what is missing"
        for path, name in named:
            assert (ROOT / path).exists(), f"control {number}: {path}"
            assert not name or name in names_of(ROOT / path), f"control {number}: {path}::{name}"


def test_the_sum_below_the_table_is_its_own() -> None:
    marks = [mark for _, _, mark, _ in rows()]
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    met, part, none = (NUMBERS[marks.count(mark)] for mark in "●○–")
    assert f"{met.capitalize()} of 20 are met, {part} in part, {none} missing." in text
