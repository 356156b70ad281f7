"""Differencing: no subtraction of tables with different filters reveals a small group (rule R-06).

Whoever may choose one group at a time (an age, a sex, a kind of place) and see it for the city, its districts and
their streets can obtain the counts

    N(area), N(group, area)    with   sum over groups = N(area),   sum over streets = district,   districts = city

in whatever order. These sums are the balances of a flow: every count is an edge between the two vertices whose
balances it enters. Shown counts are known; a hidden count follows from all shown ones if and only if its edge is a
bridge of the hidden edges (otherwise it lies on a cycle along which one person can move without changing anything
shown). So counts are hidden until no small one is a bridge and every balance hides at least `threshold` answers or
none. Tables of two columns share only N(area), so each is protected separately.
Source: Hundepool et al. 2012, Statistical Disclosure Control, 4.4 (audit); Gusfield 1988, SIAM J. Comput. 17:552
(tables as graphs).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.design.cells import Cells
from analysis.estimation.estimates import Estimates

ALL = ""
"""The group that holds everybody."""
UNKNOWN = "\ue000"
"""An unreported group or area: nobody can ask for it; it is the remainder of a total. No NUL, which numpy cuts off."""
GROUPS, GROUND = "\1", "\2"
"""First elements of the keys of balances that are not themselves a count."""
AREAS = ("district", "street")
SINCE = "since"
"""Key column of published cells: the publication that first showed them."""
DEPTHS = (0, 1, 2)
"""City, district, street."""
Count = tuple[str, ...]
"""A group (ALL: everybody) and its area: nothing (the city), a district, or a district and a street."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A count between two balances.

    Attributes:
        totals: balances in which the count is the sum.
        parts: balances in which the count is an addend; with `totals`, two vertices.
        people: number of answers.
        open: whether the count may be hidden to protect another one.
    """

    totals: tuple[Count, ...]
    parts: tuple[Count, ...]
    people: int
    open: bool = True

    @property
    def ends(self) -> tuple[Count, ...]:
        """Both vertices."""
        return self.totals + self.parts


NOTHING_TO_HIDE = ("empty", "suppressed")
Edges = Mapping[Count, Edge]


def hidden_counts(counts: Mapping[tuple[str, str, str], int], threshold: int) -> frozenset[Count]:
    """Return the counts that must not be shown.

    Args:
        counts: (group, district, street) -> answers, UNKNOWN for what was not reported.
        threshold: smallest number of answers that may follow from what is shown.

    Returns:
        The hidden counts; those of everybody do not depend on the groups. A count of 0 is never hidden.
    """
    totals = _totals(counts)
    ground = {key: Edge(*_place(key, grouped=False), people) for key, people in totals.items() if key[0] == ALL}
    hidden = _protect(ground, _small(ground, threshold), threshold)
    edges = {key: Edge(*_place(key), people, open=key[0] != ALL) for key, people in totals.items()}
    dark = {key for key, people in totals.items() if people and (ALL, *key[1:]) in hidden}
    groups = {key: edge for key, edge in edges.items() if key[0] != ALL}
    # First treat everybody's counts as known, in case the groups of another column reveal them.
    inside = _protect(groups, (dark - hidden) | _small(groups, threshold), threshold)
    return frozenset(_protect(edges, inside | hidden, threshold))


def _totals(counts: Mapping[tuple[str, str, str], int]) -> dict[Count, int]:
    """Return every count that may be asked for, the empty ones included."""
    groups = sorted({ALL, *(group for group, _, _ in counts)})
    places = sorted({(district, street) for _, district, street in counts})
    found: dict[Count, int] = {}
    for group in groups:
        for place in places:
            found.update({(group, *place[:depth]): 0 for depth in DEPTHS})
    for (group, *area), people in counts.items():
        for who in (group, ALL):
            for depth in DEPTHS:
                found[who, *area[:depth]] += people
    return found


def _place(key: Count, *, grouped: bool = True) -> tuple[tuple[Count, ...], tuple[Count, ...]]:
    """Return the balances of a count: those in which it is the sum, those in which it is an addend.

    A balance over areas has the key of its sum; one over groups (GROUPS, area). Without groups the streets of everybody
    and the city rest on nothing that is known, the ground.
    """
    group, *area = key
    groups: Count = (GROUPS, *area) if grouped else (GROUND,)
    above, leaf = key[:-1], len(area) == len(AREAS)
    if group == ALL:
        if not area:
            return (key, groups), ()
        return (groups if leaf else key,), (above,)
    if leaf:
        return (), (groups, above)
    return ((key,), (groups,)) if not area else ((key,), (above,))


def _small(edges: Edges, threshold: int) -> set[Count]:
    """Return the counts hidden in any case: too few answers, or not to be asked for."""
    return {key for key, edge in edges.items() if edge.people > 0 and (edge.people < threshold or UNKNOWN in key)}


def _protect(edges: Edges, first: Iterable[Count], threshold: int) -> set[Count]:
    """Hide further counts until no small one follows from what is shown."""
    hidden = set(first)
    while True:
        size = len(hidden)
        _fill(edges, hidden, threshold)
        for key in sorted(_bridges(edges, hidden)):
            if 0 < edges[key].people < threshold and UNKNOWN not in key:
                hidden |= _detour(edges, hidden, key)
        if len(hidden) == size:
            return hidden


def _fill(edges: Edges, hidden: set[Count], threshold: int) -> None:
    """Hide the smallest further parts of every balance whose hidden parts are too few in total."""
    parts: dict[Count, list[Count]] = {}
    for key in edges:
        for vertex in _added(edges, key):
            parts.setdefault(vertex, []).append(key)
    for vertex, keys in parts.items():
        inside = [key for key in keys if key in hidden]
        left = sum(edges[key].people for key in inside)
        if not left or all(UNKNOWN in key for key in inside) or _sum_of(vertex) in hidden:
            continue
        spare = [key for key in keys if key not in hidden and edges[key].open and edges[key].people]
        for key in sorted(spare, key=lambda key: (edges[key].people, key)):
            if left >= threshold:
                break
            hidden.add(key)
            left += edges[key].people


def _added(edges: Edges, key: Count) -> tuple[Count, ...]:
    """Return the balances in which a count is an addend; that of a district's groups follows from its streets."""
    inner = key[0] != ALL and len(key) == 2
    return (*edges[key].parts, (GROUPS, *key[1:])) if inner else edges[key].parts


def _sum_of(vertex: Count) -> Count:
    """Return the count that is the sum of a balance."""
    return (ALL, *vertex[1:]) if vertex[0] == GROUPS else vertex


def _bridges(edges: Edges, hidden: Iterable[Count]) -> set[Count]:
    """Return the hidden counts that follow from what is shown: those on no cycle of hidden counts."""
    near = _neighbours(edges, hidden)
    seen: dict[Count, int] = {}
    low: dict[Count, int] = {}
    found: set[Count] = set()
    for root in near:
        if root in seen:
            continue
        seen[root] = low[root] = len(seen)
        stack: list[tuple[Count, Count, Iterator[tuple[Count, Count]]]] = [(root, (), iter(near[root]))]
        while stack:
            at, came, further = stack[-1]
            step = next(((key, to) for key, to in further if key != came), None)
            if step is None:
                stack.pop()
                if stack:
                    before = stack[-1][0]
                    low[before] = min(low[before], low[at])
                    if low[at] > seen[before]:
                        found.add(came)
            elif step[1] in seen:
                low[at] = min(low[at], seen[step[1]])
            else:
                key, to = step
                seen[to] = low[to] = len(seen)
                stack.append((to, key, iter(near[to])))
    return found


def _neighbours(edges: Edges, keys: Iterable[Count]) -> dict[Count, list[tuple[Count, Count]]]:
    near: dict[Count, list[tuple[Count, Count]]] = {}
    for key in keys:
        for one, other in (edges[key].ends, edges[key].ends[::-1]):
            near.setdefault(one, []).append((key, other))
    return near


def _detour(edges: Edges, hidden: set[Count], key: Count) -> set[Count]:
    """Return the counts to hide so that a hidden one lies on a cycle, losing as few answers as possible."""
    usable = [one for one, edge in edges.items() if one != key and (one in hidden or (edge.open and edge.people))]
    near = _neighbours(edges, usable)
    start, goal = edges[key].ends
    queue: list[tuple[int, Count, tuple[Count, ...]]] = [(0, start, ())]
    done: set[Count] = set()
    while queue:
        cost, at, way = heapq.heappop(queue)
        if at == goal:
            return set(way)
        if at in done:
            continue
        done.add(at)
        for one, to in near.get(at, ()):
            if to not in done:
                price = 0 if one in hidden else edges[one].people
                heapq.heappush(queue, (cost + price, to, (*way, one)))
    return set()


def guard(found: Estimates, cells: Cells, group: str | None, threshold: int) -> Estimates:
    """Mark what would reveal a small group beside the tables of other choices.

    Args:
        found: estimates, one wave per row, by at most one people column, for the city, districts or streets, as
            by-columns and domain together define.
        cells: the cells behind the estimates.
        group: the people column; None for everybody.
        threshold: smallest number of answers shown.

    Returns:
        The same table; `flag` is "secondary_suppression" where it held nothing graver, and `suppression.protect`
        blanks those rows.
    """
    table, where = found.table, found.meta["where"]
    above = dict(zip(*(_texts(cells, name) for name in ("street", "district")), strict=True))
    flag = table["flag"].to_numpy(dtype=object).copy()
    for at, row in enumerate(table.to_dict("records")):
        choice = {name: _only(row.get(name, where.get(name))) for name in ("wave", group, *AREAS) if name}
        street = choice["street"]
        area = (above.get(street, UNKNOWN), street) if street else (choice["district"],) if choice["district"] else ()
        hidden = lattice(cells, str(row["item"]), choice["wave"], group, threshold)
        if flag[at] not in NOTHING_TO_HIDE and ((choice[group] if group else ALL), *area) in hidden:
            flag[at] = "secondary_suppression"
    return Estimates(table.assign(flag=flag), found.meta)


def lattice(cells: Cells, item: str, wave: str, group: str | None, threshold: int) -> frozenset[Count]:
    """Return the hidden counts of one item and wave for every choice of one people column; cached in the cells.

    Where the cells name in `SINCE` the publication that first showed them, earlier publications can be subtracted.
    Their counts and these are systems of equations without common unknowns, so a difference follows exactly when both
    counts do: a count that has grown by a few since any earlier publication is hidden like a small one.
    """
    key = ("lattice", item, wave, group, threshold)
    kept: frozenset[Count] | None = cells.cache.get(key)
    if kept is None:
        inside = _texts(cells, "wave") == wave if wave else np.ones(len(cells), dtype=bool)
        names = [_texts(cells, name)[inside] for name in AREAS]
        who = _texts(cells, group)[inside] if group else np.full(len(names[0]), UNKNOWN, dtype=object)
        answers = pd.Series(cells.n_i[cells.index(item)][inside])
        kept = hidden_counts(_summed(answers, who, names), threshold)
        since = _since(cells)[inside]
        for earlier in np.unique(since)[:-1]:
            kept |= hidden_counts(_summed(answers.where(since > earlier, 0), who, names), threshold)
        cells.cache[key] = kept
    return kept


def _summed(answers: pd.Series[Any], who: Any, names: Sequence[Any]) -> dict[tuple[str, str, str], int]:
    sums = answers.groupby([who, *names], sort=False).sum()
    return dict(zip(sums.index.to_list(), sums.astype(int).to_list(), strict=True))


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
