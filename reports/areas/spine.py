"""Spine: the rates and items of one area on the range of all other areas, with its own previous wave."""

from __future__ import annotations

import pandas as pd

from analysis.areas.verdict import SILENT
from analysis.decisions.waves.comparable_waves import barred, objections
from analysis.estimation.estimates import Estimates
from reports.areas.places import Area
from reports.change import facts
from reports.definitions import item_rates
from reports.disclosure import shown
from reports.rates import since_before
from reports.sample import StudySample
from reports.selection import Selection
from survey.errors import DesignError
from survey.instrument.measure import appraisals

MOST = 8
"""Number of items of an area below the districts, because modelling all streets for each item is slow."""


def lowest_items(gathered: StudySample, selection: Selection, area: Area) -> tuple[str, ...]:
    """Return the names of the appraised items to judge in an area: in a district all, else the lowest.

    They are in the order of the questionnaire, so that the verdicts of all districts are those of one request.

    Args:
        gathered: the sample.
        selection: waves and people.
        area: the area.
    """
    measures = appraisals()
    names = [rate.name for rate in item_rates(gathered.study) if rate.measure in measures]
    if not names or area.level == "district":
        return tuple(names)
    asked = selection.asking(names).within(**area.condition)
    table = shown(gathered.shares(asked), gathered, asked).table.dropna(subset=["estimate"])
    lowest = set(table.sort_values("estimate", kind="stable")["item"].astype(str).head(MOST))
    return tuple(name for name in names if name in lowest)


def around(gathered: StudySample, selection: Selection, area: Area) -> pd.DataFrame:
    """Return what the spine of an area shows beside its verdicts: a row for each rate and item of the selection.

    Args:
        gathered: the sample.
        selection: rates, waves and people, without a condition on areas.
        area: the area.

    Returns:
        Item -> `city`, a share, and the columns of `reports.rates.with_change`, missing where the question was worded
        otherwise in the previous wave.
    """
    return _moved(gathered, selection.within(**area.condition)).assign(city=_city(gathered, selection))


def spine(found: Estimates, beside: pd.DataFrame, area: Area) -> Estimates:
    """Return the rows of one area, on the range of the others.

    Args:
        found: verdicts by all areas of the level, from `reports.verdicts.judged`.
        beside: what `around` returns for these items and more.
        area: the area.

    Returns:
        Its rows of `found`, in their order, with `others_low` and `others_high` (shares; the others are the areas that
        may be judged) and the columns of `beside`.
    """
    table = found.table
    names, here = table["item"].astype(str), table[area.level].astype(str) == area.name
    rest = ~here & ~table["reason"].isin(list(SILENT))
    band = table.loc[rest, "estimate"].astype(float).groupby(names[rest]).agg(["min", "max"])
    rows = table[here].assign(item=names[here])
    columns = beside.reindex(rows["item"]).set_axis(rows.index)
    low, high = (band[name].reindex(rows["item"]).to_numpy() for name in ("min", "max"))
    rows = rows.assign(**columns, others_low=low, others_high=high)
    return Estimates(rows.reset_index(drop=True), found.meta)


def _city(gathered: StudySample, whole: Selection) -> pd.Series:
    """Return item -> share of the city; kept with the sample, since every area of a batch asks."""
    cache, key = gathered.sample.cells.cache, ("city behind a spine", whole)
    if key not in cache:
        cache[key] = shown(gathered.shares(whole), gathered, whole).table.set_index("item")["estimate"].astype(float)
    found: pd.Series = cache[key]
    return found


def _moved(gathered: StudySample, here: Selection) -> pd.DataFrame:
    """Return the changes of an area, without those of items that may not be compared."""
    moved = since_before(gathered, here)
    if moved["before"].isna().all():
        return moved
    stopped = _stopped(gathered, here)
    return moved.mask(pd.Series([str(item) in stopped for item in moved.index], index=moved.index))


def _stopped(gathered: StudySample, here: Selection) -> frozenset[str]:
    """Return the items that may not be compared with the previous wave; kept with the sample, since every area asks."""
    cache, key = gathered.sample.cells.cache, ("stopped", here.wave, here.items)
    if key not in cache:
        before, after = (facts(gathered, wave, here) for wave in (gathered.before(here.wave)[-1], here.wave))
        try:
            reasons = objections(before, after)
            cache[key] = frozenset(item for item in here.items if barred(reasons, item))
        except DesignError:  # no district in common
            cache[key] = frozenset(here.items)
    found: frozenset[str] = cache[key]
    return found
