"""Bare rates are those of `Sample.rates`, bit for bit, in whatever groups and condition."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.estimation.bare_rates import bare_rates
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.sample import Sample
from reports.sample import gather
from reports.selection import Selection
from survey.errors import DesignError
from survey.study.study import load_study
from tests.city_folder import imported_city

COLUMNS = ("wave", "district", "street", "age", "sex", "place")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = imported_city(
        tmp_path_factory.mktemp("bare") / "city", districts=3, streets_per_district=2, communities_per_street=2,
        texts=False,
    )  # fmt: skip
    return gather(load_study(root), Selection(mode="household")).sample


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_they_are_the_rates_of_the_sample(sample: Sample, data: st.DataObject) -> None:
    names = [item.name for item in sample.cells.items]
    items = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True))
    by = tuple(data.draw(st.lists(st.sampled_from(COLUMNS), max_size=2, unique=True)))
    where: Mapping[str, Any] = {
        name: tuple(data.draw(st.lists(st.sampled_from(sorted(map(str, sample.cells.codes(name)[1]))), min_size=1)))
        for name in data.draw(st.lists(st.sampled_from(COLUMNS), max_size=2, unique=True))
    }
    whole, bare = sample.rates(item=items, by=by, where=where), bare_rates(sample, items, by, where)
    same = ["item", "measure", *by, "n", "estimate"]
    pd.testing.assert_frame_equal(bare.table[same], whole.table[same], check_exact=True)
    for flag in ("empty", "suppressed"):
        assert np.array_equal(bare.table["flag"] == flag, whole.table["flag"] == flag)
    assert {name: whole.meta[name] for name in bare.meta} == dict(bare.meta)
    hidden = [protect(one).table[["n", "estimate"]] for one in (bare, whole)]
    pd.testing.assert_frame_equal(*hidden, check_exact=True)


def test_an_unknown_item_is_refused(sample: Sample) -> None:
    with pytest.raises(DesignError):
        bare_rates(sample, ["没有"])
