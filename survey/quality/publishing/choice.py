"""The answers of the next publication: whoever compares it with those before sees `few` people change, or nobody.

Counts of a street, of its district and of the city are shown beside one another. So the answers of a street that are
new wait until they are twice `few`. Where answers leave (a resident withdraws, an import is undone), others leave with
them until they are `few`, and never come back: their return would reveal who left. Counts of groups and items within a
street are protected where they are read (`analysis.estimation.disclosure.differencing`).
Source: Hundepool et al. 2012, Statistical Disclosure Control, 4.6 (linked tables).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

KEY = ["wave", "response_id", "row_hash"]
PLACE = ["wave", "mode", "district", "street"]
"""Columns of a street in one table: waves and modes are never shown together."""
LEVELS = (PLACE, PLACE[:3], PLACE[:2])
ENOUGH = 2
"""Times `few`: new answers of a street that are published; a question that half of them answered grows by `few`."""
SHOWN = 0
"""Value of `until` of an answer that is shown."""
COLUMNS = [*KEY, *PLACE[1:], "since", "until"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers of one publication.

    Attributes:
        rows: every answer that was ever shown: KEY, mode, district, street, since (the publication that first showed
            it), until (the first that did not any more, `SHOWN` for none); no id and hash where it no longer exists.
        fresh: number of answers shown for the first time.
        waiting: number of answers that wait for others.
        withheld: number of answers that left with others.
        gone: number of answers that no longer exist.
    """

    rows: pd.DataFrame
    fresh: int
    waiting: int
    withheld: int
    gone: int

    @property
    def changed(self) -> bool:
        """Return whether it shows other answers than the one before."""
        return bool(self.fresh or self.withheld or self.gone)


def first_choice(now: pd.DataFrame) -> Choice:
    """Return the first publication: all answers; small counts are hidden where they are read."""
    return Choice(now.assign(since=1, until=SHOWN)[COLUMNS].reset_index(drop=True), len(now), 0, 0, 0)


def next_choice(before: pd.DataFrame, now: pd.DataFrame, number: int, few: int, *, fresh: bool = True) -> Choice:
    """Return the next publication.

    Args:
        before: `Choice.rows` of the last one.
        now: the answers that count today: KEY, mode, district, street.
        number: number of this publication.
        few: fewest people who may change in a street, a district or the city.
        fresh: whether new answers may be shown; those that no longer exist leave in any case.
    """
    known, today = pd.MultiIndex.from_frame(before[KEY]), pd.MultiIndex.from_frame(now[KEY])
    there = known.isin(today)
    gone = ~there & (before["until"] == SHOWN).to_numpy()
    rows = before.assign(
        until=before["until"].mask(gone, number),
        response_id=before["response_id"].where(there, ""),
        row_hash=before["row_hash"].where(there, 0),
    )
    new = now[~today.isin(known)]
    come = new[_enough(new, ENOUGH * few)] if fresh else new.iloc[:0]
    leave = _companions(rows, gone, number, few)
    rows.loc[leave, "until"] = number
    rows = pd.concat([rows, come.assign(since=number, until=SHOWN)[COLUMNS]], ignore_index=True)
    return Choice(rows, len(come), len(new) - len(come), int(leave.sum()), int(gone.sum()))


def _enough(new: pd.DataFrame, few: int) -> Flags:
    """Return which new answers lie in a street that has enough of them."""
    if new.empty:
        return np.zeros(0, dtype=bool)
    return np.asarray(new.groupby(PLACE, dropna=False)["response_id"].transform("size").to_numpy() >= few)


def _companions(rows: pd.DataFrame, gone: Flags, number: int, few: int) -> Flags:
    """Return the shown answers that leave with others, so that since no publication only a few people left a place."""
    since = rows["since"].to_numpy()
    until = np.where(rows["until"] == SHOWN, number + 1, rows["until"])
    places = [rows.groupby(level, sort=False, dropna=False).ngroup().to_numpy() for level in LEVELS]
    order = np.lexsort((rows["row_hash"], since))  # the oldest count against every publication; nobody steers a hash
    left = -1
    while left != (left := int((until == number).sum())):
        for place in places:
            for one in np.unique(place[until == number]):
                inside = np.flatnonzero((place == one)[order])
                _fill(order[inside], places[0], since, until, (number, few))
    return np.asarray((until == number) & ~gone)


def _fill(at: Positions, street: Any, since: Any, until: Any, how: tuple[int, int]) -> None:
    """Let answers of one place leave, in the order of `at`, until since every publication nobody or `few` did."""
    number, few = how
    for earlier in np.unique([*since[at], *until[at]]):
        left = (since[at] <= earlier) & (until[at] > earlier) & (until[at] <= number)
        short = few - int(left.sum())
        if earlier < number and 0 < short < few:
            usable = at[(since[at] <= earlier) & (until[at] > number)]
            count = short if (street[at] == street[at[0]]).all() else few
            until[_of_one_street(usable, street)[:count]] = number


def _of_one_street(usable: Positions, street: Any) -> Positions:
    """Return the answers of the street that has most of them: a few of several would be few in each."""
    if not len(usable):
        return usable
    return np.asarray(usable[street[usable] == np.bincount(street[usable]).argmax()])
