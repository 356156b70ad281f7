"""Rates of a selection: changes since the preceding wave, all waves, precision, targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.areas.against_target import targets_of
from analysis.estimation.contrasts import Comparison, between
from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH, change, count, decimal, interval, percent, points, points_interval, target
from reports.disclosure import shown
from reports.sample import StudySample
from reports.selection import Selection
from reports.verdicts import judged, named
from survey.instrument.questionnaire import Rate
from survey.study.study import Study

__all__ = ["CHANGE_COLUMNS", "Estimates", "over_waves", "precision", "since_before", "target_of", "with_change"]

CHANGE_COLUMNS = ("before", "change", "change_low", "change_high", "detectable")


def with_change(gathered: StudySample, selection: Selection) -> Estimates:
    """Return the city's rates, judged, with `before`, `change`, `change_low`, `change_high` and `detectable`.

    `change` is the change since the preceding wave, and `detectable` the smallest detectable one; all are missing
    where no earlier wave has answers, or the answers are self-selected.
    """
    city = judged(gathered, selection)
    return Estimates(city.table.join(since_before(gathered, selection), on="item"), city.meta)


def since_before(gathered: StudySample, selection: Selection) -> pd.DataFrame:
    """Return item -> `before`, `change`, `change_low`, `change_high`, `detectable`, shares; see `with_change`."""
    before = gathered.before(selection.wave)
    if not before or gathered.sample.opt_in:
        return pd.DataFrame(float("nan"), index=pd.Index(selection.items), columns=list(CHANGE_COLUMNS))
    pair = selection.in_wave(before[-1], selection.wave)
    question = Comparison(selection.items, where=selection.where, suppression=gathered.study.suppression)
    moved = shown(between(gathered.sample.basis, "wave", (pair.waves[0], pair.waves[1]), question), gathered, pair)
    columns = moved.table.set_index("item")[["reference", "estimate", "conf_low", "conf_high", "detectable"]]
    return columns.set_axis(CHANGE_COLUMNS, axis=1)


def over_waves(gathered: StudySample, selection: Selection) -> Estimates:
    """Return the rates in every wave, protected, with `label`."""
    every = selection.asking(selection.items, ("wave",)).in_wave()
    return named(shown(gathered.estimates(every), gathered, every), gathered)


def precision(city: Estimates) -> pd.DataFrame:
    """Return the precision of the rates as readers see it, and their changes where an earlier wave has answers.

    Args:
        city: from `with_change`.
    """
    rows = city.table
    limits = zip(rows["conf_low"], rows["conf_high"], strict=True)
    table = pd.DataFrame(
        {
            "指标": rows["label"],
            "答卷数": [DASH if pd.isna(value) else count(value) for value in rows["n"]],
            "有效样本": [DASH if pd.isna(value) else count(value) for value in rows["n_eff"]],
            "设计效应": [decimal(value) for value in rows["deff"].astype(float)],
            "自由度": [DASH if pd.isna(value) else count(value) for value in rows["df"]],
            f"{target(city.meta['level'])} 区间": [interval(low, high) for low, high in limits],
        }
    )
    return (table if rows["change"].isna().all() else table.assign(**_changes(rows))).set_index("指标")


def _changes(rows: pd.DataFrame) -> Mapping[str, Sequence[str]]:
    """Return the columns on the change since the preceding wave."""
    spread = zip(rows["change_low"], rows["change_high"], strict=True)
    return {
        "上次": [percent(value) for value in rows["before"]],
        "比上次": [change(value) for value in rows["change"]],
        "变化的区间": [points_interval(low, high) for low, high in spread],
        "能看出的最小变化": [points(value) for value in rows["detectable"]],
    }


def target_of(study: Study, rate: Rate) -> float:
    """Return the target of a rate for the whole city, a share; NaN where there is none."""
    table = pd.DataFrame({"item": [rate.name]})
    return float(targets_of(table, study.targets, {rate.name: rate}).iloc[0])
