"""Order of the rows of every table of areas by rates."""

from __future__ import annotations

import pandas as pd

from analysis.areas.verdict import SILENT, Verdict


def order(judged: pd.DataFrame, row: str) -> list[str]:
    """Return the names of the rows: the largest certain shortfall first, then the watched, the silent last."""
    gap = judged["gap"].astype(float)
    name = judged[row].astype(str)
    names = pd.Index(dict.fromkeys(name))
    parts = {
        "weak": gap.where(judged["verdict"] == Verdict.WEAK).groupby(name).min(),
        "watch": gap.where(judged["verdict"] == Verdict.WATCH).groupby(name).min(),
        "mean": gap.fillna(judged["estimate"].astype(float)).groupby(name).mean(),
    }
    ranks = pd.DataFrame(parts).reindex(names)
    silent = judged["reason"].isin(list(SILENT)).groupby(name).all()
    ranks.insert(0, "silent", silent.reindex(names))
    return [str(one) for one in ranks.sort_values(["silent", *parts], kind="stable", na_position="last").index]
