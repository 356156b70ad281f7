"""Numbered responses: tables of the same responses and groups share cells and weights, others do not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.estimation.sample import Sample
from reports.counted import kept_correlations
from reports.crosstab import answers, numbered
from reports.crosstab.crosstab import Crosstab, crosstab
from reports.crosstab.request import Request
from reports.sample import Counted, options, read_counted
from reports.selection import Selection
from survey.quality.exclusions import decisions_of
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from tests.city_folder import imported_city

SELECTION = Selection(mode="household")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "texts": False}
    return load_study(imported_city(tmp_path_factory.mktemp("numbered") / "city", **size))


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbered, "WEIGHTED", [])


def table(study: Study, row: str, group: str) -> Crosstab:
    return crosstab(study, SELECTION, Request((row,), ((group,),)))


def test_a_table_has_the_same_bits_whatever_was_asked_before(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [("A1", "district"), ("B1", "age"), ("E0", "C2"), ("B1", "A1"), ("E0", "district")]
    one_after_the_other = [table(study, *one) for one in asked]
    assert len(numbered.WEIGHTED) == numbered.KEPT
    for pair, found in zip(asked, one_after_the_other, strict=True):
        monkeypatch.setattr(numbered, "WEIGHTED", [])
        alone = table(study, *pair)
        pd.testing.assert_frame_equal(alone.table, found.table, check_exact=True)
        assert alone.tests == found.tests


def test_another_filter_reads_no_responses_until_others_count(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_correlations, "KEEP_FROM", 1)
    monkeypatch.setattr(answers, "LAST_READ", [])
    own = load_study(shutil.copytree(study.root, tmp_path / "city"))
    request, filtered = Request(("A1",), (("district",),)), replace(SELECTION, conditions=(("sex", ("男",)),))
    alone = crosstab(own, filtered, request)
    crosstab(own, SELECTION, request)
    with monkeypatch.context() as patch:
        patch.setattr(ResponseStore, "read", lambda *_, **__: pytest.fail("read again"))
        pd.testing.assert_frame_equal(crosstab(own, filtered, request).table, alone.table, check_exact=True)
    rows = ResponseStore(own.root / "store").read(["response_id", "wave", "mode"], waves=["W2"]).to_pylist()
    names = [one["response_id"] for one in rows if one["mode"] == "household"]
    decisions_of(own).exclude(names[:50], wave="W2", who="张三", why="测试")
    without = replace(SELECTION, without_excluded=True)
    assert crosstab(own, without, request).table["n"].sum() < crosstab(own, SELECTION, request).table["n"].sum()


def weighted(counted: Counted, **asked: object) -> Sample:
    plan = replace(options(counted.study, SELECTION), roles=(), **asked)  # type: ignore[arg-type]
    return numbered.prepare_numbered(counted, plan, ())[0]


def test_other_responses_weights_or_margins_are_weighted_anew(study: Study) -> None:
    counted = read_counted(study, SELECTION, columns=None)
    rows, first = counted.rows, weighted(counted)
    assert weighted(replace(counted, rows=rows)).weights is first.weights
    fewer = weighted(replace(counted, rows=rows.slice(5)))
    assert fewer.cells.n.sum() < first.cells.n.sum()
    double = pa.array(rows["w_fx"].to_numpy() * np.where(np.arange(rows.num_rows) % 2, 2, 1))
    heavier = rows.set_column(rows.schema.get_field_index("w_fx"), "w_fx", double)
    assert weighted(replace(counted, rows=heavier)).cells.w.sum() > first.cells.w.sum()
    margins = study.margins.assign(population=study.margins["population"] * 2)
    twice = weighted(replace(counted, study=replace(study, margins=margins)))
    assert (twice.cells.weight * twice.weights.factor).sum() == pytest.approx(
        2 * (first.cells.weight * first.weights.factor).sum()
    )
    assert weighted(counted, weights="poststratify").label != first.label


def test_large_samples_are_not_kept(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbered, "MOST_ROWS", 10)
    table(study, "A1", "district")
    assert not numbered.WEIGHTED


def test_rows_of_sums_are_made_one_by_one_where_there_are_many(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = table(study, "B1", "age")
    monkeypatch.setattr(numbered, "MOST_HELD", 0)
    pd.testing.assert_frame_equal(table(study, "B1", "age").table, whole.table, check_exact=True)
