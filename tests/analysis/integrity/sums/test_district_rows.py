"""Interviews of a district: added step by step they give the figures of all together."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.integrity.matching import UNGIVEN
from analysis.integrity.sums import district_rows
from analysis.integrity.sums.district_rows import Compared, DistrictRows, compared, joined, rows_by_district
from survey.quality.sheet import open_sheet
from tests.analysis.integrity.twins import inspected


def drawn(seed: int, size: int) -> DistrictRows:
    rng = np.random.default_rng(seed)
    owners = [(int(psu), owner) for psu in range(1, 5) for owner in ("乙", "甲")]
    taken = sorted(rng.choice(len(owners), min(size, rng.integers(1, 6)), replace=False))
    able = rng.random(size) < 0.8
    codes = rng.choice(np.array([1, 2, 3, UNGIVEN], dtype=np.uint8), (int(able.sum()), 25))
    cluster = np.concatenate([np.arange(len(taken)), rng.integers(0, max(len(taken), 1), size - len(taken))])
    return DistrictRows(tuple(owners[at] for at in taken), cluster, rng.integers(-1, 10**11, size), able, codes)


def same(one: Compared, other: Compared) -> bool:
    return one.rows.clusters == other.rows.clusters and all(
        np.array_equal(first, second)
        for first, second in (
            (one.chosen, other.chosen),
            (one.nearest, other.nearest),
            (one.burst, other.burst),
            (one.rows.cluster, other.rows.cluster),
            (one.able_cluster(), other.able_cluster()),
        )
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=4), st.integers(0, 99), st.sampled_from([6_000, 20]))
def test_interviews_added_step_by_step_are_those_of_all_together(sizes: list[int], seed: int, most: int) -> None:
    parts = [drawn(seed * 10 + at, size) for at, size in enumerate(sizes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(district_rows, "COMPARED", most)
        known = None
        for part in parts:
            known = compared(known, part)
        assert known is not None
        assert same(known, compared(None, joined(parts)))


def test_interviews_go_to_their_district() -> None:
    case = inspected(True)
    areas = case.city.city.areas
    found = rows_by_district(case.sheet, areas)
    home = {int(point.code): point.district for point in areas.points}
    assert sum(len(rows.cluster) for rows in found.values()) == len(case.sheet)
    for district, rows in found.items():
        assert {home[psu] for psu, _ in rows.clusters} == {district}
        assert len(rows.codes) == rows.able.sum()
        assert set(np.unique(rows.cluster)) == set(range(len(rows.clusters)))
    away = open_sheet(case.rows.set_column(
        case.rows.column_names.index("interviewer"), "interviewer", [[None] * case.rows.num_rows]
    ).cast(case.rows.schema), case.city.questionnaire)  # fmt: skip
    assert rows_by_district(away, areas) == {}
