import numpy as np
import pytest

from survey.instrument.question import BLANK
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from survey.instrument.visibility import asked
from survey.mock import MockCity, MockSpec, draw
from survey.mock.wave.session import NULL


def _columns(draft: object) -> dict[str, np.ndarray]:
    return {name: np.where(v == NULL, np.nan, v) for name, v in draft.columns.items()}  # type: ignore[attr-defined]


def test_routing_follows_the_questionnaire(mock: MockCity) -> None:
    """Planted faults never violate the routing."""
    for draft in mock.drafts:
        interviewed = np.full(len(draft.people), draft.people.mode == "household")
        shown = asked(mock.questionnaire, _columns(draft), interviewed=interviewed)
        for question in mock.questionnaire.questions:
            for item in question.items:
                assert ((draft.columns[item.name] != NULL) == shown[question.name]).all(), item.name
            for name in question.text_items if question.type.open else ():
                written = np.asarray(draft.texts[name].text.is_valid())
                assert not (written & ~shown[question.name]).any()


def test_every_code_is_one_of_the_questionnaire(mock: MockCity) -> None:
    for draft in mock.drafts:
        for question in mock.questionnaire.questions:
            for item in question.items:
                met = set(np.unique(draft.columns[item.name]).tolist()) - {NULL}
                codes = {choice.code for choice in question.choices}
                known = {"flag": {0, 1}, "code": codes, "number": set(range(13))}[item.form]
                assert met <= known | ({BLANK} if not question.required else set()), item.name


def test_multiple_choices_are_consistent(mock: MockCity) -> None:
    for draft in mock.drafts:
        for question in mock.questionnaire.questions:
            if not question.type.several:
                continue
            flags = np.array([draft.columns[item.name] for item in question.items])
            answered = (flags[0] != NULL) & (flags[0] != BLANK)
            assert (((flags == BLANK).all(axis=0)) == (flags == BLANK).any(axis=0)).all()
            if question.interviewer and draft.people.mode == "online":
                assert not answered.any()
                continue
            chosen = (flags[:, answered] == 1).sum(axis=0)
            assert chosen.min() >= 1
            alone = [i for i, c in enumerate(question.choices) if c.exclusive]
            assert all((chosen[flags[i, answered] == 1] == 1).all() for i in alone)
            if question.role == "importance":
                assert chosen.max() == 3


def test_people_who_are_screened_out_answer_nothing_more(mock: MockCity) -> None:
    for draft in mock.drafts:
        out = (draft.columns["S1"] == 5) | (draft.columns["S2"] == 2)
        assert (out == ~draft.people.eligible).all()
        assert 0.005 < out.mean() < 0.03
        assert (draft.columns["A1"][out] == NULL).all()


def test_unsure_answers_lie_between_three_and_fifteen_percent(honest: MockCity) -> None:
    draft = honest.drafts[0]
    for name in ("E0", *(f"E.E{number}" for number in range(1, 23))):
        values = draft.columns[name][draft.people.eligible]
        assert 0.02 < (values == 98).mean() < 0.17, name
    shares = [(draft.columns[f"E.E{n}"] == 98).mean() for n in range(1, 23)]
    assert min(shares) < 0.05
    assert max(shares) > 0.11


def test_answers_of_one_person_are_correlated(honest: MockCity) -> None:
    draft = honest.drafts[0]
    first, second = (draft.columns[name] for name in ("E.E11", "E.E19"))
    both = (first > 0) & (first < 6) & (second > 0) & (second < 6)
    assert 0.25 < np.corrcoef(first[both], second[both])[0, 1] < 0.6


def test_gradients_have_the_right_sign(honest: MockCity) -> None:
    draft = honest.drafts[0]
    age, education = draft.columns["S1"], draft.columns["J2"]
    aware, content, took = draft.columns["A1"] == 1, draft.columns["E0"] <= 2, draft.columns["D1.96"] == 0
    whole = draft.people.eligible
    assert aware[whole & (age == 4)].mean() < aware[whole & (age == 2)].mean()
    assert content[whole & (education == 4)].mean() < content[whole & (education == 1)].mean()
    assert took[whole & (age == 1)].mean() < took[whole & (age == 3)].mean()


def test_reached_people_are_more_aware(honest: MockCity) -> None:
    draft = honest.drafts[0]
    whole = draft.people.eligible & (draft.columns["B1.1"] != BLANK)
    visited = draft.columns["B1.1"] == 1
    aware = draft.columns["A1"] == 1
    gap = aware[whole & visited].mean() - aware[whole & ~visited].mean()
    assert 0.03 < gap < 0.15


def test_organised_online_answers_are_more_favourable(mock: MockCity) -> None:
    household, online = mock.drafts[1], mock.drafts[2]
    content = [np.isin(d.columns["E0"][d.people.eligible], (1, 2)).mean() for d in (household, online)]
    assert content[1] > content[0]
    organised = online.people.organised & online.people.eligible
    other = ~online.people.organised & online.people.eligible
    assert np.mean(online.columns["E0"][organised] == 1) > np.mean(online.columns["E0"][other] == 1) + 0.05


def _another() -> Questionnaire:
    five = [{"value": code, "text": f"{code} 分"} for code in (5, 4, 3, 2, 1)]
    return parse_questionnaire(
        {
            "title": "另一份问卷",
            "instrumentId": "other",
            "instrumentVersion": "1",
            "pages": [
                {
                    "name": "p1",
                    "elements": [
                        {"type": "text", "inputType": "number", "name": "age", "title": "年龄", "role": "age",
                         "min": 14, "max": 110, "isRequired": True,
                         "bands": [{"value": 1, "text": "18—39岁", "min": 18, "max": 39},
                                   {"value": 2, "text": "40岁及以上", "min": 40}]},
                        {"type": "radiogroup", "name": "sex", "title": "性别", "role": "sex",
                         "choices": [{"value": 2, "text": "女"}, {"value": 1, "text": "男"}]},
                        {"type": "boolean", "name": "know", "title": "知道吗", "measure": "awareness",
                         "measurePositive": [1], "measureBase": "valid"},
                        {"type": "rating", "name": "score", "title": "打分", "rateMin": 1, "rateMax": 5,
                         "measure": "satisfaction", "measurePositive": [4, 5], "measureBase": "valid"},
                        {"type": "dropdown", "name": "more", "title": "为什么", "visibleIf": "{score} <= 2",
                         "choices": five},
                        {"type": "checkbox", "name": "ways", "title": "渠道", "role": "channel",
                         "choices": [{"value": 1, "text": "电视"}, {"value": 2, "text": "报纸"}]},
                        {"type": "comment", "name": "say", "title": "您的建议"},
                    ],
                }
            ],
        }
    )  # fmt: skip


def test_another_questionnaire_is_answered_too() -> None:
    questionnaire = _another()
    city = draw(MockSpec(districts=2, responses=4000), questionnaire)
    table = city.responses().to_pandas()
    assert len(table) == 4000
    assert set(table["age"].dropna()) == {1, 2}
    assert set(table["sex"].dropna()) == {1, 2}
    assert set(table["know"].dropna()) <= {0, 1, BLANK}
    assert set(table["score"].dropna()) <= {1, 2, 3, 4, 5, BLANK}
    assert (table["more"].notna() == table["score"].isin([1, 2])).all()
    hit = (table["score"] >= 4).sum() / (table["score"] > 0).sum()
    assert hit == pytest.approx(city.truth.shares("score", "W1")[""], abs=0.06)
    assert len(city.texts()) > 1000
    assert {entry.measure for entry in city.truth.plan.weak} == {"awareness", "satisfaction"}
    assert set(city.margins.columns) == {"district", "age", "sex", "population"}
    assert city.margins["population"].sum() == city.city.population.sum()
