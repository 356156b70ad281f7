"""Conditions made of clauses in groups, such as (A and B) or not C: as SurveyJS writes them, and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from survey.errors import ArgumentError

IS, IS_NOT, OR = "是", "不是", "或"
BOTH, EITHER, UNMET = "，并且", "，或者", "不符合"


@dataclass(frozen=True, slots=True)
class Clause:
    """An answer is, or is not, one of some values.

    Attributes:
        name: name of the question, role or place.
        label: its name in words.
        values: label -> code or text.
        negated: whether it is none of them; this holds for people who were not asked, too.
    """

    name: str
    label: str
    values: Mapping[str, object]
    negated: bool = False

    @property
    def written(self) -> str:
        """The clause as SurveyJS writes it."""
        any_of = " or ".join(f"{{{self.name}}} = {_literal(value)}" for value in self.values.values())
        return f"!({any_of})" if self.negated else f"({any_of})"

    @property
    def spoken(self) -> str:
        """The clause in words."""
        return f"{self.label}{IS_NOT if self.negated else IS}{OR.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses in one pair of brackets.

    Attributes:
        clauses: at least one.
        either: whether one of them is enough.
        negated: whether those who meet the group are left out.
    """

    clauses: tuple[Clause, ...]
    either: bool = False
    negated: bool = False


def written(groups: Sequence[Group], *, either: bool = False) -> str:
    """Return the condition of groups, of which all must hold, or one if `either`; "" for no group."""
    parts = []
    for group in groups:
        inner = (" or " if group.either else " and ").join(one.written for one in group.clauses)
        bracketed = f"({inner})" if len(groups) > 1 and len(group.clauses) > 1 else inner
        parts.append(f"!({inner})" if group.negated else bracketed)
    return (" or " if either else " and ").join(parts)


def spoken(groups: Sequence[Group], *, either: bool = False) -> str:
    """Return the same condition in words."""
    parts = []
    for group in groups:
        inner = (EITHER if group.either else BOTH).join(one.spoken for one in group.clauses)
        bracketed = f"（{inner}）" if len(groups) > 1 and len(group.clauses) > 1 else inner
        parts.append(f"{UNMET}（{inner}）" if group.negated else bracketed)
    return (EITHER if either else BOTH).join(parts)


def _literal(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if "'" in text and '"' in text:
        raise ArgumentError("取值里不能同时有单引号和双引号", got=text)
    return f'"{text}"' if "'" in text else f"'{text}'"
