"""Sums by cell: parts added up, in whatever order and cut, are the sums of the whole, bit for bit."""

from functools import cache, reduce
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.integrity.sums.measures import MEASURES, measure
from analysis.integrity.sums.tally import STEP, SUMMED, Tally, cells_of, tally_of
from analysis.integrity.sums.usual import Usual, usual_of
from survey.quality.sheet import open_sheet
from tests.analysis.integrity.twins import inspected


@cache
def whole() -> tuple[Usual, Tally]:
    case = inspected(True)
    usual = usual_of(case.sheet, case.city.city.areas)
    return usual, tally_of(case.sheet, case.city.city.areas, usual)


def same(one: Tally, other: Tally) -> bool:
    return one.cells == other.cells and all(
        getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in SUMMED
    )


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 3_000), max_size=3), st.randoms(use_true_random=False))
def test_parts_in_any_order_give_the_sums_of_the_whole(cuts: list[int], chance: object) -> None:
    case, (usual, expected) = inspected(True), whole()
    bounds = sorted({0, len(case.sheet), *(cut % len(case.sheet) for cut in cuts)})
    parts = [case.rows.slice(start, end - start) for start, end in pairwise(bounds)]
    chance.shuffle(parts)  # type: ignore[attr-defined]
    sheets = [open_sheet(rows, case.city.questionnaire) for rows in parts]
    found = reduce(Tally.plus, [tally_of(sheet, case.city.city.areas, usual) for sheet in sheets])
    assert same(found, expected)


def test_the_sums_are_those_of_the_measures() -> None:
    case, (usual, tally) = inspected(True), whole()
    cells, cell = cells_of(case.sheet)
    assert cells == tally.cells
    assert int(tally.rows.sum()) == len(case.sheet)
    measured = measure(case.sheet, np.zeros(len(case.sheet), dtype=np.int64), usual)
    for name in ("pace", "topbox", "misfit", "staff"):
        there, at = np.isfinite(measured[name]), MEASURES.index(name)
        assert tally.known[:, at].tolist() == np.bincount(cell[there], minlength=len(cells)).tolist()
        total = np.bincount(cell[there], measured[name][there], len(cells))
        np.testing.assert_allclose(tally.sums[:, at], total, atol=STEP * tally.rows.max())
    assert not (tally.sums / STEP % 1).any()


def test_what_is_added_to_nothing_known_is_new_cells() -> None:
    case, (usual, tally) = inspected(True), whole()
    few = tally_of(open_sheet(case.rows.slice(0, 40), case.city.questionnaire), case.city.city.areas, usual)
    assert few.plus(tally).cells == tally.cells
    assert few.plus(tally).rows.sum() == tally.rows.sum() + 40
    nothing = tally_of(open_sheet(case.rows.slice(0, 0), case.city.questionnaire), case.city.city.areas, usual)
    assert same(nothing.plus(tally), tally)


@pytest.mark.parametrize("known", ["psu", "interviewer"])
def test_what_is_not_known_is_a_cell_of_its_own(known: str) -> None:
    case = inspected(True)
    rows = case.rows.slice(0, 30)
    column = rows[known].to_pylist()
    rows = rows.set_column(rows.column_names.index(known), known, [[None, *column[1:]]])
    cells, cell = cells_of(open_sheet(rows, case.city.questionnaire))
    psu, owner = cells[cell[0]]
    assert (psu == -1) if known == "psu" else (owner is None)
    assert list(cells) == sorted(cells, key=lambda one: (one[0], one[1] or ""))
