"""Write the questionnaire as an XLSForm for ODK, Kobo and SurveyCTO.

What XLSForm cannot express (measures, roles, missing codes, types of scales) is kept in a column `silu`, which other
programs ignore and `survey.formats.xlsform.read` reads back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from survey.errors import QuestionnaireError
from survey.formats.xlsform.kept import written_cell
from survey.formats.xlsform.logic.expressions import digits
from survey.formats.xlsform.logic.relevant import FormNames, to_relevant
from survey.formats.xlsform.written_names import FormNaming, form_names
from survey.instrument.choices import localised_text
from survey.instrument.conditions.expressions import parse, source
from survey.instrument.question import OTHER, Choice, Question
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire, read_survey
from survey.storage.spreadsheets import open_workbook

SURVEY = ("type", "name", "label", "hint", "required", "relevant", "constraint", "appearance", "silu")
CHOICES = ("list_name", "name", "label", "silu")
SETTINGS = ("form_title", "form_id", "version", "default_language", "silu")
GOVERNING = ("type", "name", "label", "hint", "required", "relevant", "constraint")
"""Columns that stand for properties of the element."""
LISTS = ("choices", "columns", "rateValues")
LONGEST = 32_767
"""Largest number of characters in a cell of Excel."""
SAID = "请注明"
Row = Mapping[str, str]


def write_xlsform(source: Path, path: Path) -> Mapping[str, str]:
    """Write an XLSForm workbook.

    Args:
        source: a questionnaire.json.
        path: the workbook to write.

    Returns:
        Question -> its name in the form, for the questions that pyxform allows only under another name.

    Raises:
        QuestionnaireError: the questionnaire is invalid, or a condition cannot be translated.
    """
    survey = read_survey(source)
    form = Form(survey, parse_questionnaire(survey, str(source)))
    sheets = {
        "survey": (SURVEY, list(form.survey())),
        "choices": (CHOICES, list(form.choices())),
        "settings": (SETTINGS, [form.settings()]),
    }
    if any(len(cell) > LONGEST for _, rows in sheets.values() for row in rows for cell in row.values()):
        raise QuestionnaireError("问卷里有一段文字太长，Excel 的一格放不下", where=str(source), expected="3 万字以内")
    with open_workbook(path) as book:
        for name, (heading, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heading)
            for number, row in enumerate(rows, start=1):
                for column, title in enumerate(heading):
                    sheet.write_string(number, column, row.get(title, ""))
    return form.renamed


def plain(text: str) -> str:
    """Return a wording without the start of a reference, which pyxform would look up."""
    return text.replace("${", "$ {").strip()


class Form:
    """Writer of the rows of one questionnaire."""

    def __init__(self, survey: Mapping[str, Any], questionnaire: Questionnaire) -> None:
        """Give every row its name."""
        self._json, self._asked = survey, questionnaire
        self._naming = FormNaming()
        self._names: FormNames = form_names(questionnaire, self._naming)

    @property
    def renamed(self) -> Mapping[str, str]:
        """Names of questions in the form, where they are neither their own nor those of their source."""
        pairs = ((question, self._names.field(question.name)) for question in self._asked.questions)
        return {asked.name: name for asked, name in pairs if name not in (asked.name, asked.source_name)}

    def survey(self) -> Iterator[Row]:
        """Yield the survey sheet: a group per page and panel, and a group of rows per matrix."""
        yield from ({"type": kind, "name": kind} for kind in ("start", "end"))
        for number, page in enumerate(self._json["pages"]):
            yield from self._group(page, f"page{number + 1}")

    def _group(self, group: Mapping[str, Any], fallback: str) -> Iterator[Row]:
        name = self._naming.give(str(group.get("name") or fallback), fallback)
        label, hint = (plain(localised_text(group.get(key))) for key in ("title", "description"))
        row = {"type": "begin_group", "name": name, "label": label, "hint": hint, "relevant": self._condition(group)}
        yield _with_kept(row, {key: value for key, value in group.items() if key != "elements"})
        for element in group["elements"]:
            if element["type"] == "panel":
                yield from self._group(element, "panel")
            elif element["type"] == "html":
                yield self._note(element)
            else:
                yield from self._question(element, self._asked.question(element["name"]))
        yield {"type": "end_group"}

    def _condition(self, element: Mapping[str, Any]) -> str:
        text = element.get("visibleIf")
        return to_relevant(text, self._asked, self._names) if text else ""

    def _note(self, element: Mapping[str, Any]) -> Row:
        name = self._naming.give(str(element.get("name") or "note"), "note")
        label = plain(re.sub(r"<[^>]*>", "", localised_text(element.get("html")))) or "说明"
        return _with_kept({"type": "note", "name": name, "label": label, "relevant": self._condition(element)}, element)

    def _question(self, element: Mapping[str, Any], question: Question) -> Iterator[Row]:
        name = self._names.field(question.name)
        kept = {key: [] if key in LISTS else value for key, value in element.items()}
        row = {
            "name": name,
            "label": plain(question.title) or question.name,
            "hint": plain(localised_text(element.get("description"))),
            "relevant": self._relevant(element, question),
        }
        required = "yes" if question.required else ""
        if question.type.grid:
            yield _with_kept({"type": "begin_group", "appearance": "table-list", **row}, {**kept, "rows": []})
            yield from self._matrix_rows(element, question, required)
            yield {"type": "end_group"}
            return
        kind = f"{question.type.xlsform} {question.name}" if question.type.listed else question.type.xlsform
        yield _with_kept(
            {"type": kind, "required": required, "constraint": _constraint(element, question), **row}, kept
        )
        if question.other:
            asked = f"selected(${{{name}}}, '{self._names.choice(question.name, OTHER)}')"
            label = plain(localised_text(element.get("otherPlaceholder"))) or SAID
            words = {"type": "text", "name": self._names.field(f"{question.name}-Comment"), "label": label}
            yield {**words, "relevant": asked, "silu": written_cell(None, {})}

    def _matrix_rows(self, element: Mapping[str, Any], question: Question, required: str) -> Iterator[Row]:
        for row, raw in zip(question.rows, element["rows"], strict=True):
            yield _with_kept(
                {
                    "type": f"{question.type.xlsform} {question.name}",
                    "name": self._names.field(f"{question.name}.{row.name}"),
                    "label": plain(row.label) or row.name,
                    "required": required,
                },
                raw,
            )

    def _relevant(self, element: Mapping[str, Any], question: Question) -> str:
        """Return the condition of the question itself, combined with that of no earlier end of the interview."""
        parts = [self._condition(element)] if element.get("visibleIf") else []
        for ending in self._asked.endings:
            names = {one.name for one in self._asked.questions if one.page < question.page}
            if {source(name) for name in parse(ending).names} <= names:
                parts.append(f"not({to_relevant(ending, self._asked, self._names)})")
        return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)

    def choices(self) -> Iterator[Row]:
        """Yield the choices sheet: a list per question."""
        for element in _questions(self._json["pages"]):
            question = self._asked.question(element["name"])
            raw: list[Any] = next((element[key] for key in LISTS if key in element), [])
            for choice, value in zip(question.choices, [*raw, *[None] * len(question.choices)], strict=False):
                yield self._choice(question, choice, value)

    def _choice(self, question: Question, choice: Choice, raw: Any) -> Row:
        name = self._names.choice(question.name, choice.code)
        cells = {"name": name, "label": plain(choice.label) or name}
        return {"list_name": question.name, **cells, "silu": "" if raw is None else written_cell(raw, cells)}

    def settings(self) -> Row:
        """Return the row of the settings sheet."""
        cells = {
            "form_title": plain(self._asked.title),
            "form_id": self._asked.id,
            "version": plain(self._asked.version),
        }
        kept = {key: value for key, value in self._json.items() if key != "pages"}
        return {**cells, "default_language": "zh", "silu": written_cell(kept, cells)}


def _with_kept(row: Row, value: Any) -> Row:
    return {**row, "silu": written_cell(value, {column: row[column] for column in GOVERNING if row.get(column)})}


def _questions(groups: Any) -> Iterator[Mapping[str, Any]]:
    for group in groups:
        for element in group["elements"]:
            if element["type"] == "panel":
                yield from _questions([element])
            elif element["type"] != "html":
                yield element


def _constraint(element: Mapping[str, Any], question: Question) -> str:
    parts = []
    if question.type.numeric:
        parts += [f". >= {digits(question.minimum)}"] if question.minimum is not None else []
        parts += [f". <= {digits(question.maximum)}"] if question.maximum is not None else []
    elif question.type.several and not question.type.ordered and element.get("maxSelectedChoices"):
        parts.append(f"count-selected(.) <= {element['maxSelectedChoices']}")
    elif question.type.open and element.get("maxLength"):
        parts.append(f"string-length(.) <= {element['maxLength']}")
    return " and ".join(parts)
