"""Rates of a selection: estimates, targets and verdicts, changes since the preceding wave."""

from __future__ import annotations

import pandas as pd

from analysis.areas.against_target import TargetVerdict, judge, targets_of
from analysis.estimation.contrasts import Comparison, against_whole, between
from analysis.estimation.estimates import Estimates
from analysis.numerals import DASH, interval
from reports.disclosure import shown
from reports.labels import short
from reports.sample import StudySample
from reports.selection import Selection
from survey.instrument.questionnaire import Rate
from survey.study.study import Study

__all__ = ["Estimates", "against_city", "judged", "named", "over_waves", "precision", "target_of", "with_change"]

CHANGE_COLUMNS = ("before", "change", "change_low", "change_high", "detectable")


def judged(gathered: StudySample, selection: Selection) -> Estimates:
    """Return estimates with `label`, `target`, `gap` and `verdict`; suppress small cells (rule R-04).

    Self-selected answers are not compared with a target (rule R-10).
    """
    found = shown(gathered.estimates(selection), gathered, selection)
    known = {name: gathered.rate(name) for name in selection.items}
    district = selection.where.get("district")
    table = found.table if district is None else found.table.assign(district=district[0])
    table["label"] = [short(known[str(item)]) for item in table["item"]]
    goals = float("nan") if gathered.sample.opt_in else targets_of(table, gathered.study.targets, known)
    return Estimates(judge(table, goals), found.meta)


def against_city(gathered: StudySample, selection: Selection) -> Estimates:
    """Compare districts with the whole city instead of a target, for items that have no target.

    `target` is the city's rate; `gap` and `verdict` come from the difference and its own interval, because a
    district is part of its city.
    """
    found = judged(gathered, selection.asking(selection.items, ("district",)))
    if gathered.sample.opt_in:
        return found
    question = Comparison(selection.items, ("district",), selection.domain)
    apart = judge(against_whole(gathered.sample.basis, question).table, 0.0)
    keys = ["item", "district"]
    rows = found.table[keys].astype(str).merge(apart.astype({"district": str}), on=keys, how="left")
    table = found.table.assign(target=rows["reference"].to_numpy(), gap=rows["estimate"].to_numpy())
    visible = table["verdict"].ne(TargetVerdict.HIDDEN)
    table["verdict"] = table["verdict"].where(~visible, rows["verdict"].set_axis(table.index))
    table["gap"] = table["gap"].where(visible)
    return Estimates(table, found.meta)


def with_change(gathered: StudySample, selection: Selection) -> Estimates:
    """Return the city's rates, judged, with `before`, `change`, `change_low`, `change_high` and `detectable`.

    `change` is the change since the preceding wave, and `detectable` the smallest detectable one; all are missing
    where no earlier wave has answers, or the answers are self-selected.
    """
    city = judged(gathered, selection)
    earlier = gathered.waves[: gathered.waves.index(selection.wave)] if selection.wave in gathered.waves else ()
    if not earlier or gathered.sample.opt_in:
        return Estimates(city.table.assign(**dict.fromkeys(CHANGE_COLUMNS, float("nan"))), city.meta)
    pair = selection.in_wave(earlier[-1], selection.wave)
    question = Comparison(selection.items, where=selection.where, suppression=gathered.study.suppression)
    moved = shown(between(gathered.sample.basis, "wave", (pair.waves[0], pair.waves[1]), question), gathered, pair)
    columns = moved.table.set_index("item")[["reference", "estimate", "conf_low", "conf_high", "detectable"]]
    return Estimates(city.table.join(columns.set_axis(CHANGE_COLUMNS, axis=1), on="item"), city.meta)


def over_waves(gathered: StudySample, selection: Selection) -> Estimates:
    """Return the rates in every wave, protected, with `label`."""
    every = selection.asking(selection.items, ("wave",)).in_wave()
    return named(shown(gathered.estimates(every), gathered, every), gathered)


def named(found: Estimates, gathered: StudySample) -> Estimates:
    """Return the estimates with the short names of the rates in `label`."""
    labels = [short(gathered.rate(str(item))) for item in found.table["item"]]
    return Estimates(found.table.assign(label=labels), found.meta)


def precision(city: Estimates) -> pd.DataFrame:
    """Return the precision of the rates: n, effective n, design effect, degrees of freedom, interval."""
    rows = city.table
    limits = zip(rows["conf_low"], rows["conf_high"], strict=True)
    return pd.DataFrame(
        {
            "指标": rows["label"],
            "答卷数": [_count(value) for value in rows["n"]],
            "有效样本": [_count(value) for value in rows["n_eff"]],
            "设计效应": [DASH if pd.isna(value) else f"{value:.2f}" for value in rows["deff"]],
            "自由度": [_count(value) for value in rows["df"]],
            f"{city.meta['level']:.0%} 区间": [interval(low, high) for low, high in limits],
        }
    ).set_index("指标")


def _count(value: float) -> str:
    return DASH if pd.isna(value) else f"{value:,.0f}"


def target_of(study: Study, rate: Rate) -> float:
    """Return the target of a rate for the whole city, a share; NaN where there is none."""
    table = pd.DataFrame({"item": [rate.name]})
    return float(targets_of(table, study.targets, {rate.name: rate}).iloc[0])
