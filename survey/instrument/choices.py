"""Read the options of a SurveyJS element into choices. The lint must have accepted the shape of the file."""

from __future__ import annotations

from collections.abc import Mapping

from survey.instrument.question import OTHER, Choice, Element

LANGUAGES = ("zh-cn", "zh", "default", "zh-tw")
"""Languages of texts in order of preference; all others follow in the order of the file."""


def localised_text(value: object, fallback: str = "") -> str:
    """Return a SurveyJS text, in Chinese if it is written in several languages, else in the default or first one."""
    if isinstance(value, Mapping):
        value = next(filter(None, (value.get(language) for language in (*LANGUAGES, *value))), None)
    return str(value).strip() if value not in (None, "") else fallback


def choice(value: object) -> Choice:
    """Read one option: an object with `value` and `text`, or a bare code."""
    if not isinstance(value, Mapping):
        return Choice(code=int(str(value)), label=str(value))
    code = int(value["value"])
    return Choice(
        code=code,
        label=localised_text(value.get("text"), str(code)),
        missing=value.get("missing"),
        screen_out=bool(value.get("screenOut")),
        exclusive=bool(value.get("exclusive")),
        bookable=bool(value.get("bookable", True)),
        source_name=value.get("sourceName", ""),
    )


def listed(element: Element) -> tuple[Choice, ...]:
    """Read `choices`, followed by 其他 if the element has `showOtherItem`."""
    found = tuple(choice(value) for value in element.get("choices", ()))
    if element.get("showOtherItem"):
        found += (Choice(code=OTHER, label=localised_text(element.get("otherText"), "其他"), bookable=False),)
    return found


def columns(element: Element) -> tuple[Choice, ...]:
    """Read the columns of a matrix."""
    return tuple(choice(value) for value in element.get("columns", ()))


def steps(element: Element) -> tuple[Choice, ...]:
    """Read the steps of a scale: `rateValues`, or every `rateStep` from `rateMin` to `rateMax`."""
    if element.get("rateValues"):
        return tuple(choice(value) for value in element["rateValues"])
    first, last, step = element.get("rateMin", 1), element.get("rateMax", 5), element.get("rateStep", 1)
    return tuple(Choice(code=code, label=str(code)) for code in range(first, last + 1, step))


def yes_no(element: Element) -> tuple[Choice, ...]:
    """Read the two answers of a yes-or-no question: 1 and 0."""
    return (
        Choice(code=1, label=localised_text(element.get("labelTrue"), "是")),
        Choice(code=0, label=localised_text(element.get("labelFalse"), "否")),
    )


def no_choices(element: Element) -> tuple[Choice, ...]:
    """Return (), for answers that are not chosen from options."""
    return ()
