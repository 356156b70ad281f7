"""Printed material of a questionnaire: a poster with a QR code for each place, and the paper form."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import urlencode

import segno
import typst

from survey.collect.form.formspec import plain
from survey.collect.form.notice import header, notice
from survey.collect.settings import CollectSettings
from survey.collect.submission.validation import endings
from survey.instrument.conditions import expressions
from survey.instrument.conditions.syntax import (
    Arithmetic,
    Array,
    Call,
    Compare,
    Const,
    Empty,
    Logic,
    Node,
    Not,
    Variable,
)
from survey.instrument.conditions.written import written
from survey.instrument.element import walk
from survey.instrument.question import OTHER, Question
from survey.study.study import Study

WIDE = 11
"""Characters; longer options stand in two columns, shorter ones in three."""
LINES = 3
"""Number of lines for an open answer."""
SENTENCES: Mapping[str, str] = {
    "equal": "{} 选了 {}",
    "notequal": "{} 没有选 {}",
    "anyof": "{} 选了 {} 中的一个",
    "contains": "{} 选了 {}",
    "notcontains": "{} 没有选 {}",
    "allof": "{} 全部选了 {}",
    "noneof": "{} 都没有选 {}",
    "greater": "{} 大于 {}",
    "less": "{} 小于 {}",
    "greaterorequal": "{} 不小于 {}",
    "lessorequal": "{} 不大于 {}",
}
CALCULATED: Mapping[str, str] = {"equal": "等于", "notequal": "不等于"}
"""Comparisons of what is calculated, and not chosen."""


@dataclass(frozen=True, slots=True)
class Poster:
    """One poster.

    Attributes:
        place: name of the place.
        url: content of the QR code.
        token: invitation, "" for an open link.
    """

    place: str
    url: str
    token: str = ""


def link(base: str, *, place: int | None = None, token: str = "", key: str = "") -> str:
    """Return the address of the form for a place, an invitation or an interviewer."""
    parameters = {"p": place, "t": token, "k": key}
    query = urlencode({name: value for name, value in parameters.items() if value})
    return f"{base.rstrip('/')}/" + (f"?{query}" if query else "")


def posters_pdf(study: Study, settings: CollectSettings, posters: Sequence[Poster]) -> bytes:
    """Return posters as PDF, one A4 page each, with the form's rule on minors."""
    pages = [{"place": one.place, "url": one.url, "token": one.token, "qr": _code(one.url)} for one in posters]
    return _compile(
        "poster.typ", {"title": study.title, "header": header(study), "minors": settings.minors, "posters": pages}
    )


def paper_pdf(study: Study, settings: CollectSettings, raw: Mapping[str, Any]) -> bytes:
    """Return the paper questionnaire as PDF.

    Args:
        study: the study.
        settings: for the notice.
        raw: the JSON of the questionnaire, for notes and headings of pages.
    """
    elements = {element["name"]: element for _, element, _, _ in walk(raw)}
    pages: list[dict[str, Any]] = [{"title": plain(page.get("title")), "questions": []} for page in raw["pages"]]
    for number, page in enumerate(pages):
        page["endings"] = _endings(text for text, last in endings(study.questionnaire) if last == number)
    for question in study.questionnaire.questions:
        note = plain(elements[question.name].get("description"))
        pages[question.page]["questions"].append(_question(question, note))
    content = {
        "title": study.title,
        "header": header(study),
        "footer": f"{study.organiser}　{study.questionnaire.id} 第 {study.questionnaire.version} 版",
        "notice": notice(study, settings, paper=True),
        "pages": pages,
    }
    return _compile("paper.typ", content)


def _compile(template: str, content: Mapping[str, Any]) -> bytes:
    source = (resources.files("survey.collect") / "static" / template).read_bytes()
    made = typst.compile(source, format="pdf", sys_inputs={"data": json.dumps(content, ensure_ascii=False)})
    if not isinstance(made, bytes):
        raise TypeError("typst gives one PDF as bytes")
    return made


def _code(url: str) -> str:
    """Return the QR code as SVG; error correction level M tolerates a damaged corner."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=2, scale=4)
    return out.getvalue().decode()


def _question(question: Question, note: str) -> dict[str, Any]:
    labels = [plain(choice.label) for choice in question.choices]
    others = [question.other and choice.code == OTHER for choice in question.choices]
    choices = [[str(one.code), *texts] for one, *texts in zip(question.choices, labels, others, strict=True)]
    longest = max(map(len, labels), default=0)
    if not note and not re.search("多选|最多", question.title):
        note = question.type.hint
    return {
        "name": question.name,
        "lines": LINES if question.type.open else 0,
        "title": plain(question.title),
        "note": note,
        "required": question.required,
        "interviewer": question.interviewer,
        "route": route(question.visible_if),
        "choices": choices,
        "rows": [plain(row.label) for row in question.rows],
        "columns": 2 if longest > WIDE else 3,
    }


def route(visible_if: str | None) -> str:
    """Return who answers a question, in words: "A1 选了 1、2 中的一个 时填写"; "" for everyone."""
    return f"{_words(expressions.parse(visible_if).root)} 时填写" if visible_if else ""


def _endings(conditions: Iterable[str]) -> list[str]:
    """Return when the interview ends, in words, without repeating conditions of other endings."""
    seen: set[tuple[str, str]] = set()
    found = []
    for condition in conditions:
        root = expressions.parse(condition).root
        if not (pairs := set(_pairs(root))) or not pairs <= seen:
            found.append(f"{_words(root)}：不属于本次调查的对象，填到这里为止，谢谢您")
        seen |= pairs
    return found


def _pairs(node: Node) -> Iterator[tuple[str, str]]:
    """Yield question and answer of each comparison."""
    match node:
        case Logic(_, parts):
            for part in parts:
                yield from _pairs(part)
        case Compare(_, left, right):
            for one in right.items if isinstance(right, Array) else (right,):
                yield _operand_text(left), _operand_text(one)


def _words(node: Node) -> str:
    match node:
        case Logic(operator, parts):
            return ("，并且 " if operator == "and" else "，或者 ").join(_words(part) for part in parts)
        case Not(inner):
            return f"不是（{_words(inner)}）"
        case Empty(operand, negated):
            return f"{_operand_text(operand)} {'已填' if negated else '未填'}"
        case Compare("anyof", left, Array((only,))):
            return SENTENCES["equal"].format(_operand_text(left), _operand_text(only))
        case Compare("equal" | "notequal" as operator, Arithmetic() | Call() as left, right):
            return f"{_operand_text(left)} {CALCULATED[operator]} {_operand_text(right)}"
        case Compare(operator, left, right):
            return SENTENCES[operator].format(_operand_text(left), _operand_text(right))
        case _:
            return f"{_operand_text(node)} 为“是”"


def _operand_text(operand: Node) -> str:
    match operand:
        case Const(value):
            return str(value)
        case Variable(name):
            return name
        case Array(items):
            return "、".join(_operand_text(item) for item in items)
        case Arithmetic() | Call():
            return re.sub("[{}]", "", written(operand))
        case _:
            return f"（{_words(operand)}）"
