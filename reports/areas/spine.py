"""Spine: the rates and items of one area on the range of all other areas, with its own previous wave."""

from __future__ import annotations

import pandas as pd

from analysis.areas.verdict import SILENT
from analysis.decisions.change import barred, objections
from analysis.estimation.estimates import Estimates
from reports.areas.places import Area
from reports.change import facts
from reports.definitions import item_rates
from reports.disclosure import shown
from reports.rates import CHANGE_COLUMNS, since_before
from reports.sample import StudySample
from reports.selection import Selection
from survey.errors import DesignError
from survey.instrument.measure import appraisals

MOST = 8
"""Number of items of an area below the districts; a model of all streets for each item takes its time."""


def lowest_items(gathered: StudySample, selection: Selection, area: Area) -> tuple[str, ...]:
    """Return the names of the appraised items to judge in an area, the lowest first; all of them in a district.

    Args:
        gathered: the sample.
        selection: waves and people.
        area: the area.
    """
    measures = appraisals()
    names = [rate.name for rate in item_rates(gathered.study) if rate.measure in measures]
    if not names:
        return ()
    asked = selection.asking(names).within(**area.condition)
    table = shown(gathered.estimates(asked), gathered, asked).table.dropna(subset=["estimate"])
    ordered = table.sort_values("estimate", kind="stable")["item"].astype(str).tolist()
    return tuple(ordered if area.level == "district" else ordered[:MOST])


def spine(gathered: StudySample, selection: Selection, found: Estimates, area: Area) -> Estimates:
    """Return the rows of one area, on the range of the others.

    Args:
        gathered: the sample.
        selection: rates, waves and people, without a condition on areas.
        found: their verdicts by all areas of the level, from `reports.verdicts.judged`.
        area: the area.

    Returns:
        Its rows of `found`, in the order of the selection, with `city`, `others_low` and `others_high` (shares; the
        others are the areas that may be judged), and the columns of `reports.rates.with_change`, missing where the
        question was worded otherwise in the previous wave.
    """
    table = found.table
    here = table[area.level].astype(str) == area.name
    rest = table[~here & ~table["reason"].isin(list(SILENT))]
    band = rest.groupby(rest["item"].astype(str))["estimate"].agg(["min", "max"]).astype(float)
    whole = selection.asking(selection.items)
    city = shown(gathered.estimates(whole), gathered, whole).table.set_index("item")["estimate"].astype(float)
    rows = table[here].assign(item=table.loc[here, "item"].astype(str))
    rows = rows.assign(
        city=rows["item"].map(city),
        others_low=rows["item"].map(band["min"]),
        others_high=rows["item"].map(band["max"]),
    )
    rows = rows.join(_moved(gathered, whole.within(**area.condition)), on="item")
    order = {name: at for at, name in enumerate(selection.items)}
    return Estimates(rows.sort_values("item", key=lambda names: names.map(order)).reset_index(drop=True), found.meta)


def _moved(gathered: StudySample, here: Selection) -> pd.DataFrame:
    """Return the changes of an area, without those of items that may not be compared."""
    moved = since_before(gathered, here)
    if moved["before"].isna().all():
        return moved
    try:
        reasons = objections(facts(gathered, gathered.before(here.wave)[-1], here), facts(gathered, here.wave, here))
    except DesignError:  # no district in common
        return moved.assign(**dict.fromkeys(CHANGE_COLUMNS, float("nan")))
    stopped = [barred(reasons, str(item)) for item in moved.index]
    return moved.mask(pd.Series(stopped, index=moved.index))
