"""Formulas of a regression, in the notation of R and statsmodels, read by formulaic.

    satisfied ~ age + sex + C(place)        C(...) makes groups of a numeric column
    satisfied ~ age * sex                   main effects and interaction
    satisfied ~ poly(hours, 2) + log(income)

A name with spaces or signs goes between backticks. formulaic evaluates the parts of a formula as Python; therefore
only the functions in `FUNCTIONS` and the names of the data are allowed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from survey.errors import ArgumentError

FUNCTIONS = frozenset(
    [
        *("C", "Treatment", "Sum", "Helmert", "Diff", "Poly", "contr"),
        *("I", "log", "log2", "log10", "exp", "center", "scale", "standardize", "poly", "bs", "cr", "cc"),
    ]
)
NAME = re.compile(r"[\w.]+|`([^`]+)`")
EXAMPLE = "satisfied ~ age + sex + C(place)"


@dataclass(frozen=True, slots=True)
class ModelFormula:
    """A formula, read and checked.

    Attributes:
        response: name of the response, "" where only the right side is given.
        terms: term as written ("age", "C(place)", "age:sex", "1" for the intercept) -> names of the data in it.
        factors: factor of a term ("age", "C(place)") -> names of the data in it.
        parsed: the right side as formulaic's `SimpleFormula`.
    """

    response: str
    terms: Mapping[str, tuple[str, ...]]
    factors: Mapping[str, tuple[str, ...]]
    parsed: Any

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the data on the right side, in order of appearance."""
        return tuple(dict.fromkeys(name for names in self.terms.values() for name in names))


def read_formula(text: str) -> ModelFormula:
    """Read "response ~ predictors".

    Raises:
        ArgumentError: not a formula, a response that is not a single name, a function that is not in `FUNCTIONS`.
    """
    from formulaic import Formula, SimpleFormula
    from formulaic.errors import FormulaicError

    left, sign, right = text.partition("~")
    named = NAME.fullmatch(left.strip())
    if not sign or "~" in right:
        raise _unreadable(text)
    if named is None:
        raise ArgumentError("公式左边应是一个题目或指标的名称", got=text, expected=EXAMPLE)
    try:
        parsed = Formula(right)
    except (FormulaicError, SyntaxError) as error:
        raise _unreadable(text) from error
    if not isinstance(parsed, SimpleFormula):
        raise _unreadable(text)
    return _checked(named[1] or named[0], parsed)


def sum_of(names: Iterable[str]) -> ModelFormula:
    """Return the formula without a response that adds up these columns of the data."""
    from formulaic import SimpleFormula
    from formulaic.parser.types import Factor, Term

    factors = [Factor("1", eval_method="literal"), *(Factor(name, eval_method="lookup") for name in names)]
    return _checked("", SimpleFormula([Term([factor]) for factor in factors]))


def _checked(response: str, right: Any) -> ModelFormula:
    factors = {factor.expr: _names(factor) for term in right for factor in term.factors}
    terms = {
        str(term): tuple(dict.fromkeys(name for factor in term.factors for name in factors[factor.expr]))
        for term in right
    }
    return ModelFormula(response, terms, factors, right)


def _names(factor: Any) -> tuple[str, ...]:
    """Return the names of the data in one factor of a term."""
    if factor.eval_method.value != "python":
        return (factor.expr,) if factor.eval_method.value == "lookup" else ()
    from formulaic.utils.code import sanitize_variable_names

    aliases: dict[str, str] = {}
    try:
        nodes = list(ast.walk(ast.parse(sanitize_variable_names(factor.expr, {}, aliases), mode="eval")))
    except SyntaxError as error:
        raise _unreadable(factor.expr) from error
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    methods = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    wrong = sorted(called - FUNCTIONS) + sorted(name for name in methods if not name.startswith("contr."))
    if wrong:
        raise ArgumentError(
            "公式中不能用这个函数", where=factor.expr, got="、".join(wrong), expected="、".join(sorted(FUNCTIONS))
        )
    found = [node.id for node in nodes if isinstance(node, ast.Name) and node.id not in FUNCTIONS]
    return tuple(dict.fromkeys(aliases.get(name, name) for name in found))


def _unreadable(text: str) -> ArgumentError:
    return ArgumentError("看不懂这个公式", got=text, expected=EXAMPLE, cure="符号用半角；带空格的列名写在反引号 ` 之间")
