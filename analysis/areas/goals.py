"""Which target belongs to which estimate."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from survey.instrument.rate import Rate

INHERITS = frozenset({"satisfaction"})
"""Measures whose single items are held to the target of the headline where they have none of their own: items of
satisfaction are asked on the same scale; a single kind of participation is no smaller version of taking part."""


def targets_of(table: pd.DataFrame, targets: pd.DataFrame, rates: Mapping[str, Rate]) -> pd.Series:
    """The target of each row, as a share; missing where there is none.

    The nearest one counts: item and district, item, headline and district, headline.

    Args:
        table: rows with `item` and perhaps `district`.
        targets: the study's table (percent); see `survey.study.targets.read_targets`.
        rates: item -> its rate.
    """
    known = {
        (str(row["measure"]), str(row["item"]), str(row["district"])): float(row["target"]) / 100
        for row in targets.to_dict("records")
    }
    districts = table["district"].astype(str) if "district" in table else [""] * len(table)
    found = [_nearest(known, rates[str(item)], place) for item, place in zip(table["item"], districts, strict=True)]
    return pd.Series(found, index=table.index, dtype=float)


def _nearest(known: Mapping[tuple[str, str, str], float], rate: Rate, district: str) -> float:
    keys = [(rate.measure, rate.name, district), (rate.measure, rate.name, "")]
    if rate.overall or rate.measure in INHERITS:
        keys += [(rate.measure, "", district), (rate.measure, "", "")]
    return next((known[key] for key in keys if key in known), float("nan"))
