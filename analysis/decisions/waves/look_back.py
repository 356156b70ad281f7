"""Whether the weaknesses that an earlier wave listed improved (回头看)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.areas.verdict import SILENT, Reason, Verdict, worst_first
from analysis.estimation.estimates import Estimates


class ChangeOutcome(StrEnum):
    """The outcome of a weakness that an earlier wave listed."""

    MENDED = "已补上"
    BETTER = "有改善，还没达标"
    SAME = "看不出变化"
    WORSE = "更差了"
    UNCLEAR = "样本不足"
    RED_LIGHT = "待复访"
    NOT_COMPARABLE = "两轮不可比"


def look_back(verdicts: tuple[Estimates, Estimates], districts: Estimates) -> pd.DataFrame:
    """Report whether the weak or watched areas of the earlier wave improved in the later one.

    Args:
        verdicts: the verdicts of the districts in the earlier and in the later wave, from
            `analysis.areas.verdicts.area_verdicts`.
        districts: the changes by district, from `changes`.

    Returns:
        One row per weakness: district, item, label, verdict (then), verdict_now, reason_now, then, now, target, change,
        conf_low, conf_high, detectable, outcome.
    """
    old, new = (one.table for one in verdicts)
    listed = old[old["verdict"].isin([Verdict.WEAK, Verdict.WATCH])]
    moved = districts.table
    keys = ["district", "item"]
    rows = listed[[*keys, "label", "verdict", "estimate", "line", "gap", "prob_below"]].rename(
        columns={"estimate": "then", "line": "target"}
    )
    now = new[[*keys, "estimate", "verdict", "reason"]].rename(
        columns={"estimate": "now", "verdict": "verdict_now", "reason": "reason_now"}
    )
    step = moved[[*keys, "estimate", "conf_low", "conf_high", "detectable", "moved"]].rename(
        columns={"estimate": "change"}
    )
    numbers = [name for name in step if name not in (*keys, "moved")]
    step.loc[~step.set_index(keys).index.isin(_seen(new, keys)), numbers] = np.nan
    for part in (now, step):
        rows = rows.astype({"district": str}).merge(part.astype({"district": str}), on=keys, how="left")
    rows["outcome"] = [_outcome(row) for row in rows.to_dict("records")]
    first = rows["verdict"].eq(Verdict.WEAK)
    return pd.concat([worst_first(rows[first]), worst_first(rows[~first])], ignore_index=True).drop(columns="gap")


def _seen(rows: pd.DataFrame, keys: Sequence[str]) -> pd.Index[Any]:
    """Return the keys of rows that are shown: with a hidden one, the change would reveal it."""
    return rows[rows["estimate"].notna()].set_index(list(keys)).index


def _outcome(row: Mapping[Any, Any]) -> str:
    """Decide the outcome by the test: the line reached, or else the interval of the change."""
    if row["moved"] == "barred":
        return str(ChangeOutcome.NOT_COMPARABLE)
    if row["reason_now"] == Reason.RED_LIGHT:
        return str(ChangeOutcome.RED_LIGHT)
    if row["verdict_now"] == Verdict.MET:
        return str(ChangeOutcome.MENDED)
    if row["reason_now"] in SILENT or pd.isna(row["change"]):
        return str(ChangeOutcome.UNCLEAR)
    if row["conf_low"] > 0:
        return str(ChangeOutcome.BETTER)
    return str(ChangeOutcome.WORSE if row["conf_high"] < 0 else ChangeOutcome.SAME)
