"""Change between waves: what may be compared, what moved, and what improved."""

from dataclasses import replace
from datetime import date

import pytest

from analysis.areas.verdicts import area_verdicts
from analysis.decisions.waves.change import changes
from analysis.decisions.waves.comparable_waves import WaveFacts, barred, objections, reworded, wave_facts
from analysis.decisions.waves.look_back import ChangeOutcome, look_back
from analysis.decisions.waves.remeasure import measure_again
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.study.plans.rectification import Entry
from tests.analysis.mock_sample import city, heads, sample

DISTRICTS = frozenset(city().city.districts)


def facts(name: str, **other: object) -> WaveFacts:
    return replace(WaveFacts(name, frozenset({"a"}), {}, DISTRICTS, 100.0), **other)  # type: ignore[arg-type]


PAIR = (facts("W1"), facts("W2"))


def test_equal_waves_raise_no_objection() -> None:
    assert objections(*PAIR) == ()


def test_facts_of_the_mock_waves_agree() -> None:
    asked = city().questionnaire
    old = {asked.fingerprint: asked}
    pair = [wave_facts(sample(), wave, [asked.fingerprint], old, heads()) for wave in ("W1", "W2")]
    assert objections(pair[0], pair[1]) == ()
    assert pair[0].residents == pytest.approx(pair[1].residents)


def test_an_unavailable_other_questionnaire_bars_everything() -> None:
    found = objections(facts("W1"), facts("W2", fingerprints=frozenset({"b"})))
    assert barred(found, "A1")
    assert "问卷不是同一份" in found[0].text


def test_only_the_items_whose_wording_changed_are_barred_and_shown_side_by_side() -> None:
    before = facts("W1", wordings={"A1": {"题目": "您知道吗"}, "E0": {"题目": "满意吗", "选项": "1 满意"}})
    words = {"A1": {"题目": "您知道吗"}, "E0": {"题目": "很满意吧", "选项": "1 满意"}}
    after = facts("W2", fingerprints=frozenset({"b"}), wordings=words)
    found = objections(before, after)
    assert barred(found, "E0")
    assert not barred(found, "A1")
    assert "E0" in found[0].text
    assert reworded(before, after).to_dict("records") == [
        {"item": "E0", "part": "题目", "before": "满意吗", "after": "很满意吧"}
    ]


def test_another_questionnaire_with_the_same_wording_is_reported_not_barred() -> None:
    words = {"A1": {"题目": "您知道吗"}}
    found = objections(facts("W1", wordings=words), facts("W2", fingerprints=frozenset({"b"}), wordings=words))
    assert not barred(found, "A1")
    assert "逐字相同" in found[0].text


def test_an_item_whose_wording_changed_loses_its_number_and_the_others_keep_theirs() -> None:
    asked = heads()
    words = {rate.name: {"题目": rate.label} for rate in asked}
    pair = (
        facts("W1", wordings=words),
        facts("W2", fingerprints=frozenset({"b"}), wordings={**words, asked[0].name: {"题目": "另一种问法"}}),
    )
    found = changes(sample(), asked, pair, {}).table.set_index("item")
    assert found.loc[asked[0].name, "moved"] == "barred"
    assert found["estimate"].isna().sum() == 1


def test_disjoint_districts_cannot_be_compared() -> None:
    with pytest.raises(DesignError, match="没有共同的区县"):
        objections(facts("W1", districts=frozenset({"甲"})), facts("W2", districts=frozenset({"乙"})))


def test_a_district_of_one_wave_is_reported_and_left_out() -> None:
    names = sorted(DISTRICTS)
    pair = (facts("W1", districts=frozenset(names[1:])), facts("W2"))
    found = objections(*pair)
    assert names[0] in found[0].text
    assert not found[0].grave


def test_another_population_bars() -> None:
    assert barred(objections(facts("W1"), facts("W2", residents=120.0)), "A1")


def test_the_planted_change_is_seen_with_its_sign_and_others_are_not() -> None:
    found = changes(sample(), heads(), PAIR, {}, ("district",)).table
    planted = {(one.measure, one.district): one.direction for one in city().truth.plan.changes}
    assert planted
    for row in found.itertuples():
        direction = planted.get((str(row.measure), str(row.district)))
        true = {"improved": 0.09, "worsened": -0.09}.get(direction or "", 0.0)
        assert row.conf_low - 0.04 < true < row.conf_high + 0.04
        assert row.detectable > 0


def test_barred_changes_show_no_number() -> None:
    found = changes(sample(), heads(), (facts("W1"), facts("W2", fingerprints=frozenset({"b"}))), {}).table
    assert set(found["moved"]) == {"barred"}
    assert found["estimate"].isna().all()


def verdicts(one: Sample) -> tuple[Estimates, Estimates]:
    found = [area_verdicts(one, heads(), city().targets, {"wave": wave}) for wave in ("W1", "W2")]
    return found[0], found[1]


def test_look_back_follows_the_verdict() -> None:
    found = look_back(verdicts(sample()), changes(sample(), heads(), PAIR, {}, ("district",)))
    assert len(found)
    for row in found.itertuples():
        assert (row.outcome == ChangeOutcome.MENDED) == (row.verdict_now == "达标")
        assert row.outcome != ChangeOutcome.BETTER or row.conf_low > 0
    barred_pair = (facts("W1"), facts("W2", fingerprints=frozenset({"b"})))
    again = look_back(verdicts(sample()), changes(sample(), heads(), barred_pair, {}, ("district",)))
    assert set(again["outcome"]) == {ChangeOutcome.NOT_COMPARABLE}


def entry(area: str, target: float) -> Entry:
    return Entry(1, area, "E0", "W1", 1, 0.7, target, "单位", date(2026, 12, 31), "措施")


def test_measuring_again_uses_the_line_of_the_entry() -> None:
    area, rate = city().city.districts[0], city().questionnaire.rate("E0")
    easy = measure_again(sample(), rate, entry(area, 0.30), "W2", 7)
    hard = measure_again(sample(), rate, entry(area, 0.99), "W2", 7)
    assert easy.mended
    assert not hard.mended
    assert "没到的可能" in hard.reason
    assert easy.version == 7


def test_too_few_answers_cannot_close_an_entry() -> None:
    few = replace(sample(), suppression=10_000)
    with pytest.raises(DesignError, match="不能复测"):
        measure_again(few, city().questionnaire.rate("E0"), entry(city().city.districts[0], 0.8), "W2", 1)
    assert len(look_back(verdicts(few), changes(few, heads(), PAIR, {}, ("district",)))) == 0


def test_a_red_light_cannot_close_an_entry() -> None:
    area = city().city.districts[0]
    with pytest.raises(DesignError, match="真实性红灯"):
        measure_again(sample(), city().questionnaire.rate("E0"), entry(area, 0.30), "W2", 1, red={area})
