"""A crosstab: shares and means of questions in groups, with intervals, marks and tests of the design.

    table = crosstab(study, selection, Request(rows=("A1", "E"), heads=(("district",), ("age", "sex"))))

Every number is an estimate of a domain of the whole sample, weighted to the margins of the study; small groups are
suppressed like everywhere (rule R-04).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.domains import make_domains
from analysis.design.overlapping import AnyDomains
from analysis.estimation.contrasts import sum_of_items
from analysis.estimation.estimates import Estimates
from analysis.estimation.intervals import t_limits
from analysis.estimation.linear import Linear
from analysis.estimation.units.option_means import means_of
from analysis.inference.crossed import associate_items
from reports.crosstab.answers import Answers, gather_answers
from reports.crosstab.lines import Line
from reports.crosstab.marks import Means, differences_marked, letter
from reports.crosstab.request import Marks, Request
from reports.crosstab.slices import Slice, slices
from reports.crosstab.variables import Kind
from reports.disclosure import refusal, shown
from reports.provenance import Provenance, Wording, provenance, worded
from reports.selection import Selection
from survey.errors import ArgumentError, DesignError
from survey.study.study import Study

NUMBERS = ("n", "estimate", "std_error", "df", "conf_low", "conf_high", "error_sample")
MOST_GROUPS, MOST_LETTERS = 800, 60
"""Groups of a head that a table holds, and that letters can compare."""
Cells = Mapping[tuple[int, int], Mapping[str, Any]]
"""Line and column -> the numbers of a cell."""
KEPT = ("line", "group", *NUMBERS, "flag", "p_value", "mark")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: its head (-1: the whole sample), the labels of its group, and its letter.

    Options of a multiple choice are compared with those who did not choose them and have no letter.
    """

    head: int
    labels: tuple[str, ...]
    letter: str


@dataclass(frozen=True, slots=True)
class Test:
    """Whether the answers to a question are independent of a head (Rao-Scott, second order).

    Attributes:
        question: name of the question.
        head: number of the head.
        statistic: F.
        df: its degrees of freedom.
        p_value: None where the test is undefined; `note` gives the reason.
        note: Chinese remark, "" for none.
    """

    question: str
    head: int
    statistic: float
    df: tuple[float, ...]
    p_value: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Crosstab:
    """The answer to a request.

    Attributes:
        request: what was asked for.
        lines: its lines, in order.
        columns: its columns; the first is the whole sample.
        table: one row per line and column, as positions in `lines` and `columns`: `n`, `estimate` (a share in [0, 1],
            or a mean code), `std_error`, `df`, `conf_low`, `conf_high`, `error_sample` (of the sample alone, as in R),
            `flag`, `p_value` (adjusted; the comparison
            with the rest), `mark` ("high", "low" or the letters of the columns that the estimate exceeds, with spaces).
        tests: a test per question of single choice and head without multiple choices.
        provenance: of the table.
        heads: title of each head, such as "年龄 × 性别".
    """

    request: Request
    lines: tuple[Line, ...]
    columns: tuple[Column, ...]
    table: pd.DataFrame
    tests: tuple[Test, ...]
    provenance: Provenance
    heads: tuple[str, ...]

    @property
    def cells(self) -> Cells:
        """Return (line, column) -> the row of the table as a mapping; made anew, so ask once."""
        names = [str(name) for name in self.table.columns]
        rows = zip(*(self.table[name].tolist() for name in names), strict=True)
        places = zip(self.table["line"].tolist(), self.table["column"].tolist(), strict=True)
        return {place: dict(zip(names, row, strict=True)) for place, row in zip(places, rows, strict=True)}

    def by_itself(self, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Return which rows are answers to a question in groups of its own answers, which are no finding."""
        asked, heads = [line.variable.name for line in self.lines], (*self.request.heads, ())
        same = np.array([[any(_is_same(name, one) for one in head) for head in heads] for name in asked], dtype=bool)
        head = np.array([column.head for column in self.columns], dtype=np.int64)  # -1, the whole sample, is the last
        line, place = (rows[name].to_numpy(np.int64) for name in ("line", "column"))
        return np.asarray(same[line, head[place]], dtype=np.bool_)


def _is_same(one: str, two: str) -> bool:
    """Return whether two names are a question, or it and one of its options."""
    return one == two or one.startswith(f"{two}.") or two.startswith(f"{one}.")


def crosstab(study: Study, selection: Selection, request: Request) -> Crosstab:
    """Tabulate questions by groups.

    Args:
        study: the study.
        selection: waves, mode and people; its items and groups do not apply.
        request: rows, heads, condition, nets, marks.

    Raises:
        ArgumentError: an unknown name, nobody in the domain, or a reader who is not an analyst.
        DesignError: no responses of this mode.
    """
    if selection.reserved:
        raise refusal("交叉分析", "交叉分析", "在“总览”和“薄弱区域”看已公布的分组")
    answers = gather_answers(study, selection, request)
    if not any("wave" in (one.name for one in head) for head in answers.heads):
        selection = answers.gathered.newest(selection)
    parts, tests = list[pd.DataFrame](), list[Test]()
    columns, whole = list[Column](), _whole(answers, selection, request)
    for one in slices(answers, selection, everywhere=not request.where):
        found, labels, means = _estimated(answers, selection, request, one, whole)
        parts.append(found.assign(column=found["group"] + len(columns)).drop(columns="group"))
        first = sum(column.head == one.head for column in columns)
        columns += [Column(one.head, name, "" if one.options else letter(first + at)) for at, name in enumerate(labels)]
        if one.head >= 0 and not one.options and not answers.sample.opt_in:
            tests += _tests(answers, one, means)
    table = pd.concat(parts, ignore_index=True)
    heads = tuple(" × ".join(one.label for one in head) for head in answers.heads)
    source = _source(answers, selection, request, whole)
    return Crosstab(request, answers.lines, tuple(columns), table, tuple(tests), source, heads)


@dataclass(frozen=True, slots=True)
class _Whole:
    """Means of the items of all lines in the whole domain, and what is reported of them before suppression."""

    means: Linear
    estimates: Estimates


def _whole(answers: Answers, selection: Selection, request: Request) -> _Whole:
    one = next(slices(answers, selection, everywhere=not request.where))
    found = means_of(answers.sample.basis, one.domains(answers)[0], answers.items)
    return _Whole(found, answers.sample.reported(found, one.where))


def _source(answers: Answers, selection: Selection, request: Request, whole: _Whole) -> Provenance:
    """Return the provenance of the table: that of its first item in the whole domain."""
    found = whole.estimates
    first = Estimates(found.table[found.table["item"] == answers.lines[0].items[0]], found.meta)
    asked = {line.variable.name: line for line in reversed(answers.lines)}
    wordings = [_wording(answers, line) for line in reversed(asked.values())]
    source = provenance(answers.gathered, selection, first, wordings)
    return replace(source, people=f"符合条件的居民：{request.described}") if request.where else source


def _wording(answers: Answers, line: Line) -> Wording:
    """Return a question in the words of the questionnaire."""
    found = worded(answers.gathered.study.questionnaire, answers.gathered.rate(line.items[0]))
    return replace(found, item=line.variable.name, label=line.variable.label, counted="")


def _estimated(
    answers: Answers, selection: Selection, request: Request, one: Slice, whole: _Whole
) -> tuple[pd.DataFrame, list[tuple[str, ...]], Linear | None]:
    """Return the rows of a slice, with `line` and `group`, the labels of its groups, and the means in them."""
    sample, items = answers.sample, list(whole.means.items)
    domains, others = one.domains(answers)
    _check_size(answers, request, one, len(domains))
    if not len(domains):
        return pd.DataFrame({name: [] for name in KEPT}), [], None
    along = None if others is None else one.by
    means = whole.means if one.head < 0 else means_of(sample.basis, domains, items)
    found = whole.estimates if one.head < 0 else sample.reported(means, one.where)
    found = shown(found, answers.gathered, selection.asking(items, one.by), along=along)
    labels, size = one.labels(domains), len(domains)
    marked = found.table.assign(group=np.tile(np.arange(size), len(items)), p_value=np.nan, mark="")
    if one.head >= 0 and not sample.opt_in:
        marked = differences_marked(sample, Means(means, others, whole.means), request, one, marked)
    return _by_line(answers, domains, marked, items, selection.level)[list(KEPT)], labels, means


def _by_line(
    answers: Answers, domains: AnyDomains, marked: pd.DataFrame, items: Sequence[str], level: float
) -> pd.DataFrame:
    """Return the rows of the items as rows of lines: a line shows an item, or the mean of several."""
    lines, size, place = answers.lines, len(domains), {name: at * len(domains) for at, name in enumerate(items)}
    at = np.concatenate([np.arange(size) + place[line.items[0]] for line in lines])
    found = marked.take(at).assign(line=np.repeat(np.arange(len(lines)), size))
    if not any(line.codes for line in lines):
        return found.reset_index(drop=True)
    each = [(line, found.iloc[number * size :][:size]) for number, line in enumerate(lines)]
    rows = [_mean(answers, line, domains, beside, level) if line.codes else beside for line, beside in each]
    return pd.concat(rows, ignore_index=True)


def _check_size(answers: Answers, request: Request, one: Slice, groups: int) -> None:
    """Refuse more groups than can be read."""
    title = " × ".join(variable.label for variable in answers.heads[one.head]) if one.head >= 0 else ""
    if groups > MOST_GROUPS:
        cure = "先用“只看一部分人”限定一个区县，或少嵌套一层"
        raise ArgumentError("分组太多，列不下", where=title, got=str(groups), expected=f"至多 {MOST_GROUPS}", cure=cure)
    if request.marks is Marks.LETTERS and not one.options and groups > MOST_LETTERS:
        cure = "差别改为“与其余比”（--marks rest），或限定一个区县"
        expected = f"至多 {MOST_LETTERS}"
        raise ArgumentError("分组太多，两两比的字母没法读", where=title, got=str(groups), expected=expected, cure=cure)


def _mean(answers: Answers, line: Line, domains: AnyDomains, beside: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the mean code of a question in the groups of a slice, sum of code x share, with a t interval."""
    basis = answers.sample.basis
    shares = means_of(basis, domains, line.items)
    value, variance = sum_of_items(basis, shares, np.array(line.codes, dtype=np.float64))
    df = np.maximum(shares.df[: len(beside)], 1).astype(np.float64)
    error = np.sqrt(np.maximum(variance, 0.0))
    low, high = t_limits(value, error, df, level)
    hidden = beside["estimate"].isna().to_numpy() | answers.sample.opt_in
    numbers = {"std_error": error, "error_sample": error, "df": df, "conf_low": low, "conf_high": high}
    blank = {name: np.where(hidden, np.nan, values) for name, values in numbers.items()}
    value = np.where(beside["estimate"].isna(), np.nan, value)
    return beside.assign(estimate=value, **blank, p_value=np.nan, mark="")


def _tests(answers: Answers, one: Slice, means: Linear | None) -> list[Test]:
    """Test each question of single choice against the groups of a slice."""
    found, domains = list[Test](), make_domains(answers.sample.cells, one.by, one.where)
    asked = dict[str, list[Line]]()
    for line in answers.lines:
        asked.setdefault(line.variable.name, []).append(line)
    for lines in asked.values():
        variable = lines[0].variable
        if variable.kind is not Kind.SINGLE:
            continue
        own = [line for line in lines if not line.codes and not line.net]
        try:
            outcome = associate_items(answers.sample.basis, [line.items[0] for line in own], domains, means)
        except DesignError as error:
            found.append(Test(variable.name, one.head, float("nan"), (), None, error.what))
            continue
        found.append(Test(variable.name, one.head, outcome.statistic, outcome.df, outcome.p_value, outcome.note))
    return found
