"""Words of numbers, one test for each kind of fault: formats elsewhere, mixed units, wrong signs, false firsts."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("views", "reports", "documents", "accounts", "commands")
SHARE = re.compile(r"%$|^[+]?,?\.\d+f$|^[+]")
"""Format of a share, of a decimal or of a signed number, as after ":" in an f-string."""
ELSEWHERE = {
    ("commands/upkeep/backup.py", "size"): "megabytes",
    ("commands/upkeep/restore.py", "size"): "megabytes",
    ("commands/upkeep/purge.py", "size"): "bytes",
    ("commands/terminal/progress.py", "share"): "a progress bar",
    ("commands/answers/mapping.py", "likeness"): "likeness of words",
    ("reports/groups.py", "value"): "p-values of a table",
    ("reports/health/machine_health.py", "free"): "gigabytes",
    ("reports/health/machine_health.py", "rate"): "writes a second",
    ("reports/packages/osv_file.py", "size"): "megabytes",
    ("views/blocks/campaign.py", "widest"): "the length of a bar",
    ("views/blocks/axis.py", "at"): "a place on an axis",
    ("views/panels/texts/coding.py", "f1"): "agreement of coders",
    ("views/panels/texts/coding.py", "worst"): "agreement of coders",
}
"""File and name of a value that is no result of a survey -> what it is."""


@cache
def nodes() -> tuple[tuple[str, ast.Constant | ast.FormattedValue], ...]:
    """Return file and node of every constant and formatted value in the modules that show numbers to people."""
    return tuple(
        (str(path.relative_to(ROOT)), node)
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant | ast.FormattedValue)
    )


@cache
def formatted() -> tuple[tuple[str, int, str, str], ...]:
    """Return file, line, names and format of every number that an f-string formats."""
    return tuple(
        (name, node.lineno, ast.unparse(node.value), _spec(node.format_spec))
        for name, node in nodes()
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr)
    )


def _spec(format_spec: ast.JoinedStr) -> str:
    return "".join(str(part.value) for part in format_spec.values if isinstance(part, ast.Constant))


@cache
def texts() -> tuple[tuple[str, int, str], ...]:
    """Return file, line and words of every text but docstrings."""
    return tuple(
        (name, node.lineno, node.value)
        for name, node in nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search("[一-鿿]", node.value)
    )


def test_shares_and_differences_are_formatted_in_one_place() -> None:
    """Percent, percentage points, their signs and their decimals come from `analysis.numerals`."""
    dates = re.compile(r"%[YmdHM]")
    found = [
        (name, line, value)
        for name, line, value, spec in formatted()
        if SHARE.search(spec) and not dates.search(spec)
        if not any(name == file and word in value for file, word in ELSEWHERE)
    ]
    assert not found


def test_every_exception_is_still_needed() -> None:
    used = {
        (file, word) for file, word in ELSEWHERE for name, _, value, _ in formatted() if name == file and word in value
    }
    assert used == set(ELSEWHERE)


@pytest.mark.parametrize("word", ["右图", "左图", "上图", "下图"])
def test_no_text_points_at_a_figure_that_may_stand_elsewhere(word: str) -> None:
    assert not [place for place in texts() if word in place[2]]


def test_a_difference_is_never_said_in_percent() -> None:
    """ "把握再增 20%" is 20 个百分点; so are rises, falls, gaps and margins of shares."""
    wrong = re.compile(r"(再增|增加|提高|上升|下降|相差|多变化|误差约?|±) ?\{?[^，。；、]{0,12}(%|:\.\d%)")
    assert wrong.search("把握再增 20%")
    assert not [place for place in texts() if wrong.search(place[2])]


def test_an_interval_of_differences_is_never_joined_by_a_dash() -> None:
    """A dash between signed numbers reads as a minus sign."""
    from analysis import numerals

    assert numerals.points_interval(-0.157, -0.014) == "−15.7 至 −1.4"
    users = [place for place in texts() if re.search(r"\}—[+−-]?\{", place[2])]
    assert not users


def test_minus_is_the_true_sign_everywhere() -> None:
    from analysis import numerals

    for text in (numerals.signed(-0.031), numerals.change(-0.031), numerals.difference(-0.031, -0.06, -0.001)):
        assert "-" not in text
        assert "−" in text


def test_no_title_calls_a_first_without_a_test() -> None:
    """ "最多的是", "最高的是" and the like stand only where a sentence checks that intervals are apart."""
    checked = {"reports/sentences/voices.py", "reports/sentences/notes/channels.py", "reports/sentences/passing.py"}
    counts = {"reports/sentences/fieldwork.py"}
    word = re.compile(r"(最多|最少|最高|最低|最广|最大)的(是|地方)|(最多|最高)在")
    found = {name for name, _, text in texts() if word.search(text)}
    assert found <= checked | counts
