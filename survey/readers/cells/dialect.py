"""Dialect: how a survey tool writes the cells of its exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Values(StrEnum):
    """What a cell of a closed question holds."""

    EITHER = "either"  # the label of an option, or else its code
    POSITION = "position"  # the position of the option in the questionnaire, from 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """The conventions of a tool.

    Args:
        skipped: cells that mean the question was not shown.
        blank: cells that mean it was shown and left empty (as does an empty cell).
        separators: what separates the options in one cell.
        brackets: what encloses the respondent's own words after an option; ("", "") for none.
        values: labels and codes, or positions.
        one_two: whether columns of single options hold 1 for ticked and 2 for unticked.
        unticked: cells with all chosen options that mean none was chosen.
        prefix: response id = prefix + submission time + serial number, for tools without ids of their own.
        aliases: question -> key of a label used in this file -> code, in addition to the labels of the questionnaire.
    """

    skipped: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()
    separators: tuple[str, ...] = ("|",)
    brackets: tuple[str, str] = ("", "")
    values: Values = Values.EITHER
    one_two: bool = False
    unticked: frozenset[str] = frozenset()
    prefix: str = ""
    aliases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
