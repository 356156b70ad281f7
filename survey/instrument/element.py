"""Read a SurveyJS element into a Question. The lint must have accepted the shape of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from survey.instrument.choices import localised_text
from survey.instrument.question import OTHER, Band, Element, Question, QuestionType, Row
from survey.instrument.question_types import type_of


def walk(survey: Element) -> Iterator[tuple[int, Element, tuple[str, ...], str]]:
    """Yield every question in order of asking.

    Yields:
        Page number, element, the visibleIf of the enclosing page and panels, and the JSON path.
    """
    for number, page in enumerate(survey.get("pages", ())):
        around = _condition(page)
        for element, conditions, path in _descend(page.get("elements", ()), around, f"pages[{number}]"):
            yield number, element, conditions, path


def _descend(
    elements: Sequence[Element], around: tuple[str, ...], path: str
) -> Iterator[tuple[Element, tuple[str, ...], str]]:
    for index, element in enumerate(elements):
        here = f"{path}.elements[{index}]"
        if element.get("type") == "panel":
            yield from _descend(element.get("elements", ()), around + _condition(element), here)
        elif element.get("type") != "html":
            yield element, around, here


def _condition(element: Element) -> tuple[str, ...]:
    return (element["visibleIf"],) if element.get("visibleIf") else ()


def read_question(element: Element, *, page: int, around: Sequence[str] = ()) -> Question:
    """Read one element.

    Args:
        element: the JSON element.
        page: number of its page, from 0.
        around: conditions of the enclosing page and panels.
    """
    made, name = type_of(element), element["name"]
    title = localised_text(element.get("title"), name)
    choices = made.choices(element)
    other = bool(element.get("showOtherItem")) and any(choice.code == OTHER for choice in choices)
    question = Question(
        name=name,
        type=made,
        title=title,
        choices=choices,
        rows=tuple(_row(row, element) for row in element.get("rows", ())) if made.grid else (),
        other=other,
        required=bool(element.get("isRequired") or element.get("isAllRowRequired")),
        visible_if=_joined((*around, *_condition(element))),
        role=element.get("role"),
        page=page,
        minimum=_bound(element.get("min")),
        maximum=_bound(element.get("max")),
        indicators=tuple(element.get("indicators", ())),
        unit=element.get("unit", ""),
        text_items=_text_items(name, made, other),
        group=element.get("group", ""),
        bands=tuple(_band(band) for band in element.get("bands", ())),
        knowledge=bool(element.get("knowledge")),
        interviewer=bool(element.get("interviewer")),
        label=localised_text(element.get("shortTitle"), title),
        source_name=element.get("sourceName", ""),
    )
    return replace(question, items=made.items(question, element))


def _text_items(name: str, made: QuestionType, other: bool) -> tuple[str, ...]:
    if made.written:
        return (name,)
    return (f"{name}.other",) if other else ()


def _bound(value: object) -> float | None:
    """Return a numeric bound; None for any other, such as the bound of a date."""
    return value if isinstance(value, int | float) else None


def _joined(conditions: Sequence[str]) -> str | None:
    if len(conditions) <= 1:
        return conditions[0] if conditions else None
    return " and ".join(f"({condition})" for condition in conditions)


def _row(value: object, element: Element) -> Row:
    if not isinstance(value, Mapping):
        return Row(name=str(value), label=str(value))
    return Row(
        name=str(value["value"]),
        label=localised_text(value.get("text"), str(value["value"])),
        indicators=tuple(value.get("indicators", ())),
        unit=value.get("unit", element.get("unit", "")),
        group=value.get("group", element.get("group", "")),
        source_name=value.get("sourceName", ""),
    )


def _band(band: Mapping[str, Any]) -> Band:
    return Band(
        code=int(band["value"]), label=localised_text(band["text"]), minimum=band["min"], maximum=band.get("max")
    )
