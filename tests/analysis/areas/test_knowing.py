"""Not knowing and not being content are read from the questionnaire's own options."""

from pathlib import Path

from analysis.areas.knowing import opposite_rates
from survey.instrument.questionnaire import read_questionnaire

DEMO = Path(__file__).parents[3] / "data" / "demo" / "questionnaire.json"


def test_each_item_of_satisfaction_gets_both_rates_and_the_headline_none() -> None:
    questionnaire = read_questionnaire(DEMO)
    found = {rate.name: rate for rate in opposite_rates(questionnaire)}
    assert len(found) == 2 * 22
    assert not [name for name in found if name.startswith("E0")]
    unknown, unhappy = found["E.E3.unknown"], found["E.E3.unhappy"]
    assert unknown.terms == (("E.E3", (98,)),)
    assert unhappy.terms == (("E.E3", (4, 5)),)
    assert {unknown.base, unhappy.base} == {"all"}
    assert unknown.unit == questionnaire.rate("E.E3").unit


def test_favourable_unhappy_unknown_and_the_middle_share_no_code() -> None:
    questionnaire = read_questionnaire(DEMO)
    for rate in opposite_rates(questionnaire):
        plain = questionnaire.rate(rate.name.rpartition(".")[0])
        assert not set(rate.terms[0][1]) & set(plain.terms[0][1])
