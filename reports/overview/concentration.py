"""Where the weakness of a district is concentrated: streets, kinds of place and ages below the rest of the district."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.estimation.contrasts import Comparison, against_rest
from analysis.estimation.multiplicity import benjamini_hochberg
from reports.disclosure import HIDDEN, shown
from reports.fieldwork.area_lights import red_areas
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Row, rows_of

PARTS = ("street", "place", "age")
"""Columns whose groups are compared, the nearest to action first."""
MOST = 3
"""Number of groups that are named."""


@dataclass(frozen=True, slots=True)
class Concentration:
    """Groups of one district in which a rate is low.

    Attributes:
        rows: the groups, with `part` (a column of `PARTS`), `group` and `estimate`; may be empty.
        seen: whether they lie below the rest of the district by more than chance; else they are the lowest of each
            column, and the difference is within the margin of error.
    """

    rows: tuple[Row, ...] = ()
    seen: bool = False


def concentration(gathered: StudySample, selection: Selection, rate: str, district: str) -> Concentration:
    """Compare the groups of a district with the rest of it.

    All groups are one family: of those reported as seen, a share of at most q is expected to be wrong (Benjamini &
    Hochberg 1995; q is the accepted probability of a false call of the study). Groups that are suppressed, have few
    answers or a red light are left out.

    Args:
        gathered: a probability sample.
        selection: one wave, without conditions on people.
        rate: name of the rate.
        district: the district.
    """
    parts = [part for column in PARTS if (part := _compared(gathered, selection, rate, (district, column))) is not None]
    if not parts:
        return Concentration()
    table = pd.concat(parts, ignore_index=True)
    table["p_bh"] = benjamini_hochberg(table["p_value"].to_numpy(float))
    low = table[table["difference"].astype(float) < 0].sort_values("estimate", kind="stable")
    seen = low[low["p_bh"] <= gathered.study.false_calls]
    some = seen.head(MOST) if len(seen) else low.drop_duplicates("part").sort_index()
    return Concentration(rows_of(table, some, "part", "group"), bool(len(seen)))


def _compared(gathered: StudySample, selection: Selection, rate: str, where: tuple[str, str]) -> pd.DataFrame | None:
    """Return the groups of a column that may be named: part, group, estimate, difference from the rest, p-value."""
    district, column = where
    if column not in gathered.sample.cells.keys.columns:
        return None
    asked = selection.asking((rate,), (column,)).within(district=district)
    table = shown(gathered.estimates(asked), gathered, asked).table
    if len(table) < 2:
        return None
    comparison = Comparison((rate,), (column,), dict(asked.domain), suppression=gathered.study.suppression)
    apart = against_rest(gathered.sample.basis, comparison).table.set_index(column)[["estimate", "p_value"]]
    apart = apart.rename(columns={"estimate": "difference"})
    found = table[[column, "estimate", "flag"]].join(apart, on=column)
    silent = found["estimate"].isna() | found["flag"].isin([*HIDDEN, "few", "empty"])
    silent |= found[column].astype(str).isin(_red(gathered, selection, column))
    clear = found[~silent].rename(columns={column: "group"})
    return clear.assign(part=column, group=clear["group"].astype(str)) if len(clear) else None


def _red(gathered: StudySample, selection: Selection, column: str) -> frozenset[str]:
    return red_areas(gathered, selection.waves, column) if column == "street" else frozenset()
