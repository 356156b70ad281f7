"""The whole report on a city with planted faults and on its honest twin."""

import numpy as np
import pyarrow as pa
import pytest

from analysis.integrity.combine import Light
from analysis.integrity.hints import figure
from analysis.integrity.lights import STOP_SHARE, area_lights
from analysis.integrity.report import EVIDENCE, IntegrityInput, inspect
from analysis.integrity.signals import SIGNALS
from analysis.integrity.sums import district_rows
from analysis.integrity.sums.district_rows import compared, rows_by_district
from analysis.integrity.wave_jumps import mode_gaps, wave_jumps
from survey.errors import ArgumentError
from survey.quality.sheet import open_sheet
from survey.study.lexicon import official_phrases
from tests.analysis.integrity.twins import inspected, part


def red(units: object) -> set[str]:
    return set(units.loc[units["light"] == Light.RED, "name"])  # type: ignore[attr-defined]


def test_the_fabricator_and_both_coached_communities_are_red_and_nobody_else() -> None:
    case = inspected(True)
    assert red(case.found.interviewers) == case.planted("fabricated")
    assert red(case.found.areas) == case.planted("coached")


def test_the_honest_twin_has_no_red_light() -> None:
    case = inspected(False)
    assert not red(case.found.interviewers)
    assert not red(case.found.areas)


def test_the_evidence_names_what_was_planted() -> None:
    case = inspected(True)
    maker = case.found.of("interviewer", next(iter(case.planted("fabricated"))))
    loud = set(maker.loc[maker["p"] <= 0.001, "signal"])
    assert {"match", "unsure", "pace", "burst", "effect"} <= loud
    unit = case.found.areas.loc[case.found.areas["light"] == Light.RED, "unit"].iloc[0]
    coached = case.found.of("area", unit).set_index("signal")
    assert {"topbox", "spread", "staff", "slogan"} <= set(coached.index[coached["p"] <= 0.001])
    assert coached.loc["topbox", "value"] > coached.loc["topbox", "expected"] + 0.2
    assert list(case.found.evidence.columns) == EVIDENCE
    assert set(case.found.evidence["signal"]) <= set(SIGNALS)


@pytest.mark.parametrize("faults", [True, False])
def test_what_is_shown_in_percent_is_a_share(faults: bool) -> None:
    for row in inspected(faults).found.evidence.dropna(subset=["value"]).to_dict("records"):
        if figure(SIGNALS[row["signal"]], row["value"], row["level"]).endswith("%"):
            assert 0 <= row["value"] <= 1, row
            assert 0 <= row["expected"] <= 1, row


def test_numbers_for_each_interview_are_counted_not_in_percent() -> None:
    case = inspected(True)
    maker = case.found.of("interviewer", next(iter(case.planted("fabricated")))).set_index("signal")
    assert figure(SIGNALS["burst"], maker.loc["burst", "value"], "interviewer").endswith(" 对")
    assert figure(SIGNALS["copied"], 1.317, "interviewer") == "每份 1.32 条"
    assert figure(SIGNALS["copied"], 0.75, "area") == "75.0%"


def test_single_signals_of_honest_interviewers_are_rarely_significant() -> None:
    found = inspected(False).found.evidence
    p = found.loc[found["level"] == "interviewer", "p"].dropna()
    assert np.mean(p <= 0.05) < 0.08
    assert p.min() >= 1e-4


def test_a_red_interviewer_stops_the_ranking_of_the_district_and_asks_for_interviews() -> None:
    case = inspected(True)
    lights = area_lights(case.found, case.rows, case.city.city.areas)
    maker = case.found.interviewers.iloc[0]
    light = lights[maker["district"]]
    assert not light.may_rank
    assert light.doubtful == maker["n"]
    assert light.doubtful / light.n >= STOP_SHARE
    assert 0.05 * light.doubtful <= light.again <= light.doubtful
    assert all(light.may_rank for name, light in lights.items() if name != maker["district"])
    honest = inspected(False)
    assert all(
        one.may_rank for one in area_lights(honest.found, honest.rows, honest.city.city.areas, "street").values()
    )


def test_the_same_answers_give_the_same_report() -> None:
    case = inspected(False)
    what = IntegrityInput(case.sheet, case.city.city.areas)
    first, second = inspect(what, draws=199), inspect(what, draws=199)
    assert first.evidence.equals(second.evidence)


def test_a_very_large_district_is_judged_by_an_even_part(monkeypatch: pytest.MonkeyPatch) -> None:
    case = inspected(True)
    monkeypatch.setattr(district_rows, "COMPARED", 250)
    thinned = 0
    for rows in rows_by_district(case.sheet, case.city.city.areas).values():
        found = compared(None, rows)
        count = len(rows.clusters)
        before, after = (np.bincount(one, minlength=count) for one in (rows.cluster[rows.able], found.able_cluster()))
        step = -(-int(before.sum()) // 250)
        assert (after == -(-before // step)).all()
        thinned += step > 1
    assert thinned
    found = inspect(IntegrityInput(case.sheet, case.city.city.areas, case.city.texts(), official_phrases()))
    assert red(found.interviewers) == case.planted("fabricated")


def test_responses_without_interviewers_or_places_are_no_error() -> None:
    case = inspected(True)
    online = open_sheet(part(case.city.responses(), "W2", "online"), case.city.questionnaire)
    found = inspect(IntegrityInput(online, case.city.city.areas), draws=99)
    assert found.interviewers.empty
    nothing = open_sheet(case.rows.slice(0, 0), case.city.questionnaire)
    empty = inspect(IntegrityInput(nothing, case.city.city.areas), draws=99)
    assert empty.interviewers.empty
    assert empty.areas.empty


def test_small_units_are_grey() -> None:
    case = inspected(True)
    few = open_sheet(case.rows.slice(0, 90), case.city.questionnaire)
    found = inspect(IntegrityInput(few, case.city.city.areas), draws=99)
    small = found.interviewers[found.interviewers["n"] < 20]
    assert len(small)
    assert set(small["light"]) == {Light.GREY}
    assert small["p"].isna().all()


def test_a_jump_on_leafleted_items_alone_is_found() -> None:
    case = inspected(False)
    before = open_sheet(part(case.city.responses(), "W1", "household"), case.city.questionnaire)
    district = case.city.city.districts[3]
    quiet = wave_jumps(before, case.sheet, case.city.city.areas, ["A5", "A8"])
    assert (quiet["q"] > 0.05).all()
    frame = case.city.city.areas.frame
    codes = set(frame.loc[frame["district"] == district, "psu"])
    there = np.isin(case.rows["psu"].to_numpy(), list(codes))
    rows = case.rows
    for name in ("A5", "A8"):
        values = np.where(there, 1, rows[name].fill_null(3).to_numpy())
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values.astype(np.int8)))
    jumps = wave_jumps(before, open_sheet(rows, case.city.questionnaire), case.city.city.areas, ["A5", "A8"])
    assert jumps["district"].iloc[0] == district
    assert jumps["q"].iloc[0] <= 0.05
    assert jumps["value"].iloc[0] > 0.2
    with pytest.raises(ArgumentError, match="单上和单外"):
        wave_jumps(before, case.sheet, case.city.city.areas, ["E0"])


def test_modes_are_compared_district_by_district() -> None:
    case = inspected(False)
    online = open_sheet(part(case.city.responses(), "W2", "online"), case.city.questionnaire)
    table = mode_gaps(case.sheet, online, case.city.city.areas)
    assert set(table["district"]) == set(case.city.city.districts)
    assert table["n"].sum() <= len(online)
    assert table["value"].between(-0.3, 0.3).all()
