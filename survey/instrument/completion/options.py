"""Codes for options that were written as texts, and names for rows of a matrix."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from survey.instrument.choices import localised_text
from survey.instrument.question import OTHER

LARGEST = 127
"""Largest code of an option."""
ROW_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
SEPARATOR = "|"
"""Between value and text of an option that is one text."""
LISTED = 12
"""Number of options that a note lists."""


@dataclass(frozen=True, slots=True)
class Coding:
    """The options of a question before and after.

    Attributes:
        entries: the options as they are written now, each with value and text.
        pairs: value as written by the author and value now, of every option.
    """

    entries: tuple[Any, ...]
    pairs: tuple[tuple[Any, Any], ...]

    @property
    def recoded(self) -> bool:
        """Whether a value changed so that a comparison with it would come out otherwise."""
        return any(was != now and str(was) != str(now) for was, now in self.pairs)

    def __str__(self) -> str:
        """Return "1=是、2=否"."""
        texts = [f"{now}={was}" for was, now in self.pairs[:LISTED]]
        return "、".join(texts) + ("……" if len(self.pairs) > LISTED else "")


def coded(options: Any) -> Coding | None:
    """Return the options with a whole number each, or None where all have one or a list cannot be completed.

    A text that is a whole number becomes that number, and any other text the first free number from 1 on.

    Args:
        options: `choices`, `columns` or `rateValues` of a question.
    """
    return _completed(options, _whole, _free_codes)


def named(rows: Any) -> Coding | None:
    """Return the rows of a matrix with a name each ("r1", "r2", ...), or None where nothing is to be completed."""
    return _completed(rows, _row_name, _free_names)


def _completed(
    options: Any, kept: Callable[[Any], Any], free: Callable[[frozenset[Any]], Iterator[Any]]
) -> Coding | None:
    if not isinstance(options, list) or not all(_is_option(entry) for entry in options):
        return None
    values = [_value(entry) for entry in options]
    final = [kept(value) for value in values]
    fresh = free(frozenset(value for value in final if value is not None))
    final = [next(fresh, None) if value is None else value for value in final]
    if None in final or all(map(_is_kept, options, values, final)):
        return None
    entries = tuple(_entry(entry, was, now) for entry, was, now in zip(options, values, final, strict=True))
    return Coding(entries, tuple(zip(values, final, strict=True)))


def _is_kept(entry: Any, was: Any, now: Any) -> bool:
    """Return whether an option remains as it was written."""
    written = entry.get("value") if isinstance(entry, Mapping) else entry
    return bool(written == now) and type(written) is type(now)


def _is_option(entry: Any) -> bool:
    """Return whether an entry is a value, or an object with a value or a text."""
    if isinstance(entry, Mapping):
        entry = _value(entry)
    return isinstance(entry, str | int) and entry != ""


def _value(entry: Any) -> Any:
    """Return the value of an option; "value|text" stands for both."""
    if isinstance(entry, Mapping):
        entry = entry["value"] if "value" in entry else localised_text(entry.get("text"))
    return entry.partition(SEPARATOR)[0] if isinstance(entry, str) else entry


def _whole(value: Any) -> int | None:
    """Return the code that a value is, or None: 3 and "3" are, "03", "是" and true are not."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if value.isascii() and value.isdecimal() and str(int(value)) == value else None


def _row_name(value: Any) -> str | None:
    return value if isinstance(value, str) and ROW_NAME.fullmatch(value) else None


def _free_codes(taken: frozenset[Any]) -> Iterator[int]:
    yield from (code for code in range(1, LARGEST + 1) if code not in taken and code != OTHER)


def _free_names(taken: frozenset[Any]) -> Iterator[str]:
    yield from (name for number in itertools.count(1) if (name := f"r{number}") not in taken)


def _entry(entry: Any, was: Any, now: Any) -> Any:
    """Return an option with its new value; the old one remains as its text or, beside another text, its source name."""
    made = dict(entry) if isinstance(entry, Mapping) else {}
    _, _, text = str(made.get("value", "") if made else entry).partition(SEPARATOR)
    given = made.get("text") or text
    if given and given != was and isinstance(was, str) and was != str(now):
        made.setdefault("sourceName", was)
    return {**made, "value": now, "text": given or _text(was)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
