"""Write the questionnaire as an XLSForm for ODK, Kobo and SurveyCTO.

What XLSForm cannot express (measures, roles, missing codes) is kept as JSON in a column `silu`, which other programs
ignore and `survey.formats.xlsform_import` reads back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from survey.formats.xpath import choice_name, field_name, to_relevant
from survey.instrument.conditions.expressions import parse, source
from survey.instrument.element import walk
from survey.instrument.question import OTHER, Question
from survey.instrument.questionnaire import Questionnaire, load_json, parse_questionnaire
from survey.storage.spreadsheets import open_workbook

SURVEY = ("type", "name", "label", "hint", "required", "relevant", "constraint", "appearance", "silu")
CHOICES = ("list_name", "name", "label", "silu")
SETTINGS = ("form_title", "form_id", "version", "default_language", "silu")
TRANSLATED = frozenset({"name", "title", "description", "choices", "columns", "rows", "isRequired", "min", "max"})
Row = Mapping[str, str]


def write_xlsform(source: Path, path: Path) -> None:
    """Write an XLSForm workbook.

    Args:
        source: a questionnaire.json.
        path: the workbook to write.

    Raises:
        QuestionnaireError: the questionnaire is invalid, or a condition cannot be translated.
    """
    survey = load_json(source)
    questionnaire = parse_questionnaire(survey, str(source))
    sheets = {
        "survey": (SURVEY, list(_survey(survey, questionnaire))),
        "choices": (CHOICES, list(_choices(survey, questionnaire))),
        "settings": (SETTINGS, [_settings(survey, questionnaire)]),
    }
    with open_workbook(path) as book:
        for name, (heading, rows) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heading)
            for number, row in enumerate(rows, start=1):
                for column, title in enumerate(heading):
                    sheet.write_string(number, column, row.get(title, ""))


def _survey(survey: Mapping[str, Any], questionnaire: Questionnaire) -> Iterator[Row]:
    """Yield the survey sheet: a group per page, and a group of rows per matrix."""
    yield from ({"type": kind, "name": kind} for kind in ("start", "end"))
    page = -1
    for number, element, _, _ in walk(survey):
        if number != page:
            yield from ({"type": "end_group"},) if page >= 0 else ()
            yield _page(survey["pages"][number], number)
            page = number
        question = questionnaire.question(element["name"])
        yield from _rows_of(element, question, _relevant(question, questionnaire))
    yield {"type": "end_group"}


def _page(page: Mapping[str, Any], number: int) -> Row:
    return {"type": "begin_group", "name": page.get("name", f"page{number + 1}"), "label": str(page.get("title", "　"))}


def _relevant(question: Question, questionnaire: Questionnaire) -> str:
    """Return the condition of the question, combined with that of no earlier end of the interview."""
    parts = [to_relevant(question.visible_if, questionnaire)] if question.visible_if else []
    for ending in questionnaire.endings:
        names = {one.name for one in questionnaire.questions if one.page < question.page}
        if _looks_at(ending) <= names:
            parts.append(f"not({to_relevant(ending, questionnaire)})")
    return parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)


def _looks_at(condition: str) -> set[str]:
    return {source(name) for name in parse(condition).names}


def _rows_of(element: Mapping[str, Any], question: Question, relevant: str) -> Iterator[Row]:
    props: dict[str, Any] = {key: value for key, value in element.items() if key not in TRANSLATED}
    kept = json.dumps({"props": props, "relevant": relevant}, ensure_ascii=False)
    common = {"hint": str(element.get("description", "")), "relevant": relevant, "silu": kept}
    required = "yes" if question.required else ""
    if question.type.grid:
        yield {
            "type": "begin_group",
            "name": question.name,
            "label": question.title,
            "appearance": "table-list",
            **common,
        }
        for row in question.rows:
            extra = next(
                (one for one in element["rows"] if isinstance(one, dict) and str(one["value"]) == row.name), {}
            )
            yield {
                "type": f"{question.type.xlsform} {question.name}",
                "name": field_name(f"{question.name}.{row.name}"),
                "label": row.label,
                "required": required,
                "silu": json.dumps({"value": row.name, **extra}, ensure_ascii=False),
            }
        yield {"type": "end_group"}
        return
    kind = f"{question.type.xlsform} {question.name}" if question.type.listed else question.type.xlsform
    limits = dict(_limits(question))
    yield {"type": kind, "name": question.name, "label": question.title, "required": required, **common, **limits}
    if question.other:
        asked = f"selected(${{{question.name}}}, '{choice_name(OTHER)}')"
        yield {"type": "text", "name": f"{question.name}_other", "label": "请注明", "relevant": asked}


def _limits(question: Question) -> Iterator[tuple[str, str]]:
    parts = [f". >= {question.minimum:g}"] if question.minimum is not None else []
    parts += [f". <= {question.maximum:g}"] if question.maximum is not None else []
    if parts and question.type.numeric:
        yield "constraint", " and ".join(parts)


def _choices(survey: Mapping[str, Any], questionnaire: Questionnaire) -> Iterator[Row]:
    for _, element, _, _ in walk(survey):
        question = questionnaire.question(element["name"])
        listed = element.get("choices") or element.get("columns") or element.get("rateValues") or ()
        by_code = {one["value"]: one for one in listed if isinstance(one, dict)}
        for choice in question.choices:
            extra = {key: value for key, value in by_code.get(choice.code, {}).items() if key not in ("value", "text")}
            yield {
                "list_name": question.name,
                "name": choice_name(choice.code),
                "label": choice.label,
                "silu": json.dumps(extra, ensure_ascii=False) if extra else "",
            }


def _settings(survey: Mapping[str, Any], questionnaire: Questionnaire) -> Row:
    kept = {
        key: value
        for key, value in survey.items()
        if key not in ("pages", "title", "instrumentId", "instrumentVersion")
    }
    return {
        "form_title": questionnaire.title,
        "form_id": questionnaire.id,
        "version": questionnaire.version,
        "default_language": "zh",
        "silu": json.dumps(kept, ensure_ascii=False),
    }
