"""Rates: estimate shares in any groups, with their precision, in one call.

    rates(cells, measure="satisfaction", by=["district", "age"], design=design, weights=weights)

One row per item and domain; one domain and ten thousand use the same call. Missing answers are left out item by item;
conditions are domains, so the variance always uses the whole sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells, FloatArray, require_declared
from analysis.design.conditions import Where, recorded
from analysis.design.design import Design, make_design
from analysis.design.domains import names_of
from analysis.design.influence import group_codes
from analysis.estimation.disclosure.precision import FLAGS, HEAVY, Judged, rule
from analysis.estimation.estimates import FIRST, LAST, Estimates
from analysis.estimation.interval_names import DEFAULT_INTERVAL, INTERVAL_LABELS
from analysis.estimation.interval_variance import variance_behind
from analysis.estimation.intervals import LEVEL, Rated, check_level, wilson_pooled
from analysis.estimation.intervals import interval as interval_named
from analysis.estimation.linear import Linear, means
from analysis.estimation.pooled_deff import pooled
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import Weights, base_weights
from survey.errors import ArgumentError, DesignError
from survey.study.settings import SUPPRESSION

BEHIND = ("notes", "n_pooled", "df_pooled", "deff_pooled", "error_sample", "df_sample")
"""Columns after the common ones."""


@dataclass(frozen=True, slots=True)
class Reporting:
    """How estimates are reported.

    Attributes:
        precision: name of a presentation rule in `precision.RULES`.
        suppression: smallest number of answers that may be shown.
        opt_in: a self-selected sample: no interval, and a flag in every row.
        as_in_r: leave an R interval undefined or of width zero where R does, for comparison.
        meta: what captions need in addition: dates, mode, version, real or mock.
    """

    precision: str = "silu"
    suppression: int = SUPPRESSION
    opt_in: bool = False
    as_in_r: bool = False
    meta: Mapping[str, Any] | None = None


def rates(  # noqa: PLR0913  one call for every question; each argument is one decision of the analyst
    cells: Cells,
    *,
    item: str | Sequence[str] | None = None,
    measure: str | Sequence[str] | None = None,
    by: str | Sequence[str] = (),
    where: Where | None = None,
    design: Design | None = None,
    weights: Weights | None = None,
    interval: str = DEFAULT_INTERVAL,
    level: float = LEVEL,
    reporting: Reporting | None = None,
) -> Estimates:
    """Estimate rates with design-based standard errors and intervals.

    Args:
        cells: the sums; see `analysis.design.cells`.
        item: names of items; every item when neither this nor a measure is given.
        measure: names of measures: their headline item where one is marked, else all their items.
        by: key columns (or one); one row per combination that holds responses.
        where: a condition (`analysis.design.conditions`): a domain, never a filter on the design.
        design: `make_design(cells)` when None, which fails on a stratum of one PSU.
        weights: base weights when None.
        interval: a name in `intervals.INTERVALS`.
        level: two-sided confidence level in (0, 1).
        reporting: presentation rule, suppression, opt-in.

    Returns:
        Estimates; shares in [0, 1]. `std_error`, `n_eff`, `deff` = n / n_eff and `df` belong to the variance from
        which the interval of the row is made: the pooled one for the default and wherever it replaces a form that is
        undefined, that of the sample for the forms of R, the binomial one for `clopper_pearson`; see
        `interval_variance`. Besides: `notes`, every flag of the row; `n_pooled`, `df_pooled`, `deff_pooled`
        of the pooled variance; `error_sample` and `df_sample`, the standard error and the degrees of freedom of the
        sample, as R reports them. Nobody answered: estimate and limits are NaN, flag "empty".

    Raises:
        DesignError, ArgumentError: an unknown name or level, a design that gives no variance.
    """
    require_declared(cells, Cells)
    report = reporting or Reporting()
    check_level(level)
    names, by = choose_items(cells, item, measure), group_columns(by)
    basis = WeightedDesign(cells, design or make_design(cells), weights or base_weights(cells))
    linear = means(basis, names, by=by, where=where)
    return reported(basis, linear, where, interval=interval, level=level, report=report)


def reported(
    basis: WeightedDesign,
    linear: Linear,
    where: Where | None = None,
    *,
    interval: str = DEFAULT_INTERVAL,
    level: float = LEVEL,
    report: Reporting,
) -> Estimates:
    """Report means of 0/1 items in any domains, also overlapping ones, as `rates` does.

    Args:
        basis: cells, design, weights.
        linear: the means.
        where: the condition of the domains, for captions.
        interval: a name in `intervals.INTERVALS`.
        level: two-sided confidence level in (0, 1).
        report: presentation rule, suppression, opt-in.
    """
    _check_binary(linear)
    table = tabulate(linear, basis, interval, level, report)
    by = tuple(str(name) for name in linear.labels.columns if name != "item")
    meta = {
        "by": by,
        "where": recorded(where),
        "level": level,
        "interval": interval,
        "interval_label": INTERVAL_LABELS[interval],
        "weighting": basis.weights.label,
        "lonely": basis.design.lonely,
        "precision": report.precision,
        "suppression": report.suppression,
        "opt_in": report.opt_in,
        "missing": _left_out(basis.cells, by),
        **(report.meta or {}),
    }
    return Estimates(table, meta)


def group_columns(by: str | Sequence[str]) -> tuple[str, ...]:
    """Return the by-columns, each once.

    Raises:
        ArgumentError: a by-column has the name of a column of the result.
    """
    names = names_of(by)
    taken = [name for name in names if name in (*FIRST, *LAST, *BEHIND)]
    if taken:
        raise ArgumentError("分组列与结果表的列同名", got="、".join(taken), cure="先给分组列改名")
    return names


def choose_items(
    cells: Cells, item: str | Sequence[str] | None = None, measure: str | Sequence[str] | None = None
) -> list[str]:
    """Return item names from names of items or measures; all items when neither is given."""
    if item is not None and measure is not None:
        raise ArgumentError("题目和指标只能指定一个", got=f"{item}，{measure}")
    if item is not None:
        return [item] if isinstance(item, str) else list(item)
    if measure is None:
        return [one.name for one in cells.items]
    wanted = [measure] if isinstance(measure, str) else list(measure)
    chosen: list[str] = []
    for name in wanted:
        of_it = [one for one in cells.items if getattr(one, "measure", "") == name]
        if not of_it:
            known = dict.fromkeys(getattr(one, "measure", "") for one in cells.items)
            raise ArgumentError("问卷里没有这个指标", got=name, expected="、".join(filter(None, known)))
        heads = [one for one in of_it if getattr(one, "overall", False)]
        chosen += [one.name for one in heads or of_it]
    return chosen


def tabulate(linear: Linear, basis: WeightedDesign, name: str, level: float, report: Reporting) -> pd.DataFrame:
    """Tabulate means of 0/1 items as `Estimates`."""
    shrunk = pooled(linear, basis)
    rated = Rated(
        p=np.clip(linear.estimate, 0.0, 1.0),
        variance=linear.variance,
        n=linear.n.astype(np.float64),
        df=linear.df.astype(np.float64),
        n_pooled=shrunk.n_eff,
        df_pooled=shrunk.df,
        level=level,
    )
    low, high, replaced = _limits(rated, name, report)
    n_eff, df, error = variance_behind(name, rated, replaced)
    flag, notes = _flags(linear, rated, report, _remarks(linear, basis, rated, (shrunk.kish, n_eff, replaced)))
    sampled = np.nan if report.opt_in else 1.0  # a self-selected sample has no defined sampling error
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.where(linear.n > 0, linear.n / n_eff, np.nan)
    columns = {
        **_labels(linear, basis.cells),
        "n": linear.n,
        "n_eff": np.where(linear.n > 0, n_eff, 0.0) * sampled,
        "estimate": np.where(linear.n > 0, rated.p, np.nan),
        "std_error": np.where(linear.n > 0, error, np.nan) * sampled,
        "df": df.astype(np.int64),
        "conf_low": low,
        "conf_high": high,
        "deff": deff * sampled,
        "flag": pd.Series(flag, dtype=object),
        "notes": pd.Series(notes, dtype=object),
        "n_pooled": shrunk.n_eff,
        "df_pooled": shrunk.df,
        "deff_pooled": shrunk.deff,
        "error_sample": np.where(linear.n > 0, np.sqrt(linear.variance), np.nan) * sampled,
        "df_sample": linear.df,
    }
    return pd.DataFrame(columns, copy=False)


def _labels(linear: Linear, cells: Cells) -> dict[str, Any]:
    """Return the item, measure and by-columns."""
    measures = {one.name: getattr(one, "measure", "") for one in cells.items}
    each = np.array([measures[name] for name in linear.items], dtype=object)
    by = {str(column): linear.labels[column] for column in linear.labels.columns if column != "item"}
    measure = pd.Series(np.repeat(each, len(linear.estimate) // len(each)), dtype=object)
    return {"item": linear.labels["item"], "measure": measure, **by}


def _limits(rated: Rated, name: str, report: Reporting) -> tuple[FloatArray, FloatArray, Any]:
    """Return the limits, and where the default replaces a form that is undefined."""
    low, high = interval_named(name)(rated)
    answered = rated.n > 0
    if report.opt_in:
        blank = np.full_like(low, np.nan)
        return blank, blank, np.zeros(len(low), dtype=bool)
    unusable = answered & ~((high > low) & np.isfinite(low) & np.isfinite(high))
    if report.as_in_r:
        unusable[:] = False
    if unusable.any():
        spare = wilson_pooled(rated)
        low, high = np.where(unusable, spare[0], low), np.where(unusable, spare[1], high)
    if not report.as_in_r:
        low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    return np.where(answered, low, np.nan), np.where(answered, high, np.nan), unusable


def _flags(linear: Linear, rated: Rated, report: Reporting, remarks: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the gravest code of each row, and all its codes, from the presentation rule and the remarks."""
    judged = Judged(rated.p, np.sqrt(rated.variance), rated.n, rated.df, report.suppression)
    ruled = rule(report.precision).judge(judged)
    answered = linear.n > 0
    found = {
        **{code: ruled == code for code in ("few", "review", "complement_unreliable")},
        **remarks,
        "suppressed": (ruled == "suppressed") | (linear.n < report.suppression),
        "opt_in": np.full(len(answered), report.opt_in),
    }
    codes = [code for code in FLAGS if code == "empty" or code in found]
    cases = [~answered if code == "empty" else answered & found[code] for code in codes]
    mask = sum(np.asarray(case, dtype=np.int64) << bit for bit, case in enumerate(cases))
    kinds, inverse = group_codes(np.asarray(mask), 1 << len(cases))
    texts = [" ".join(code for bit, code in enumerate(codes) if kind >> bit & 1) for kind in kinds]
    gravest = [text.partition(" ")[0] for text in texts]
    return np.array(gravest, dtype=object)[inverse], np.array(texts, dtype=object)[inverse]


def _remarks(linear: Linear, basis: WeightedDesign, rated: Rated, behind: tuple[Any, Any, Any]) -> dict[str, Any]:
    """Return where the variance of a row needs a remark: flag code -> mask.

    `behind` is Kish's design effect of the weights, the effective n shown, and where the default replaces a form.
    """
    kish, n_eff, replaced = behind
    certain = linear.variance <= 0
    return {
        "heavy": kish > HEAVY,
        "one_psu": linear.df <= 0,
        "census": certain & np.tile(basis.design.certain(linear.domains), len(linear.items)),
        "unanimous": (rated.p <= 0) | (rated.p >= 1),
        "fallback": replaced,
        "gain": n_eff > linear.n * (1 + 1e-9),
    }


def _check_binary(linear: Linear) -> None:
    known = linear.estimate[linear.n > 0]
    if ((known < -1e-9) | (known > 1 + 1e-9)).any():
        raise DesignError("rates 只用于取值 0 和 1 的题目", got=f"均值 {known.max():g}", cure="数值题请用 linear.means")


def _left_out(cells: Cells, by: Sequence[str]) -> dict[str, int]:
    """Count the responses that miss a by-column and so belong to no row."""
    return {name: int(cells.n[cells.codes(name)[0] < 0].sum()) for name in by if name in cells.keys}
