"""No page, command or report formats a number into a Chinese sentence outside `reports.sentences`.

A number counts as formatted where an f-string, `str.format` or a concatenation with Chinese words holds a format
specification, a call of a formatter, or a value before a measure word such as 份.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from analysis import numerals

ROOT = Path(__file__).parents[3]
ROOMS = ("views", "commands", "reports", "documents", "accounts")
HAN = re.compile(r"[\u4e00-\u9fff]")
MEASURE = re.compile(r" ?(?:[份条个人项次处名件批号层道轮段行列页天年种对组题区篇期元万倍%]|百分点)")
DATE = re.compile(r"%[YmdHM]")
FORMATTERS = {"len", "sum", "round", "int", "float", "min", "max", "abs"} | {
    name for name, one in vars(numerals).items() if callable(one) and one.__module__ == numerals.__name__
} - {"names", "wrap"}

LABELS: Mapping[str, int] = {
    "reports/fieldwork/integrity.py": 2,
    "reports/rates.py": 1,
    "reports/sentences/notes/days.py": 2,
    "reports/weak_areas.py": 1,
}
"""File -> how many labels of marks, axes, cards, cells and dates it makes: one number of the picture, with its unit."""
OPERATIONS = (
    *("reports/health/", "reports/packages/", "accounts/audit/check.py"),
    *("commands/upkeep/backup.py", "commands/upkeep/restore.py", "commands/upkeep/doctor.py"),
    *(
        "commands/upkeep/verify.py",
        "commands/upkeep/repair.py",
        "commands/upkeep/purge.py",
        "commands/collecting/drain.py",
        "commands/answers/undo.py",
    ),
    *(
        "commands/upkeep/init.py",
        "commands/answers/import_.py",
        "commands/answers/rejects.py",
        "commands/answers/mapping.py",
        "commands/answers/lint.py",
    ),
    *(
        "commands/answers/export.py",
        "commands/collecting/field.py",
        "commands/answers/xlsform.py",
        "commands/upkeep/account.py",
        "accounts/roster.py",
    ),
)
"""Operations on files, stores and servers: they count what they have just done, and state no result of a survey."""
PROGRESS = ("commands/terminal/progress.py", "commands/findings/text.py")
"""The progress of a command, which is overwritten at once."""


def found_in(source: str) -> Iterator[int]:
    """Yield the lines that format a number into Chinese words, errors left out."""
    tree = ast.parse(source)
    raised = {id(part) for one in ast.walk(tree) if isinstance(one, ast.Raise) for part in ast.walk(one)}
    for node in ast.walk(tree):
        free = isinstance(node, ast.expr) and id(node) not in raised
        if free and (_in_f_string(node) or _in_format(node) or _joined(node)):
            yield node.lineno


def _in_f_string(node: ast.AST) -> bool:
    if not isinstance(node, ast.JoinedStr) or not any(_words(part) for part in node.values):
        return False
    after = [*node.values[1:], ast.Constant("")]
    pairs = zip(node.values, after, strict=True)
    return any(_number(part, following) for part, following in pairs if isinstance(part, ast.FormattedValue))


def _number(part: ast.FormattedValue, following: ast.expr) -> bool:
    form = ast.unparse(part.format_spec) if part.format_spec is not None else ""
    behind = following.value if isinstance(following, ast.Constant) else ""
    return bool(form and not DATE.search(form)) or _formats(part.value) or bool(MEASURE.match(str(behind)))


def _in_format(node: ast.AST) -> bool:
    """Whether words with a placeholder before a measure word, or a format specification, are formatted."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"):
        return False
    words = node.func.value
    return _words(words) and any(_formats(one) for one in (*node.args, *(word.value for word in node.keywords)))


def _joined(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    sides = (node.left, node.right)
    return isinstance(node.op, ast.Add) and any(map(_words, sides)) and any(map(_written, sides))


def _words(part: ast.AST) -> bool:
    return isinstance(part, ast.Constant) and isinstance(part.value, str) and bool(HAN.search(part.value))


def _written(part: ast.expr) -> bool:
    """Whether a side of a concatenation is the text of a number."""
    return isinstance(part, ast.Call) and _name(part) in FORMATTERS | {"str"} - {"int", "float", "len", "sum"}


def _formats(value: ast.expr) -> bool:
    return any(isinstance(one, ast.Call) and _name(one) in FORMATTERS for one in ast.walk(value))


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


@pytest.fixture(scope="module")
def hits() -> Mapping[str, list[int]]:
    """Return file -> lines."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    every = {path.relative_to(ROOT).as_posix(): list(found_in(path.read_text(encoding="utf-8"))) for path in paths}
    return {name: lines for name, lines in every.items() if lines}


def test_numbers_reach_chinese_sentences_through_bound_cells_only(hits: Mapping[str, list[int]]) -> None:
    others = {name: lines for name, lines in hits.items() if not name.startswith((*OPERATIONS, *PROGRESS))}
    assert {name: len(lines) for name, lines in others.items()} == LABELS, f"build these with `say`: {others}"


def test_every_exception_is_still_needed(hits: Mapping[str, list[int]]) -> None:
    assert [one for one in (*OPERATIONS, *PROGRESS) if not any(name.startswith(one) for name in hits)] == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('x = f"共 {n} 份"', 1),
        ('x = f"满意率为 {rate:.1%}，较好"', 1),
        ('x = f"满意率为 {percent(rate)}"', 1),
        ('x = f"{len(rows)}，都好"', 1),
        ('x = "满意率为 {}".format(percent(rate))', 1),
        ('x = "满意率为 " + percent(rate)', 1),
        ('x = str(n) + " 份"', 1),
        ('raise StudyError(f"第 {line} 行有误")', 0),
        ('x = f"{at:%Y-%m-%d} 写入"', 0),
        ('x = f"{name}：{text}"', 0),
        ('x = say("共 {n} 份", n=count(rows, "rows"))', 0),
    ],
)
def test_the_check_finds_what_it_should(source: str, lines: int) -> None:
    assert len(list(found_in(source))) == lines
