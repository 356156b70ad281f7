"""Copied texts: pairs by cluster, flags by area, and no finding where nobody copied."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from analysis.integrity.clusters import clusters_of
from analysis.integrity.copied_texts import CopiedTexts, copied_in_area, copied_texts, copy_pairs
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.quality.sheet import ResponseSheet, open_sheet

SPEECH = "希望有关部门加强管理改善居住环境"


@pytest.fixture(scope="module")
def city() -> MockCity:
    return draw(MockSpec(districts=2, streets_per_district=2, communities_per_street=2, waves=1, faults=False))


@pytest.fixture(scope="module")
def sheet(city: MockCity) -> ResponseSheet:
    rows = city.responses()
    return open_sheet(rows.filter(pc.equal(rows["mode"].cast(pa.string()), "household")), city.questionnaire)


def _texts(sheet: ResponseSheet, written: list[str]) -> pa.Table:
    names = sheet.rows["response_id"].to_pylist()[: len(written)]
    return pa.table({"response_id": names, "item": ["H1"] * len(written), "text": written})


def test_copies_are_found_question_by_question(sheet: ResponseSheet) -> None:
    texts = _texts(sheet, [SPEECH, f"{SPEECH}。", "路灯坏了两个月没人来修", "停车难"])
    found = copied_texts(sheet, texts)
    assert found.row.tolist() == [0, 1]
    assert found.group.tolist() == [0, 0]
    assert found.written[:5].tolist() == [True, True, True, False, False]
    other = pa.concat_tables([texts, texts.set_column(1, "item", pa.array(["H2"] * 4))])
    assert sorted(copied_texts(sheet, other).group.tolist()) == [0, 0, 1, 1]
    stranger = texts.set_column(0, "response_id", pa.array(["nobody"] * 4))
    assert len(copied_texts(sheet, stranger).row) == 0


def test_pairs_sum_to_the_share_copied(sheet: ResponseSheet, city: MockCity) -> None:
    clusters = clusters_of(sheet, city.city.areas)
    mine = np.flatnonzero(clusters.of_row == 0)[:4]
    copied = CopiedTexts(mine, np.zeros(4, dtype=np.int64), np.ones(len(sheet), dtype=bool))
    block = np.flatnonzero(clusters.block == clusters.block[0])
    pairs = copy_pairs(copied, clusters)(block)
    # All four copies lie in one cluster: four interviews were copied.
    assert pairs.sum() == pytest.approx(4)
    assert pairs[0, 0] == pytest.approx(4)
    apart = replace(copied, row=np.array([np.flatnonzero(clusters.of_row == one)[0] for one in block[:4]]))
    spread = copy_pairs(apart, clusters)(block)
    assert np.trace(spread) == pytest.approx(0)
    assert spread == pytest.approx(spread.T)
    assert spread.sum() == pytest.approx(4)


def test_areas_are_flagged_by_their_own_copies() -> None:
    copied = CopiedTexts(np.array([0, 1, 2]), np.array([0, 0, 0]), np.array([True, True, True, True, False]))
    found = copied_in_area(copied, np.array([0, 0, 1, 1, 1]))
    assert found[:4].tolist() == [1, 1, 0, 0]
    assert np.isnan(found[4])
    assert copied_in_area(copied, np.full(5, -1))[:4].tolist() == [0, 0, 0, 0]
