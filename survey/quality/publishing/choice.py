"""The answers of the next publication: whoever compares it with those before sees `few` people change, or nobody.

Counts of a street, of its district and of the city are shown beside one another. So the answers of a street that are
new wait until they are twice `few`. Where answers leave (a resident withdraws, an import is undone), others of the
street leave with them, by preference of the same age, sex and kind of place, until of each age and sex in the street
nobody or enough leave. They never come back: their return would reveal who left. What remains, such as a small group of
which all left, or an item that some of them did not answer, is hidden where it is read
(`analysis.estimation.disclosure.lattice`).
Source: Hundepool et al. 2012, Statistical Disclosure Control, 4.6 (linked tables).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Flags = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

KEY = ["wave", "response_id", "row_hash"]
PLACE = ["wave", "mode", "district", "street"]
"""Columns of a street in one table: waves and modes are never shown together."""
LEVELS = (PLACE, PLACE[:3], PLACE[:2])
GROUPS = ["age", "sex", "place"]
"""Columns of groups that are shown by area, one at a time; "" where it is not reported."""
FILLED = 2
"""Number of these columns of which enough leave a street: a kind of place is a matter of few communities."""
ENOUGH = 2
"""Times `few`: new answers of a street that are published; a question that half of them answered grows by `few`."""
SHOWN = 0
"""Value of `until` of an answer that is shown."""
SPARE = 1.2
"""Times `few`: answers that leave together, so that questions that some of them did not answer lose `few`, too."""
COLUMNS = [*KEY, *PLACE[1:], *GROUPS, "since", "until"]


@dataclass(frozen=True, slots=True)
class Choice:
    """The answers of one publication.

    Attributes:
        rows: every answer that was ever shown: KEY, mode, district, street, GROUPS, since (the publication that first
            showed it), until (the first that did not any more, `SHOWN` for none); no id and hash where it no longer
            exists.
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
        now: the answers that count today: KEY, mode, district, street and GROUPS.
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
    leaving = _Leaving(rows, number, int(np.ceil(SPARE * few)))
    left = -1
    while left != (left := int((leaving.until == number).sum())):
        for one in np.unique(leaving.street[leaving.until == number]):
            leaving.fill_street(np.flatnonzero(leaving.street == one))
        for place in leaving.wider:
            for one in np.unique(place[leaving.until == number]):
                leaving.fill_area(np.flatnonzero(place == one))
    return np.asarray((leaving.until == number) & ~gone)


class _Leaving:
    """Answers that leave in one publication.

    Attributes:
        until: [N] as in `Choice.rows`, a later publication in place of `SHOWN`.
        street, wider: [N] numbers of the streets, of the districts and cities.
        groups: [N, G] numbers of the groups of `GROUPS`; -1 where one is not reported.
    """

    def __init__(self, rows: pd.DataFrame, number: int, enough: int) -> None:
        """Number the places and groups of the published answers."""
        self.number, self.enough = number, enough
        self.since = rows["since"].to_numpy()
        self.until = np.where(rows["until"] == SHOWN, number + 1, rows["until"])
        self.street, *self.wider = (
            rows.groupby(level, sort=False, dropna=False).ngroup().to_numpy() for level in LEVELS
        )
        codes = [np.where(rows[name] == "", -1, pd.factorize(rows[name])[0]) for name in GROUPS]
        self.groups = np.column_stack(codes)
        self.rank = np.empty(len(rows), dtype=np.int64)  # oldest first; nobody steers a hash
        self.rank[np.lexsort((rows["row_hash"], self.since))] = np.arange(len(rows))

    def fill_street(self, at: Positions) -> None:
        """Let answers of one street leave until since every publication nobody or enough did, of every age and sex."""
        for shown in self._publications(at):
            while len(one := self._best(shown)):
                self.until[one] = self.number

    def fill_area(self, at: Positions) -> None:
        """Let answers of one of the streets leave until since every publication nobody or enough left the area.

        A few of several streets would be few in each.
        """
        for shown in self._publications(at):
            usable = shown[self.until[shown] > self.number]
            if len(usable) and len(shown) - len(usable) < self.enough and len(np.unique(self.street[at])) > 1:
                largest = np.bincount(self.street[usable]).argmax()
                self.until[usable[self.street[usable] == largest][: self.enough]] = self.number

    def _publications(self, at: Positions) -> Iterator[Positions]:
        """Yield the answers that each earlier publication showed, as far as some of them have left."""
        at = at[np.argsort(self.rank[at])]
        for earlier in np.unique([*self.since[at], *self.until[at]]):
            shown = at[(self.since[at] <= earlier) & (self.until[at] > earlier)]
            if earlier < self.number and (self.until[shown] <= self.number).any():
                yield shown

    def _best(self, shown: Positions) -> Positions:
        """Return the answer that brings most groups nearer to enough and begins fewest others; none where all have."""
        gone = self.until[shown] <= self.number
        helps, begins = np.zeros(len(shown)), np.zeros(len(shown))
        for codes in (np.zeros(len(shown), dtype=np.int64), *self.groups[shown, :FILLED].T):
            left = np.bincount(codes[gone] + 1, minlength=codes.max() + 2)[codes + 1]
            helps += ~gone & (codes >= 0) & (left > 0) & (left < self.enough)
            begins += (codes >= 0) & (left == 0)
        alike = np.isin(self.groups[shown, -1], self.groups[shown[gone], -1])
        score = np.where(helps > 0, 4 * helps - 6 * begins + alike, -np.inf)
        return shown[[int(score.argmax())]] if helps.any() else shown[:0]
