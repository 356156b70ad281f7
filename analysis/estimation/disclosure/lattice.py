"""The counts of one item and wave that must not be shown, in one publication and beside all earlier ones (rule R-06).

Earlier publications can be subtracted. Their counts and the present ones are systems of equations without common
unknowns, so a difference follows exactly when both counts do: a count that a few people joined or left since any
earlier publication is hidden like a small one, among the counts of today: what nobody is left in can hide nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.design.cells import Cells
from analysis.estimation.disclosure.differencing import AREAS, PEOPLE, UNKNOWN, Count, hidden_counts, totals_of
from analysis.estimation.estimates import Estimates

SINCE, UNTIL, COUNT = "since", "until", "n"
"""Publication that first showed some answers, the first that did not any more, and their number."""
NOTHING_TO_HIDE = ("empty", "suppressed")
Counts = frozenset[tuple[tuple[str, str, str], int]]
"""Pairs of (group, district, street) and answers."""
Departed = Callable[[str, str, pd.DataFrame], pd.DataFrame]
"""Notes what is shown of an item and wave - the answers by area, column of people and `SINCE` - and returns in the same
columns the answers that an earlier publication showed and this one does not, with `UNTIL`."""


def nobody_left(item: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Return no departures: what was shown before is not known."""
    return answers.head(0).assign(**{UNTIL: 0})


def guard(
    found: Estimates, cells: Cells, group: str | None, threshold: int, departed: Departed = nobody_left
) -> Estimates:
    """Mark what would reveal a small group beside the tables of other choices.

    Args:
        found: estimates, one wave per row, by at most one people column, for the city, districts or streets, as
            by-columns and domain together define.
        cells: the cells behind the estimates.
        group: the people column; None for everybody.
        threshold: smallest number of answers shown.
        departed: what earlier publications showed and this one does not.

    Returns:
        The same table; `flag` is "secondary_suppression" where it held nothing graver, and `suppression.protect`
        blanks those rows.
    """
    table, where = found.table, found.meta["where"]
    above = _districts(cells)
    flag = table["flag"].to_numpy(dtype=object).copy()
    for at, row in enumerate(table.to_dict("records")):
        choice = {name: _only(row.get(name, where.get(name))) for name in ("wave", group, *AREAS) if name}
        street = choice["street"]
        area = (above.get(street, UNKNOWN), street) if street else (choice["district"],) if choice["district"] else ()
        hidden = lattice(cells, str(row["item"]), choice["wave"], group, threshold, departed)
        if flag[at] not in NOTHING_TO_HIDE and ((choice[group] if group else ""), *area) in hidden:
            flag[at] = "secondary_suppression"
    return Estimates(table.assign(flag=flag), found.meta)


def lattice(
    cells: Cells, item: str, wave: str, group: str | None, threshold: int, departed: Departed = nobody_left
) -> frozenset[Count]:
    """Return the hidden counts of one item and wave for every choice of one people column; cached in the cells."""
    key = ("lattice", item, wave, group, threshold)
    kept: frozenset[Count] | None = cells.cache.get(key)
    if kept is None:
        answers = _answers(cells, item, wave, group)
        gone = departed(item, wave, answers)
        now, *layers = (_summed(layer, group) for layer in layers_of(answers, gone))
        changed = frozenset[Count]().union(*(_few(layer, threshold) for layer in layers))
        kept = _hidden(now, threshold, changed)
        cells.cache[key] = kept
    return kept


@lru_cache(maxsize=256)
def _hidden(counts: Counts, threshold: int, changed: frozenset[Count]) -> frozenset[Count]:
    """Return `hidden_counts`; themes of one question, for example, have the same counts."""
    return hidden_counts(dict(counts), threshold, changed)


@lru_cache(maxsize=256)
def _few(counts: Counts, threshold: int) -> frozenset[Count]:
    """Return the counts of answers that came or left which are few; a group of which nobody is left protects none."""
    return frozenset(key for key, people in totals_of(dict(counts)).items() if 0 < people < threshold)


def layers_of(answers: pd.DataFrame, gone: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the answers shown, and those that each earlier publication lacked or had besides.

    Args:
        answers: `SINCE` and `COUNT`; any further columns.
        gone: the same columns, and `UNTIL`.
    """
    yield answers
    since = answers.loc[answers[COUNT] > 0, SINCE].to_numpy()
    for earlier in np.unique(since)[:-1]:
        yield answers.assign(**{COUNT: answers[COUNT].where(answers[SINCE] > earlier, 0)})
    for earlier in np.unique([*gone[SINCE], *(gone[UNTIL] - 1)]):
        yield gone[(gone[SINCE] <= earlier) & (gone[UNTIL] > earlier)]


@dataclass(frozen=True, slots=True)
class _Groups:
    """The groups of the cells of a wave by area, column of people and `SINCE`, in the order in which they first appear.

    Attributes:
        inside: [C] whether a cell belongs to the wave.
        place: the group of each of these cells.
        labels: what names each group.
    """

    inside: npt.NDArray[np.bool_]
    place: npt.NDArray[np.int64]
    labels: pd.DataFrame


def _answers(cells: Cells, item: str, wave: str, group: str | None) -> pd.DataFrame:
    """Return the answers to an item in a wave by area, column of people and `SINCE`."""
    key = ("groups of the lattice", wave, group)
    if key not in cells.cache:
        cells.cache[key] = _groups(cells, wave, group)
    groups: _Groups = cells.cache[key]
    counts = cells.n_i[cells.index(item)][groups.inside]
    sums = np.bincount(groups.place, weights=counts, minlength=len(groups.labels))  # exact below 2^53
    return groups.labels.assign(**{COUNT: sums.astype(counts.dtype)})


def _groups(cells: Cells, wave: str, group: str | None) -> _Groups:
    inside = _texts(cells, "wave") == wave if wave else np.ones(len(cells), dtype=bool)
    people = [name for name in (*PEOPLE, group) if name and name in cells.keys.columns]
    columns = {name: _texts(cells, name)[inside] for name in dict.fromkeys((*AREAS, *people))}
    frame = pd.DataFrame({**columns, SINCE: _since(cells)[inside]})
    by = frame.groupby([*columns, SINCE], sort=False)
    return _Groups(inside, np.asarray(by.ngroup(), dtype=np.int64), by.head(1).reset_index(drop=True))


def _districts(cells: Cells) -> Mapping[str, str]:
    """Return street -> district."""
    key = "districts of the lattice"
    if key not in cells.cache:
        cells.cache[key] = dict(zip(*(_texts(cells, name) for name in ("street", "district")), strict=True))
    found: Mapping[str, str] = cells.cache[key]
    return found


def _summed(answers: pd.DataFrame, group: str | None) -> Counts:
    who = answers[group] if group else pd.Series(UNKNOWN, index=answers.index, name="who", dtype=object)
    names: Sequence[Any] = [answers[name] for name in AREAS]
    sums = answers[COUNT].groupby([who, *names], sort=False).sum()
    return frozenset(zip(sums.index.to_list(), sums.astype(int).to_list(), strict=True))


def _since(cells: Cells) -> Any:
    """Return the publication that first showed each cell; 0 for all where it is not known."""
    return cells.keys[SINCE].to_numpy(dtype=np.int64) if SINCE in cells.keys else np.zeros(len(cells), dtype=np.int64)


def _texts(cells: Cells, name: str) -> Any:
    """Return a key column as text, UNKNOWN where it is missing."""
    codes, labels = cells.codes(name)
    return np.append(labels.astype(str).to_numpy(dtype=object), UNKNOWN)[codes]


def _only(value: Any) -> str:
    """Return the one value of a row or a domain, "" where there is none."""
    values = [] if value is None else [value] if isinstance(value, str) else list(value)
    return str(values[0]) if len(values) == 1 else ""
