"""A JSON element of a SurveyJS page, read into a Question. The file has passed the lint before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from survey.instrument.question import OTHER, Band, Choice, Item, Kind, Question, Row

Element = Mapping[str, Any]

KINDS: Mapping[str, Kind] = {
    "radiogroup": Kind.SINGLE,
    "dropdown": Kind.SINGLE,
    "checkbox": Kind.MULTIPLE,
    "matrix": Kind.MATRIX,
    "rating": Kind.RATING,
    "boolean": Kind.BOOLEAN,
    "comment": Kind.TEXT,
}
"""SurveyJS type -> kind; `text` depends on its inputType, `html` and `panel` ask nothing."""
TEXT_KINDS: Mapping[str, Kind] = {"number": Kind.NUMBER, "range": Kind.NUMBER, "date": Kind.DATE}


def walk(survey: Element) -> Iterator[tuple[int, Element, tuple[str, ...], str]]:
    """Every question in order of asking.

    Yields:
        Page number, element, the visibleIf of page and panels around it, and its JSON path.
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


def wording(value: object, fallback: str = "") -> str:
    """The Chinese wording of a SurveyJS text, which may be one string or one per language."""
    if isinstance(value, Mapping):
        value = value.get("zh-cn", value.get("default"))
    return str(value).strip() if value not in (None, "") else fallback


def kind_of(element: Element) -> Kind:
    """What an answer to the element is."""
    if element["type"] == "text":
        return TEXT_KINDS.get(element.get("inputType", "text"), Kind.TEXT)
    return KINDS[element["type"]]


def read_question(element: Element, *, page: int, around: Sequence[str] = ()) -> Question:
    """Read one element.

    Args:
        element: the JSON element.
        page: number of its page, from 0.
        around: conditions of the page and panels it stands in.
    """
    kind, name = kind_of(element), element["name"]
    title = wording(element.get("title"), name)
    label = wording(element.get("shortTitle"), title)
    choices = CHOICES.get(kind, _no_choices)(element)
    rows = tuple(_row(row, element) for row in element.get("rows", ())) if kind is Kind.MATRIX else ()
    other = bool(element.get("showOtherItem"))
    return Question(
        name=name,
        kind=kind,
        title=title,
        choices=choices,
        rows=rows,
        other=other,
        required=bool(element.get("isRequired") or element.get("isAllRowRequired")),
        visible_if=_joined((*around, *_condition(element))),
        role=element.get("role"),
        page=page,
        minimum=_bound(element.get("min")),
        maximum=_bound(element.get("max")),
        indicators=tuple(element.get("indicators", ())),
        unit=element.get("unit", ""),
        items=_items(name, kind, label=label, choices=choices, rows=rows),
        text_items=_text_items(name, kind, other),
        group=element.get("group", ""),
        bands=tuple(_band(band) for band in element.get("bands", ())),
        knowledge=bool(element.get("knowledge")),
        interviewer=bool(element.get("interviewer")),
        label=label,
    )


def _bound(value: object) -> float | None:
    """A numeric bound; the bounds of a date are its own and not kept."""
    return value if isinstance(value, int | float) else None


def _joined(conditions: Sequence[str]) -> str | None:
    if len(conditions) <= 1:
        return conditions[0] if conditions else None
    return " and ".join(f"({condition})" for condition in conditions)


def _choice(value: object) -> Choice:
    if not isinstance(value, Mapping):
        return Choice(code=_code(value), label=str(value))
    code = _code(value["value"])
    return Choice(
        code=code,
        label=wording(value.get("text"), str(code)),
        missing=value.get("missing"),
        screen_out=bool(value.get("screenOut")),
        exclusive=bool(value.get("exclusive")),
    )


def _code(value: Any) -> int:
    return int(value)


def _listed(element: Element) -> tuple[Choice, ...]:
    listed = tuple(_choice(value) for value in element.get("choices", ()))
    if element.get("showOtherItem"):
        listed += (Choice(code=OTHER, label=wording(element.get("otherText"), "其他")),)
    return listed


def _columns(element: Element) -> tuple[Choice, ...]:
    return tuple(_choice(value) for value in element.get("columns", ()))


def _steps(element: Element) -> tuple[Choice, ...]:
    if element.get("rateValues"):
        return tuple(_choice(value) for value in element["rateValues"])
    first, last, step = element.get("rateMin", 1), element.get("rateMax", 5), element.get("rateStep", 1)
    return tuple(Choice(code=code, label=str(code)) for code in range(first, last + 1, step))


def _yes_no(element: Element) -> tuple[Choice, ...]:
    return (
        Choice(code=1, label=wording(element.get("labelTrue"), "是")),
        Choice(code=0, label=wording(element.get("labelFalse"), "否")),
    )


def _no_choices(element: Element) -> tuple[Choice, ...]:
    return ()


CHOICES: Mapping[Kind, Callable[[Element], tuple[Choice, ...]]] = {
    Kind.SINGLE: _listed,
    Kind.MULTIPLE: _listed,
    Kind.MATRIX: _columns,
    Kind.RATING: _steps,
    Kind.BOOLEAN: _yes_no,
}


def _row(value: object, element: Element) -> Row:
    if not isinstance(value, Mapping):
        return Row(name=str(value), label=str(value))
    return Row(
        name=str(value["value"]),
        label=wording(value.get("text"), str(value["value"])),
        indicators=tuple(value.get("indicators", ())),
        unit=value.get("unit", element.get("unit", "")),
        group=value.get("group", element.get("group", "")),
    )


def _band(band: Mapping[str, Any]) -> Band:
    return Band(code=_code(band["value"]), label=wording(band["text"]), minimum=band["min"], maximum=band.get("max"))


def _items(
    name: str, kind: Kind, *, label: str, choices: tuple[Choice, ...], rows: tuple[Row, ...]
) -> tuple[Item, ...]:
    if kind is Kind.MATRIX:
        return tuple(Item(f"{name}.{row.name}", name, row.label, "code", choices) for row in rows)
    if kind is Kind.MULTIPLE:
        return tuple(Item(f"{name}.{choice.code}", name, choice.label, "flag") for choice in choices)
    if kind is Kind.NUMBER:
        return (Item(name, name, label, "number"),)
    if kind in CHOICES:
        return (Item(name, name, label, "code", choices),)
    return ()


def _text_items(name: str, kind: Kind, other: bool) -> tuple[str, ...]:
    if kind in (Kind.TEXT, Kind.DATE):
        return (name,)
    return (f"{name}.other",) if other else ()
