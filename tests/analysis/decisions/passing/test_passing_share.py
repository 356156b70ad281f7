"""The share that a next wave must show is where the verdict of an area turns to 达标, all other areas as now."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.areas.models.beta_binomial import fit
from analysis.decisions.passing.passing_share import passing_share

SHARES = np.array([0.70, 0.75, 0.85, 0.83, 0.84])
SIZES = np.array([180.0, 170.0, 190.0, 175.0, 160.0])


@given(st.integers(0, 4), st.floats(0.6, 0.88), st.floats(0.05, 0.3))
def test_the_verdict_turns_at_that_share(at: int, line: float, q: float) -> None:
    least = passing_share(SHARES, SIZES, at, line, q)
    assert line <= least <= 1
    for share, met in ((least, True), (least - 0.002, False)):
        shown = SHARES.copy()
        shown[at] = share
        if share > line:
            assert (fit(shown, SIZES).below(np.full(5, line))[at] <= q) == met


def test_the_others_draw_an_area_down_and_it_must_show_more() -> None:
    alone = 0.8 + 1.2816 * math.sqrt(0.16 / 180)
    assert passing_share(SHARES, SIZES, 0, 0.8, 0.1) > alone - 0.005
    assert passing_share(SHARES - 0.15, SIZES, 0, 0.8, 0.1) > passing_share(SHARES, SIZES, 0, 0.8, 0.1)


@pytest.mark.parametrize(("line", "size"), [(math.nan, 180.0), (0.8, 0.0), (0.99, 3.0)])
def test_nothing_is_known_without_line_or_answers_or_if_all_is_not_enough(line: float, size: float) -> None:
    sizes = SIZES.copy()
    sizes[0] = size
    assert math.isnan(passing_share(SHARES, sizes, 0, line, 0.1))
