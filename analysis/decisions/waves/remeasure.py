"""Judge an entry of the ledger again by a later wave."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.areas.verdicts import area_verdicts
from analysis.estimation.sample import Sample
from analysis.numerals import interval, percent
from survey.errors import DesignError
from survey.instrument.rate import Rate
from survey.study.plans.rectification import Entry, Remeasure
from survey.study.settings import FALSE_CALLS


def measure_again(
    sample: Sample,
    rate: Rate,
    entry: Entry,
    wave: str,
    version: int,
    *,
    q: float = FALSE_CALLS,
    red: Collection[str] = (),
    hidden: Collection[str] = (),
) -> Remeasure:
    """Judge one entry of the ledger by a later wave, against the line written into the entry.

    Args:
        sample: a probability sample.
        rate: the rate of the entry.
        entry: the entry.
        wave: the later wave.
        version: the data version.
        q: accepted probability of a false call.
        red: districts with a red light in that wave.
        hidden: districts of which the reader may not see the rate.

    Raises:
        DesignError: the area has no answers in that wave, too few to show, or a red light.
    """
    targets = pd.DataFrame([{"measure": rate.measure, "item": rate.name, "district": "", "target": 100 * entry.target}])
    found = area_verdicts(sample, (rate,), targets, {"wave": wave}, q=q, red=red).table
    rows = found[found["district"].astype(str) == entry.area]
    if entry.area in red:
        raise DesignError("这一轮亮真实性红灯，独立复访前不能复测", where=f"{entry.area} · {rate.label}", got=wave)
    if rows.empty or rows["verdict"].eq("").any() or entry.area in hidden:
        raise DesignError("这一轮没有足够的答卷，不能复测", where=f"{entry.area} · {rate.label}", got=wave)
    row = rows.iloc[0].to_dict()
    improved = row["verdict"] == Verdict.MET
    reason = (
        f"{wave} 为 {percent(row['estimate'])}（{interval(row['conf_low'], row['conf_high'])}），目标"
        f" {entry.target:.0%}，没到的可能 {row['prob_below']:.0%}：{row['verdict']}"
    )
    low, high = float(row["conf_low"]), float(row["conf_high"])
    return Remeasure(wave, version, float(row["estimate"]), low, high, improved, reason)
