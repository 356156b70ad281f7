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
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

ALL = ""
"""The group that holds everybody."""
UNKNOWN = "\ue000"
"""An unreported group or area: nobody can ask for it; it is the remainder of a total. No NUL, which numpy cuts off."""
GROUPS, GROUND = "\1", "\2"
"""First elements of the keys of balances that are not themselves a count."""
AREAS = ("district", "street")
PEOPLE = ("age", "sex", "place")
"""Columns of people that readers without raw data may filter or group by, one at a time."""
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


Edges = Mapping[Count, Edge]


def hidden_counts(
    counts: Mapping[tuple[str, str, str], int], threshold: int, changed: Collection[Count] = ()
) -> frozenset[Count]:
    """Return the counts that must not be shown.

    Args:
        counts: (group, district, street) -> answers, UNKNOWN for what was not reported.
        threshold: smallest number of answers that may follow from what is shown.
        changed: further counts that must not follow, because of what was shown before.

    Returns:
        The hidden counts; those of everybody do not depend on the groups. A count of 0 is never hidden.
    """
    totals = totals_of(counts)
    few = {key for key, people in totals.items() if 0 < people < threshold} | {
        key for key in changed if totals.get(key)
    }
    if not few and not any(people and UNKNOWN in key for key, people in totals.items()):
        return frozenset()  # nothing is hidden that could follow
    ground = {key: Edge(*_place(key, grouped=False), people) for key, people in totals.items() if key[0] == ALL}
    hidden = _protect(ground, _small(ground, few), threshold, few)
    edges = {key: Edge(*_place(key), people, open=key[0] != ALL) for key, people in totals.items()}
    dark = {key for key, people in totals.items() if people and (ALL, *key[1:]) in hidden}
    groups = {key: edge for key, edge in edges.items() if key[0] != ALL}
    # First treat everybody's counts as known, in case the groups of another column reveal them.
    inside = _protect(groups, (dark - hidden) | _small(groups, few), threshold, few)
    return frozenset(_protect(edges, inside | hidden, threshold, few))


def totals_of(counts: Mapping[tuple[str, str, str], int]) -> dict[Count, int]:
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


def _small(edges: Edges, few: Collection[Count]) -> set[Count]:
    """Return the counts hidden in any case: those that must not follow, or not to be asked for."""
    return {key for key, edge in edges.items() if edge.people > 0 and (key in few or UNKNOWN in key)}


def _protect(edges: Edges, first: Iterable[Count], threshold: int, few: Collection[Count]) -> set[Count]:
    """Hide further counts until none of `few` follows from what is shown."""
    hidden = set(first)
    while True:
        size = len(hidden)
        _fill(edges, hidden, threshold)
        for key in sorted(_bridges(edges, hidden)):
            if key in few and UNKNOWN not in key:
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
