"""Lines of a crosstab: the answers to its questions, nets and means, and the rates that they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reports.crosstab.request import Net, Request
from reports.crosstab.variables import Kind, Option, Variable
from survey.errors import ArgumentError
from survey.instrument.question import BLANK
from survey.instrument.rate import Base, Rate

MOST_VALUES = 400
"""Different values that a number may have."""
LISTED = 20
"""Values of a number up to which each has a line of its own; of more only the mean is shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table.

    Attributes:
        variable: the question.
        label: the answer, the net, or 平均.
        items: names of the items it is made from: one, or those whose codes a mean averages.
        codes: the code of each item of a mean; empty for shares.
        net: whether it is a net.
    """

    variable: Variable
    label: str
    items: tuple[str, ...]
    codes: tuple[int, ...] = ()
    net: bool = False


def lines_of(
    rows: pa.Table | None, variables: Sequence[Variable], request: Request
) -> tuple[tuple[Line, ...], tuple[Rate, ...]]:
    """Return the lines of the table and the rates that they are made from."""
    lines, rates = list[Line](), list[Rate]()
    _check_nets(variables, request)
    for variable in variables:
        answers = variable.options or (() if rows is None else _values(rows, variable))
        missing = tuple(one.code for one in answers if one.missing and variable.kind is Kind.SINGLE)
        shown = [one for one in answers if request.everyone or not one.missing]
        made = [_rate(variable, (one,), missing, request) for one in shown]
        rates += made
        if variable.kind is not Kind.NUMBER or len(made) <= LISTED:
            lines += [Line(variable, one.label, (rate.name,)) for one, rate in zip(shown, made, strict=True)]
        for net in request.nets:
            if net.question in (variable.name, variable.matrix):
                rates.append(_rate(variable, _netted(net, answers), missing, request, net.label))
                lines.append(Line(variable, net.label, (rates[-1].name,), net=True))
        if variable.kind is Kind.NUMBER or (request.means and variable.kind is Kind.SINGLE):
            codes = tuple(one.code for one in shown if not one.missing)
            names = tuple(rate.name for one, rate in zip(shown, made, strict=True) if not one.missing)
            lines.append(Line(variable, "平均", names, codes))
    return tuple(lines), tuple(rates)


def _check_nets(variables: Sequence[Variable], request: Request) -> None:
    """Refuse nets of questions that are no rows of the table, and two of one name on a row."""
    known = {name: None for one in variables for name in (one.name, one.matrix) if name}
    if unknown := [net.question for net in request.nets if net.question not in known]:
        raise ArgumentError("合并项的题目不在这张表里", got="、".join(unknown), expected="、".join(known))
    for one in variables:
        labels = [net.label for net in request.nets if net.question in (one.name, one.matrix)]
        if twice := [label for label in labels if labels.count(label) > 1]:
            raise ArgumentError("两个合并项同名", where=one.name, got=twice[0], cure="给其中一个换个名字")


def _values(rows: pa.Table, variable: Variable) -> tuple[Option, ...]:
    """Return the values of a number in the data as answers."""
    found = sorted(value for value in pc.unique(rows[variable.column]).to_pylist() if value not in (None, BLANK))
    if len(found) > MOST_VALUES:
        raise ArgumentError(
            "这道数值题不同的取值太多", where=variable.name, got=str(len(found)), expected=f"至多 {MOST_VALUES}"
        )
    return tuple(Option(str(value), ((variable.column, (value,)),), value) for value in found)


def _netted(net: Net, answers: Sequence[Option]) -> tuple[Option, ...]:
    known = {one.label: one for one in answers}
    if unknown := [label for label in net.answers if label not in known]:
        raise ArgumentError(
            "合并项里有不认识的答案", where=net.question, got="、".join(unknown), expected="、".join(known)
        )
    return tuple(known[label] for label in net.answers)


def _rate(
    variable: Variable, answers: Sequence[Option], missing: tuple[int, ...], request: Request, label: str = ""
) -> Rate:
    """Return the rate of one answer, or of several counted together."""
    codes: dict[str, tuple[int, ...]] = {}
    for answer in answers:
        for column, chosen in answer.terms:
            codes[column] = (*codes.get(column, ()), *chosen)
    name = f"{variable.name}≡{label}" if label else f"{variable.name}={answers[0].code}"
    base: Base = "all" if request.everyone else "valid"
    return Rate(name, label or answers[0].label, "", tuple(codes.items()), base, () if request.everyone else missing)
