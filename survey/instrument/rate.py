"""One rate: its numerator and base on stored columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from survey.instrument.question import Choice, Item, Question

Base = Literal["valid", "all"]
Variant = Literal["strict", "loose"]
Terms = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """A numerator and a denominator on stored columns.

    y is 1 if ANY (column, codes) of `terms` holds, 0 otherwise within the base, and missing outside it.

    Attributes:
        name: its column ("A1", "E.E3", "D1"), plus ".loose" or the name of a variant.
        label: label on screen.
        measure: key of `MEASURES`.
        terms: columns, each with the codes in the numerator.
        base: "valid": not NULL, not BLANK, not in `missing`; "all": everyone asked (not NULL), with missing codes and
            BLANK counted as 0.
        missing: don't-know and refused codes of the columns.
        variant: "strict" or "loose" reading of the numerator.
        overall: whether it is the headline of its measure; one per measure.
        indicators: codes in the assessment system.
        unit: responsible unit.
        group: professional group of the topic.
        note: rationale of numerator and base.
    """

    name: str
    label: str
    measure: str
    terms: Terms
    base: Base
    missing: tuple[int, ...] = ()
    variant: Variant = "strict"
    overall: bool = False
    indicators: tuple[str, ...] = ()
    unit: str = ""
    group: str = ""
    note: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The stored columns it uses."""
        return tuple(name for name, _ in self.terms)

    @property
    def owner(self) -> str:
        """The responsible unit, or the professional group where the questionnaire names no unit; "" for neither."""
        return self.unit or self.group


def rates_of(question: Question, raw: Mapping[str, Any]) -> Iterator[Rate]:
    """Yield the rates that an element declares; none for a single option that does not count.

    Args:
        question: the parsed question.
        raw: its JSON element; `measure`, `measurePositive`, `measurePositiveLoose`, `measureBase`,
            `measureOverall`, `measureEach`, `measureNote` and `rates` are read.
    """
    if "measure" not in raw:
        return
    for targets, overall in _targets(question, bool(raw.get("measureEach"))):
        made = (_rate(question, raw, targets, variant, overall=overall) for variant in _variants(raw))
        yield from (rate for rate in made if rate.terms)


def _targets(question: Question, each: bool) -> Iterator[tuple[tuple[Item, ...], bool]]:
    """Yield the groups of columns with one rate each, and whether the rate may be the headline."""
    if question.type.several:
        yield question.items, True
        if each:
            yield from (((item,), False) for item in question.items if not _rules_out(question, item))
    else:
        yield from (((item,), True) for item in question.items)


def _rules_out(question: Question, item: Item) -> bool:
    choice = None if item.option is None else question.choice(item.option)
    return choice is None or choice.exclusive or choice.missing is not None


def _variants(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, Sequence[int], Variant]]:
    """Yield name suffix, label suffix, codes and variant of each reading of the numerator."""
    yield "", "", raw["measurePositive"], "strict"
    if loose := raw.get("measurePositiveLoose"):
        yield ".loose", "（宽口径）", loose, "loose"
    for entry in raw.get("rates", ()):
        yield f".{entry['name']}", f"（{entry['label']}）", entry["positive"], "loose"


def _rate(
    question: Question,
    raw: Mapping[str, Any],
    targets: tuple[Item, ...],
    variant: tuple[str, str, Sequence[int], Variant],
    *,
    overall: bool,
) -> Rate:
    suffix, label, codes, reading = variant
    whole = question.type.several and len(targets) == len(question.items)
    row = next((row for row in question.rows if f"{question.name}.{row.name}" == targets[0].name), None)
    return Rate(
        name=(question.name if whole else targets[0].name) + suffix,
        label=(question.label if whole else targets[0].label) + label,
        measure=raw["measure"],
        terms=_terms(question, targets, tuple(codes)),
        base=raw.get("measureBase", "valid"),
        missing=() if question.type.several else missing_codes(question.choices),
        variant=reading,
        overall=overall and bool(raw.get("measureOverall")) and reading == "strict",
        indicators=row.indicators if row and row.indicators else question.indicators,
        unit=row.unit if row and row.unit else question.unit,
        group=row.group if row and row.group else question.group,
        note=raw.get("measureNote", ""),
    )


def _terms(question: Question, targets: tuple[Item, ...], codes: tuple[int, ...]) -> Terms:
    if question.type.several:
        return tuple((item.name, item.chosen) for item in targets if item.option in codes)
    return tuple((item.name, codes) for item in targets)


def missing_codes(choices: Sequence[Choice]) -> tuple[int, ...]:
    """Return the codes of the choices that are not substantive answers."""
    return tuple(choice.code for choice in choices if choice.missing)
