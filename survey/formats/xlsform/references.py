"""Check the references `${name}` in all cells, as pyxform does, and find those in wordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.sheets import FormRow, Workbook
from survey.formats.xlsform.standard import MEDIA, NAME, REFERENCE, REFERENCED

UNCHECKED = frozenset({"type", "name", "trigger"})
IN_CHOICES = frozenset({"label", *MEDIA})
OWN = Counter({"instanceID": 1})
"""Names that every form has."""
BLANK = "……"


def check_references(book: Workbook, names: Counter[str], findings: Findings) -> None:
    """Add an error for every reference that is malformed or whose name is missing or not unique."""
    known = names + OWN
    _check_form_name(book, findings)
    _check_triggers(book, known, findings)
    for row in (*book.settings.rows, *book.survey.rows, *book.choices.rows):
        for (column, _), text in row.raw.items():
            checked = column in IN_CHOICES if row.sheet == "choices" else column not in UNCHECKED
            if checked and "${" in text:
                for problem, got in _problems(text, known):
                    findings.error(row, column, problem, got=got, cure="检查题号和括号")


def _check_form_name(book: Workbook, findings: Findings) -> None:
    for row in book.settings.rows[:1]:
        if row["name"] and not NAME.fullmatch(row["name"]):
            findings.error(row, "name", "name 写法不对", got=row["name"], cure="字母开头，不要空格")


def _check_triggers(book: Workbook, known: Counter[str], findings: Findings) -> None:
    for row in book.survey.rows:
        for part in filter(None, row.code("trigger").split(",")):
            found = REFERENCE.fullmatch(part.strip())
            if not found or not known[str(found["name"])]:
                findings.error(row, "trigger", "trigger 应是题目的引用", got=part, cure="写成 ${题号}，或删去")


def _problems(text: str, known: Counter[str]) -> Iterator[tuple[str, str]]:
    for found in REFERENCE.finditer(text):
        inner = REFERENCED.fullmatch(found["name"] or "")
        if inner is None:
            yield "引用写法不对，应像 ${q1}", found[0]
        elif inner["name"] not in known:
            yield "引用的 name 不存在", found[0]
        elif known[inner["name"]] > 1:
            yield "引用的 name 有好几个，分不清是哪一个", found[0]


def wording(row: FormRow, column: str, findings: Findings) -> str:
    """Return a wording; answers cannot be inserted into it, so a reference is refused or left blank."""
    text = row[column]
    if not REFERENCE.search(text):
        return text
    findings.lost(
        row,
        column,
        "文字里引用了别的题的答案，问卷里不能插入",
        got=text,
        cure="改写成不引用答案的文字",
    )
    return REFERENCE.sub(BLANK, text)
