"""What is usual: an even part of the answers, with districts that nobody was interviewed in."""

import numpy as np
import pyarrow as pa
import pytest

from analysis.integrity.sums import usual
from analysis.integrity.sums.usual import even_part, usual_of
from survey.quality.effort.graded import PRIOR
from survey.quality.sheet import open_sheet
from tests.analysis.integrity.twins import inspected


def test_few_answers_are_all_taken_and_many_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    case = inspected(True)
    assert even_part(case.rows) is case.rows
    monkeypatch.setattr(usual, "PART", 300)
    part = even_part(case.rows)
    step = -(-case.rows.num_rows // 300)
    assert part["response_id"].to_pylist() == case.rows["response_id"].to_pylist()[::step]


@pytest.mark.parametrize("piece", [1, 7, 200, 2_000])
def test_pieces_hold_the_same_part_as_the_whole(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    rows = inspected(True).rows
    monkeypatch.setattr(usual, "PART", 300)
    parts = [even_part(rows.slice(at, piece), at, rows.num_rows) for at in range(0, rows.num_rows, piece)]
    assert pa.concat_tables(parts)["response_id"].to_pylist() == even_part(rows)["response_id"].to_pylist()


def test_a_district_without_interviews_has_the_levels_of_anybody() -> None:
    case = inspected(True)
    areas = case.city.city.areas
    frame = areas.frame
    home = frame.loc[frame["district"] == areas.districts[0], "psu"]
    away = case.rows.filter(~np.isin(case.rows["psu"].to_numpy(), home))
    found = usual_of(open_sheet(away, case.city.questionnaire), areas)
    names = np.unique(["", *frame["district"]])
    for levels in found.levels:
        assert levels.shape[0] == len(names)
        np.testing.assert_allclose(levels[names == areas.districts[0]][0], PRIOR, rtol=1e-6)
        assert np.abs(levels[names == areas.districts[1]][0] - PRIOR).max() > 0.01


def test_the_yardstick_of_a_wave_is_its_own() -> None:
    case = inspected(True)
    found = usual_of(case.sheet, case.city.city.areas)
    assert case.sheet.paced(found.pace).tolist() == case.sheet.pace.tolist()
    item = case.sheet.places["C1"]
    codes = case.sheet.codes[case.sheet.substantive[:, item], item]
    assert np.isclose(found.mean, codes.mean()).any()
    assert np.isclose(found.deviation, codes.std()).any()
