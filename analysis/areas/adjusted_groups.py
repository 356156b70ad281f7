"""Adjusted groups: which groups differ when their people have the same age, sex, education and place.

Beside the plain rate of each group stand the rate that a regression predicts if everybody belonged to it (predictive
margins, Graubard & Korn 1999) and the rate at the age and education of the whole (direct standardisation). Whether
the groups differ at all is tested by Rao-Scott, for two groups by a t test, and other things being equal by the Wald
test of the model.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import FloatArray
from analysis.design.domains import make_domains
from analysis.estimation.intervals import t_limits
from analysis.estimation.multiplicity import benjamini_hochberg
from analysis.estimation.sample import Sample
from analysis.inference.association import associate
from analysis.inference.marginal_effects import AdjustedRates, adjusted_rates
from analysis.inference.observations import Observations, observe
from analysis.inference.regression import Model, regress
from analysis.inference.significance import Significance
from analysis.inference.standardise import standardise
from analysis.inference.tails import t_tail
from analysis.inference.tests import Trend, trend, two_groups
from survey.errors import ArgumentError, DesignError
from survey.instrument.rate import Rate

CONTROLS: Mapping[str, str] = {"age": "年龄", "sex": "性别", "education": "文化程度", "place": "场所类型"}
STANDARDS = (("age", "education"), ("age",))
FALSE_ALARMS = 0.10
"""Accepted share of false alarms among the groups reported to differ (Benjamini-Hochberg)."""
NOBODY: Any = None
Labels = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Groups compared with each other.

    Attributes:
        table: one row per group: group, n, points (communities); estimate, conf_low, conf_high (as answered); adjusted,
            adjusted_low, adjusted_high (other things equal); gap, gap_low, gap_high, p_value, p_bh (adjusted minus the
            mean of all); standard, standard_error (at the structure of the whole, NaN where undefined); differs
            "low", "high" or "".
        plain: test that all groups are equal, as answered.
        equal: the same test, other things being equal.
        controls: what was held equal, in words. standards: structure of `standard`, in words.
        notes: what was left out, in Chinese.
    """

    table: pd.DataFrame
    plain: Significance
    equal: Significance
    controls: tuple[str, ...]
    standards: tuple[str, ...]
    notes: tuple[str, ...]


def compare_groups(sample: Sample, rate: Rate, by: str, where: Mapping[str, Any]) -> GroupComparison:
    """Compare the groups of a column.

    Args:
        sample: a probability sample.
        rate: the rate to compare.
        by: a key column of its cells, such as "district" or "age".
        where: the domain, the wave included.

    Raises:
        DesignError: self-selected answers, fewer than two groups with enough answers, unanimous answers.
        ArgumentError: an unknown column.
    """
    obs, groups, notes = _asked(sample, rate, by, where)
    model, used, dropped = _model(obs, groups, by)
    margins = adjusted_rates(model, by)
    answered = obs.within(~np.isnan(obs.answer))
    counts = pd.Series(answered.responses[answered.domain]).groupby(groups[answered.domain]).sum()
    found = sample.rates(item=rate.name, by=(by,), where=where).table
    plain = found.assign(**{by: found[by].astype(str)}).set_index(by).reindex([str(one) for one in margins.levels])
    table = pd.DataFrame(
        {
            "group": [str(level) for level in margins.levels],
            "n": counts.reindex(list(margins.levels)).to_numpy(dtype=np.int64),
            **{name: plain[name].to_numpy(float) for name in ("estimate", "conf_low", "conf_high")},
        }
    )
    table = table.assign(**_adjusted(obs, groups, model, margins, plain["std_error"].to_numpy(float)))
    standard, structure = _standard(obs, groups, by)
    table["standard"], table["standard_error"] = standard.reindex(table["group"]).to_numpy(float).T
    sure = table["p_bh"] <= FALSE_ALARMS
    table["differs"] = np.where(sure, np.where(table["gap"] < 0, "low", "high"), "")
    order = table.sort_values("adjusted", kind="stable").reset_index(drop=True)
    notes += [*dropped, *([model.note] if model.note else [])]
    equal = replace(model.term_test(by), method="各组相同的 Wald 检验")
    return GroupComparison(order, _plain(obs, groups), equal, used, structure, tuple(notes))


def doubted(found: GroupComparison, red: Collection[str], mark: str) -> GroupComparison:
    """Mark the groups whose answers may not be trusted; report none of them as different."""
    rows = found.table
    hit = rows["group"].isin(red)
    table = rows.assign(
        group=rows["group"].where(~hit, rows["group"] + mark),
        differs=rows["differs"].where(~hit, ""),
    )
    return replace(found, table=table)


def over_waves(sample: Sample, rate: Rate, where: Mapping[str, Any]) -> Trend:
    """Fit the straight line through all waves and test whether they lie on it; shared communities give covariance.

    Raises:
        DesignError: fewer than two waves.
    """
    obs = _inside(sample, rate, where)
    return trend(obs, obs.answer, obs.key("wave").astype(str))


def _inside(sample: Sample, rate: Rate, where: Mapping[str, Any]) -> Observations:
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能做检验", cure="换成入户或电话")
    obs = observe(sample.cells, sample.design, item=rate.name, weights=sample.weights)
    return obs.within((make_domains(sample.cells, (), where).code >= 0)[obs.cell])


def _asked(sample: Sample, rate: Rate, by: str, where: Mapping[str, Any]) -> tuple[Observations, Labels, list[str]]:
    """Return the rows of the domain and their groups; small groups are left out and noted."""
    if by not in sample.cells.keys.columns:
        known = "、".join(name for name in ("district", "street", *CONTROLS) if name in sample.cells.keys.columns)
        raise ArgumentError("不能按这一列比较", got=by, expected=known)
    obs = _inside(sample, rate, where)
    groups = _labels(obs, by)
    held = obs.domain & (obs.base > 0) & ~np.isnan(obs.answer) & ~pd.isna(groups)
    counts = pd.Series(obs.responses[held]).groupby(groups[held]).sum()
    enough = counts.index[counts >= sample.suppression]
    if len(enough) < 2:
        raise DesignError(
            "可以比较的组不到两个", got=f"{len(enough)} 组", expected=f"至少两组各有 {sample.suppression} 份以上答卷",
            cure="换一种分组，或放宽筛选",
        )  # fmt: skip
    few = [str(name) for name in counts.index if name not in set(enough)]
    notes = [f"答卷不足 {sample.suppression} 份，不比较：{'、'.join(few)}"] if few else []
    asked = obs.within(np.isin(groups.astype(str), [str(one) for one in enough]) & held).alone()
    return asked, _labels(asked, by), notes


def _labels(obs: Observations, name: str) -> Labels:
    values = obs.cells.column(name).astype(object)
    return np.asarray(values.where(values.notna(), None), dtype=object)[obs.cell]


def _model(obs: Observations, groups: Labels, by: str) -> tuple[Model, tuple[str, ...], list[str]]:
    """Fit a regression with as many controls as the answers support; return it, the controls and the dropped ones."""
    there = [name for name in CONTROLS if name != by and name in obs.cells.keys.columns]
    columns = {name: _labels(obs, name) for name in there}
    inside = obs.domain & (obs.base > 0)
    kept = {name: one for name, one in columns.items() if len(set(one[inside & ~pd.isna(one)])) > 1}
    notes: list[str] = []
    while True:
        try:
            model = regress(obs, obs.answer, {by: groups, **kept})
        except DesignError:
            if not kept:
                raise
            name = list(kept)[-1]
            kept = {one: values for one, values in kept.items() if one != name}
            notes.append(f"{CONTROLS[name]}与分组分不开，没有控制")
            continue
        return model, tuple(CONTROLS[name] for name in kept), notes


def _adjusted(
    obs: Observations, groups: Labels, model: Model, margins: AdjustedRates, direct: FloatArray
) -> dict[str, FloatArray]:
    """Return adjusted rates and their gaps to the mean of all, weighted by the residents of each group.

    No adjusted rate is more precise than the direct rate of its group, whose standard errors are `direct`: sampling
    points that agree by chance would give an error near zero.
    """
    weight = pd.Series(obs.weight).groupby(groups).sum().reindex(list(margins.levels)).to_numpy(float)
    values, covariance = margins.estimate.values, margins.estimate.covariance
    covariance = covariance + np.diag(np.maximum(direct**2 - np.diag(covariance), 0.0))
    steps = np.eye(len(values)) - weight / weight.sum()
    gap, error = steps @ values, np.sqrt(np.maximum(np.diag(steps @ covariance @ steps.T), 0.0))
    # a group has no more degrees of freedom than its own sampling points give
    inside = obs.domain & (obs.base > 0)
    points = pd.Series(obs.key("psu")[inside]).groupby(groups[inside]).nunique().reindex(list(margins.levels))
    degrees = np.clip(points.to_numpy(np.int64) - 1, 1, max(model.degrees, 1)).astype(np.int64)
    low, high = t_limits(values, np.sqrt(np.maximum(np.diag(covariance), 0.0)), degrees)
    gap_low, gap_high = t_limits(gap, error, degrees)
    p = _p_values(gap, error, degrees)
    return {
        "points": points.to_numpy(np.int64),
        "adjusted": values,
        "adjusted_low": np.clip(low, 0, 1),
        "adjusted_high": np.clip(high, 0, 1),
        "gap": gap,
        "gap_low": gap_low,
        "gap_high": gap_high,
        "p_value": p,
        "p_bh": benjamini_hochberg(p),
    }


def _p_values(gap: FloatArray, error: FloatArray, degrees: npt.NDArray[np.int64]) -> FloatArray:
    ratio = np.divide(np.abs(gap), error, out=np.zeros_like(gap), where=error > 0)
    return np.asarray(2 * t_tail(ratio, degrees), dtype=float)


def _standard(obs: Observations, groups: Labels, by: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return rates standardised to the finest strata in which most groups have answers everywhere."""
    empty = pd.DataFrame(columns=["estimate", "std_error"], dtype=float)
    for columns in STANDARDS:
        if by in columns or not set(columns) <= set(obs.cells.keys.columns):
            continue
        parts = [_labels(obs, name) for name in columns]
        known = np.logical_and.reduce([~pd.isna(part) for part in parts]) & ~np.isnan(obs.answer) & (obs.weight > 0)
        strata = np.where(known, _joined(parts), NOBODY)
        inside = obs.within(known)
        shares = pd.Series(inside.weight).groupby(strata).sum()
        table = standardise(inside, obs.answer, strata, shares[shares > 0].to_dict(), over=groups).table
        if table["estimate"].notna().mean() > 0.5:
            found = table.assign(group=table["group"].astype(str)).set_index("group")[["estimate", "std_error"]]
            return found, tuple(CONTROLS[name] for name in columns)
    return empty, ()


def _joined(parts: Sequence[Labels]) -> Labels:
    text = parts[0].astype(str).astype(object)
    for part in parts[1:]:
        text = text + "|" + part.astype(str).astype(object)
    return np.asarray(text, dtype=object)


def _plain(obs: Observations, groups: Labels) -> Significance:
    labels = np.where(obs.domain, groups, NOBODY)
    if len({one for one in labels if one is not None}) == 2:
        return two_groups(obs, obs.answer, labels)
    answers = np.where(np.isnan(obs.answer), NOBODY, np.where(obs.answer > 0.5, "是", "否"))
    return associate(obs, labels, answers).test
