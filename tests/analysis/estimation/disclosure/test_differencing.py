"""Differencing: no small group follows from all the tables that the filters offer."""

from collections.abc import Mapping
from itertools import product

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.disclosure.differencing import ALL, UNKNOWN, Count, hidden_counts
from analysis.estimation.disclosure.lattice import guard, lattice
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.rates import rates
from tests.analysis.synthetic import answers, sample

K = 10
GROUPS = ("老", "中", "青")
PLACES = (("东", "一"), ("东", "二"), ("东", "三"), ("西", "四"), ("西", "五"))
Counts = dict[tuple[str, str, str], int]


def asked(counts: Mapping[tuple[str, str, str], int]) -> dict[Count, set[tuple[str, str, str]]]:
    """Return every count a visitor may ask for, and the cells it adds up."""
    found: dict[Count, set[tuple[str, str, str]]] = {}
    for cell in counts:
        group, *area = cell
        for who, depth in product((group, ALL), range(3)):
            found.setdefault((who, *area[:depth]), set()).add(cell)
    return found


def derivable(known: list[np.ndarray], wanted: np.ndarray) -> bool:
    """Return whether a count is a linear combination of known ones."""
    if not known:
        return False
    base = np.array(known, dtype=float).T
    combination = np.linalg.lstsq(base, wanted, rcond=None)[0]
    return bool(np.abs(base @ combination - wanted).max() < 1e-7)


def leaks(atoms: dict[tuple[str, ...], int], tables: list[dict[Count, set[tuple[str, ...]]]], hidden: list) -> list:
    """Return small counts that follow from all that is shown; a count of 0 is shown, with the counts it includes."""
    empty = {
        cell for table in tables for cells in table.values() if not sum(atoms[cell] for cell in cells) for cell in cells
    }
    there = {atom: at for at, atom in enumerate(atom for atom in atoms if atom not in empty)}

    def vector(cells: set[tuple[str, ...]]) -> np.ndarray:
        line = np.zeros(len(there))
        line[[there[cell] for cell in cells if cell in there]] = 1
        return line

    shown = [
        vector(cells)
        for table, secret in zip(tables, hidden, strict=True)
        for key, cells in table.items()
        if key not in secret and UNKNOWN not in key
    ]
    found = []
    for table in tables:
        for key, cells in table.items():
            people = sum(atoms[cell] for cell in cells)
            if 0 < people < K and UNKNOWN not in key and derivable(shown, vector(cells)):
                found.append((key, people))
    return found


sizes = st.one_of(st.integers(0, 14), st.integers(0, 80))


@settings(max_examples=80, deadline=None)
@given(st.lists(sizes, min_size=15, max_size=15))
def test_no_small_group_follows_from_the_tables_of_one_filter(numbers: list[int]) -> None:
    counts: Counts = {(g, *p): n for (g, p), n in zip(product(GROUPS, PLACES), numbers, strict=True)}
    hidden = hidden_counts(counts, K)
    assert not leaks(counts, [asked(counts)], [hidden])
    small = {key for key, cells in asked(counts).items() if 0 < sum(counts[cell] for cell in cells) < K}
    assert small <= hidden


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.just(0), st.integers(0, 12)), min_size=30, max_size=30))
def test_no_small_group_follows_from_the_tables_of_two_filters(numbers: list[int]) -> None:
    """Ages and sexes by street: each is protected separately, the attacker sees both."""
    people = {
        (age, sex, *place): n
        for (age, sex, place), n in zip(product(GROUPS, ("男", "女"), PLACES), numbers, strict=True)
    }
    tables, hidden = [], []
    for at in (0, 1):
        counts: Counts = {}
        cells: dict[tuple[str, str, str], set[tuple[str, ...]]] = {}
        for atom, n in people.items():
            key = (atom[at], *atom[2:])
            counts[key] = counts.get(key, 0) + n
            cells.setdefault(key, set()).add(atom)
        offered = asked(counts)
        tables.append({key: set().union(*(cells[cell] for cell in parts)) for key, parts in offered.items()})
        hidden.append(hidden_counts(counts, K))
    assert not leaks(people, tables, hidden)


def test_large_groups_are_all_shown_and_totals_do_not_depend_on_the_column() -> None:
    counts: Counts = {(g, *p): 40 for g, p in product(GROUPS, PLACES)}
    assert not hidden_counts(counts, K)
    counts["老", "东", "一"] = 3
    hidden = hidden_counts(counts, K)
    assert ("老", "东", "一") in hidden
    assert 4 <= len(hidden) <= 6  # the smallest cycle through it
    few: Counts = {(g, *p): 40 if p[1] != "四" else 2 for g, p in product(GROUPS, PLACES)}
    merged: Counts = {("x", *p): sum(few[g, *p] for g in GROUPS) for p in PLACES}
    everybody = {key for key in hidden_counts(few, K) if key[0] == ALL}
    assert (
        everybody == {key for key in hidden_counts(merged, K) if key[0] == ALL} == {("", "西", "四"), ("", "西", "五")}
    )


def test_answers_without_a_group_do_not_hide_the_others() -> None:
    counts: Counts = {(g, *p): 40 for g, p in product(GROUPS, PLACES)}
    counts[UNKNOWN, "东", "一"] = 3
    assert hidden_counts(counts, K) == {(UNKNOWN,), (UNKNOWN, "东"), (UNKNOWN, "东", "一")}


def test_estimates_are_marked_by_what_the_lattice_hides() -> None:
    one = sample(answers(psus=4, size=30), collapse=True)
    cells = one.cells.with_keys(street=one.cells.keys["psu"].astype(str), wave="W1")
    item = cells.items[0].name
    found = rates(cells, item=item, by=["street", "age"], design=one.design, where={"wave": "W1"})
    hidden = lattice(cells, item, "W1", "age", 12)
    assert hidden
    marked = protect(guard(found, cells, "age", 12), 12).table
    above = dict(zip(cells.keys["street"], cells.keys["district"].astype(str), strict=True))
    for row in marked.to_dict("records"):
        key = (str(row["age"]), above[row["street"]], row["street"])
        assert (key in hidden) <= bool(pd.isna(row["n"]))
    everybody = guard(rates(cells, item=item, design=one.design, where={"wave": "W1"}), cells, None, 12)
    assert everybody.table["flag"].tolist() != ["secondary_suppression"]
