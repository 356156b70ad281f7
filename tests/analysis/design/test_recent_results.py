"""Recent means are those of a fresh calculation, bit for bit, whatever was asked before."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.design import recent_results
from analysis.estimation.linear import Linear, means
from analysis.estimation.sample import Sample
from reports.sample import gather
from reports.selection import Selection
from survey.study.study import load_study
from tests.city_folder import imported_city

NUMBERS = ("estimate", "variance", "n", "size", "spread", "psus", "strata")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = imported_city(
        tmp_path_factory.mktemp("recent") / "city", districts=3, streets_per_district=2, communities_per_street=2,
        texts=False,
    )  # fmt: skip
    return gather(load_study(root), Selection(mode="household")).sample


def require_same(found: Linear, fresh: Linear) -> None:
    """Fail unless two results have the same labels and numbers."""
    pd.testing.assert_frame_equal(found.labels, fresh.labels)
    assert found.items == fresh.items
    for name in NUMBERS:
        assert np.array_equal(getattr(found, name), getattr(fresh, name), equal_nan=True), name
    assert np.array_equal(found.influence.value, fresh.influence.value, equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_they_are_those_of_fresh_cells(sample: Sample, data: st.DataObject) -> None:
    names = [item.name for item in sample.cells.items]
    items = data.draw(st.lists(st.sampled_from(names[:3]), min_size=1, max_size=2, unique=True))
    by = tuple(data.draw(st.lists(st.sampled_from(("wave", "district", "sex")), max_size=2, unique=True)))
    waves = data.draw(st.lists(st.sampled_from(list(sample.cells.codes("wave")[1])), min_size=1, unique=True))
    found = means(sample.basis, items, by=by, where={"wave": waves})
    apart = replace(sample, cells=replace(sample.cells, cache={}))
    require_same(found, means(apart.basis, items, by=by, where={"wave": waves}))


def test_the_same_domains_are_estimated_once(sample: Sample) -> None:
    wave, items = str(sample.cells.codes("wave")[1][0]), [sample.cells.items[0].name]
    whole = list(sample.cells.codes("district")[1])
    first = means(sample.basis, items, by=("district",), where={"wave": wave})
    again = means(sample.basis, items, by=("district",), where={"wave": [wave], "district": whole})
    named = means(sample.basis, items, by=("district", "wave"), where={"wave": (wave,)})
    assert again.influence is first.influence is named.influence
    assert list(named.labels) == ["item", "district", "wave"]
    assert named.labels["wave"].tolist() == [wave] * len(whole)
    assert named.domains.labels is not first.domains.labels


def test_other_weights_items_and_domains_are_estimated_afresh(sample: Sample) -> None:
    items = [sample.cells.items[0].name]
    first = means(sample.basis, items, by=("district",))
    doubled = replace(sample.basis, weights=replace(sample.weights, factor=2.0 * sample.weights.factor))
    assert np.array_equal(means(doubled, items, by=("district",)).size, 2.0 * first.size)
    assert means(sample.basis, [sample.cells.items[1].name], by=("district",)).influence is not first.influence
    assert means(sample.basis, items, by=("sex",)).influence is not first.influence


def test_no_more_than_a_few_small_ones_are_kept(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = replace(sample.cells, cache={})
    basis = replace(sample, cells=cells).basis
    names = [item.name for item in cells.items]
    for name in names[: recent_results.KEPT + 2]:
        means(basis, [name], by=("district",))
    assert len(cells.cache["recent"]) == recent_results.KEPT
    monkeypatch.setattr(recent_results, "LARGEST", 1)
    one = means(basis, names[:1], by=("sex",))
    assert all(kept.result is not one for kept in cells.cache["recent"])
