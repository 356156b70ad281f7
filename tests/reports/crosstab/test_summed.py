"""Tables of large studies are counted part by part, and equal those of responses in memory, bit for bit."""

from __future__ import annotations

from dataclasses import fields, replace

import pandas as pd
import pytest

from reports.counted import kept_correlations
from reports.crosstab import answers
from reports.crosstab.crosstab import Crosstab, crosstab
from reports.crosstab.request import Marks, Net, Request
from reports.selection import Selection
from survey.quality.exclusions import decisions_of
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

HOUSEHOLD = Selection(mode="household")
REQUESTS = (
    Request(("A1",), (("district",),)),
    Request(("A1", "E0"), (("age", "sex"), ("street",)), marks=Marks.LETTERS),
    Request(("B1",), (("wave",), ("district",))),
    Request(("E",), (("A1",),), nets=(Net("E", "满意", ("很满意", "比较满意")),), means=True),
    Request(("E0",), (("age",),), everyone=True),
    Request(("A1", "B1"), ()),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "texts": False}
    return load_study(imported_city(tmp_path_factory.mktemp("summed") / "city", **size))


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Count every study as a large one."""
    monkeypatch.setattr(answers, "MOST_ROWS", 0)
    monkeypatch.setattr(answers, "LAST_SUMMED", [])
    return monkeypatch


def require_same(found: Crosstab, expected: Crosstab) -> None:
    """Fail unless two tables are the same."""
    pd.testing.assert_frame_equal(found.table, expected.table, check_exact=True)
    assert (found.tests, found.columns, found.lines) == (expected.tests, expected.columns, expected.lines)
    one, two = (
        {at.name: str(getattr(each.provenance, at.name)) for at in fields(each.provenance)}
        for each in (found, expected)
    )
    assert one == two


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("selection", [HOUSEHOLD, replace(HOUSEHOLD, conditions=(("sex", ("男",)),)), Selection()])
def test_they_equal_those_of_responses(
    study: Study, request_: Request, selection: Selection, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = crosstab(study, selection, request_)
    monkeypatch.setattr(answers, "MOST_ROWS", 0)
    monkeypatch.setattr(answers, "LAST_SUMMED", [])
    monkeypatch.setattr(answers, "prepare_numbered", lambda *_: pytest.fail("responses were held"))
    require_same(crosstab(study, selection, request_), expected)


@pytest.mark.usefixtures("large")
def test_excluded_answers_are_left_out(study: Study) -> None:
    rows = ResponseStore(study.root / "store").read(["response_id", "wave", "mode"], waves=["W2"]).to_pylist()
    names = [one["response_id"] for one in rows if one["mode"] == "household"][:20]
    log, without = decisions_of(study), replace(HOUSEHOLD, without_excluded=True)
    log.exclude(names, wave="W2", who="张三", why="测试")
    try:
        fewer, all_ = (crosstab(study, one, REQUESTS[0]).table["n"].iloc[0] for one in (without, HOUSEHOLD))
        assert 0 < all_ - fewer <= 20
    finally:
        log.restore(names, wave="W2", who="张三", why="测试")


def test_a_multiple_choice_among_the_groups_and_a_condition_need_responses(
    study: Study, large: pytest.MonkeyPatch
) -> None:
    asked = (Request(("A1",), (("B1",),)), Request(("A1",), (("district",),), where="{age} = 1"))
    found = [crosstab(study, HOUSEHOLD, one) for one in asked]
    large.setattr(answers, "MOST_ROWS", 1 << 21)
    for one, request_ in zip(found, asked, strict=True):
        require_same(one, crosstab(study, HOUSEHOLD, request_))


def test_another_filter_counts_nothing_again(study: Study, large: pytest.MonkeyPatch) -> None:
    large.setattr(kept_correlations, "KEEP_FROM", 1)
    first = crosstab(study, HOUSEHOLD, REQUESTS[1])
    large.setattr(answers, "counted_cells", lambda *_: pytest.fail("counted again"))
    waves = replace(HOUSEHOLD, waves=("W1",))
    assert not crosstab(study, waves, REQUESTS[1]).table.equals(first.table)
    with pytest.raises(pytest.fail.Exception, match="counted again"):
        crosstab(study, waves, REQUESTS[0])
