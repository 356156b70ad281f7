"""Profile: everything that is said of one area, from one sample, built once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.areas.verdict import UNSHOWN, Reason, Verdict, silence, worst_first
from analysis.estimation.estimates import Estimates
from reports import rates
from reports.areas.people import Concerned, concerned
from reports.areas.places import Area
from reports.areas.spine import around, spine
from reports.causes import Items, unknown_or_unhappy
from reports.definitions import headlines
from reports.overview.problems import own_units
from reports.provenance import Provenance, provenance
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Row, rows_of
from survey.instrument.measure import appraisals
from survey.instrument.questionnaire import Rate
from survey.study.plans.letterhead import letterhead

WORST = 3
"""Number of items that a profile splits and assigns."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One area in one wave and mode.

    Attributes:
        area: the area.
        rates: its four rates, from `reports.areas.spine.spine`.
        items: its appraised items, the lowest first; may be empty.
        main: the rate to speak of: the worst confirmed one, else the worst watched one, else the last.
        split: the lowest items, split into unknown and unhappy, with owners; None where nothing may be said.
        units: the units in charge of the rate to speak of.
        lead: the lead unit of its district; "" where study.toml names none.
        people: groups that lack something; may be empty.
        waves: the main rate in all waves.
        others: the main rate in all areas of the level.
        filtered: whether only some residents are counted.
        silent: why nothing may be judged here, one of `analysis.areas.verdict.SILENT`; "" where something may be.
        provenance: provenance of the numbers.
    """

    area: Area
    rates: Estimates
    items: Estimates
    main: Row
    split: Items | None
    units: tuple[str, ...]
    lead: str
    people: tuple[Concerned, ...]
    waves: Estimates
    others: Estimates
    filtered: bool
    silent: str
    provenance: Provenance

    @property
    def gone(self) -> bool:
        """Return whether there are no numbers to show."""
        return self.silent in UNSHOWN

    @property
    def worst(self) -> tuple[Row, ...]:
        """Return the lowest items with an estimate."""
        table = self.items.table
        return rows_of(self.items, table[table["estimate"].notna()].head(WORST), "item")

    @property
    def weak_items(self) -> tuple[Row, ...]:
        """Return the items that are confirmed weak, the lowest first."""
        table = self.items.table
        return rows_of(self.items, table[table["verdict"] == Verdict.WEAK], "item") if len(table) else ()

    @property
    def weak(self) -> tuple[Row, ...]:
        """Return the confirmed rates, the largest shortfall first."""
        table = self.rates.table
        return rows_of(self.rates, worst_first(table[table["verdict"] == Verdict.WEAK]), "item")


Judged = tuple[Estimates, Estimates | None]
"""Verdicts of the headline rates and of some items, each by all areas of the level; None without items."""


def profile(gathered: StudySample, selection: Selection, found: Judged, area: Area) -> Profile | None:
    """Return the profile of an area; None where the selection has no answers from it.

    Args:
        gathered: the sample.
        selection: wave, mode and people, without a condition on areas.
        found: see `Judged`.
        area: the area.
    """
    if area.name not in set(found[0].table[area.level].astype(str)):
        return None
    judged = [one for one in found if one is not None]
    names = [str(name) for one in judged for name in one.table["item"].drop_duplicates()]
    beside = around(gathered, selection.asking(names), area)
    four = spine(found[0], beside, area)
    none = Estimates(four.table.head(0), four.meta)
    items = none if found[1] is None else _lowest_first(spine(found[1], beside, area))
    silent = _silent(four.table)
    main = _main(four)
    rate = gathered.rate(str(main["item"]))
    open_ = silent in ("", Reason.NO_LINE)
    asked = selection.asking([rate.name]).within(**area.condition)
    worst = [str(name) for name in items.table.loc[items.table["estimate"].notna(), "item"].head(WORST)]
    split = unknown_or_unhappy(gathered, selection, area.name, area.level, tuple(worst)) if open_ and worst else None
    four_of_area = selection.asking([one.name for one in headlines(gathered.study)]).within(**area.condition)
    return Profile(
        area,
        four,
        items,
        main,
        split,
        _units(gathered, rate, worst),
        letterhead(gathered.study).named_lead_of(area.path[0]),
        concerned(gathered, selection, area) if open_ else (),
        rates.over_waves(gathered, asked),
        _of_item(found[0], rate.name),
        bool(selection.where),
        silent,
        provenance(gathered, four_of_area, four),
    )


def _lowest_first(items: Estimates) -> Estimates:
    rows = items.table.assign(_share=items.table["estimate"].astype(float)).sort_values("_share", kind="stable")
    return Estimates(rows.drop(columns="_share").reset_index(drop=True), items.meta)


def _of_item(found: Estimates, item: str) -> Estimates:
    return Estimates(found.table[found.table["item"].astype(str) == item].reset_index(drop=True), found.meta)


def _silent(four: pd.DataFrame) -> str:
    """Return the common reason for which no rate of an area is judged; "" where there is none."""
    reasons = set(silence(four)) | set(four.loc[four["verdict"] == "", "reason"])
    if (four["verdict"] != "").any() or len(reasons - {""}) > 1:
        return ""
    return str(next(iter(reasons - {""}), ""))


def _main(four: Estimates) -> Row:
    """Return the rate to speak of."""
    for verdict in (Verdict.WEAK, Verdict.WATCH):
        some = four.table[four.table["verdict"] == verdict]
        if len(some):
            return rows_of(four, worst_first(some), "item")[0]
    return rows_of(four, four.table, "item")[-1]


def _units(gathered: StudySample, rate: Rate, worst: Sequence[str]) -> tuple[str, ...]:
    """Return the units of the lowest items of an appraised rate, of any other rate its own."""
    own = own_units(rate)
    if rate.measure not in appraisals():
        return own
    return tuple(dict.fromkeys(unit for unit in (gathered.rate(name).unit for name in worst) if unit)) or own
