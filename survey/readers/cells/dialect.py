"""Dialect: how a tool writes its cells, told to whoever decodes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Values(StrEnum):
    """What stands in a cell of a closed question."""

    EITHER = "either"  # the wording of an option, or else its code
    POSITION = "position"  # the place of the option in the questionnaire, from 1


@dataclass(frozen=True, slots=True)
class Dialect:
    """The habits of a tool.

    Args:
        skipped: cells that say the question was not shown.
        blank: cells that say it was shown and left empty (an empty cell says so too).
        separators: what stands between the options of one cell.
        brackets: what encloses the words of a respondent behind an option, ("", "") for none.
        values: wordings and codes, or positions.
        prefix: id of a response = prefix + submission time + serial number, where the tool has no id of its own.
        aliases: question -> key of a wording of this file -> code, beside the wordings of the questionnaire.
    """

    skipped: frozenset[str] = frozenset()
    blank: frozenset[str] = frozenset()
    separators: tuple[str, ...] = ("|",)
    brackets: tuple[str, str] = ("", "")
    values: Values = Values.EITHER
    prefix: str = ""
    aliases: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
