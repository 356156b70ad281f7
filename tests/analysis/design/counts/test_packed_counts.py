"""Columns of short codes are counted together, to the same cells; others are left to be counted by themselves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from analysis.design import cube
from analysis.design.counts import packed_counts
from analysis.design.counts.cell_terms import lazy_cells, remaining
from analysis.design.counts.counted_rows import count_rows
from analysis.design.counts.layout import Term
from analysis.design.counts.packed_counts import CODES, classes_of
from analysis.design.cube import W_SCALE, build_cells
from survey.instrument.question import BLANK
from survey.instrument.rate import Rate
from tests.analysis.design.counts.test_counting import assert_same

KEYS = ("psu", "wave")
RATES = [
    Rate("A", "", "satisfaction", (("A", (1,)),), "valid", (9,)),
    Rate("A.top", "", "satisfaction", (("A", (1, 2)),), "all", (9,)),
    Rate("B", "", "awareness", (("B", (1,)),), "all"),
    Rate("C", "", "awareness", (("C", (1,)),), "all"),
]


def answers(n: int, **columns: pa.Array) -> pa.Table:
    """Draw answers in a few cells, some of them NULL; columns that are given take the place of drawn ones."""
    rng = np.random.default_rng(5)
    drawn = {
        "psu": pa.array(np.sort(rng.integers(0, 3, n))),
        "wave": pa.array(["W1"] * n),
        **{name: pa.array(rng.choice([1, 2, 9, BLANK], n).astype(np.int8), mask=rng.random(n) < 0.2) for name in "ABC"},
    }
    return pa.table(drawn | columns)


def reads_and_cells(table: pa.Table, slices: int = 1) -> list[tuple[str, ...]]:
    """Compare the cells with those of the query; return the columns that were read for rates, one entry a read."""
    read, size = list[tuple[str, ...]](), table.num_rows // slices

    def reader(at: int):  # type: ignore[no-untyped-def]
        def columns(names: list[str]) -> pa.Table:
            read.append(tuple(names))
            return table.slice(at * size, size).select(names)

        return columns

    rows = count_rows([reader(at) for at in range(slices)], KEYS, "", W_SCALE, RATES)
    found = None if rows is None else remaining([Term(1, rows)], KEYS)
    assert found is not None
    cells = lazy_cells(found, RATES, W_SCALE)
    with pytest.MonkeyPatch.context() as query:
        query.setattr(cube, "count_cells", lambda *_: None)
        assert_same(cells, build_cells(table, RATES, ["wave"]))
    return read[slices:]


def test_columns_of_the_rates_asked_for_are_read_together() -> None:
    assert reads_and_cells(answers(60)) == [("A", "B", "C")]


def test_as_many_columns_as_the_bits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    # at most 31 responses a cell need 5 bits, 7 with those to spare: 4 classes of A, 2 of B, 2 of C
    monkeypatch.setattr(packed_counts, "BITS", 8 * 7 - 1)
    assert reads_and_cells(answers(60)) == [("A", "B"), ("C",)]


def test_numbers_are_taken_apart_before_a_class_outgrows_its_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    apart, taken = list[int](), packed_counts._Packing._take_apart

    def counts(packing: packed_counts._Packing) -> None:
        apart.append(packing._load)
        taken(packing)

    monkeypatch.setattr(packed_counts._Packing, "_take_apart", counts)
    one = answers(31, A=pa.array([1] * 31, pa.int8()), psu=pa.array([7] * 31))
    reads_and_cells(pa.concat_tables([one] * 60), slices=60)
    assert apart == [5 * 31] * 14 + [4 * 31]  # 8 classes have 7 bits each, which hold 127


@pytest.mark.parametrize(
    "wide",
    [
        pa.array([None, -128, 1, 2] * 15, pa.int8()),  # -128 stands for NULL
        pa.array([None, 1, 300, 2] * 15, pa.int16()),
        pa.array([None, 1, 70_000, 2] * 15, pa.int32()),
    ],
)
def test_a_column_of_other_codes_is_counted_by_itself(wide: pa.Array) -> None:
    read = reads_and_cells(answers(60, B=wide))
    assert read[0] == ("A", "B", "C")
    assert set(read[1:]) == {("B",)}


def test_codes_that_all_rates_treat_alike_are_one_class() -> None:
    found = classes_of("A", tuple(RATES[:2]))
    kinds = {code: found.of_code[code == CODES][0] for code in (1, 2, 3, 4, 9, BLANK, -128)}
    assert len(found) == 4
    assert len({kinds[1], kinds[2], kinds[3], kinds[9]}) == 4
    assert (kinds[3], kinds[9]) == (kinds[4], kinds[BLANK])
    assert kinds[-128] == len(found)  # NULL is in no base
    assert (found.base.sum(), found.yes.sum()) == (3 + 4, 1 + 2)
