"""The fast path of parsing: what it accepts, the slow path accepts too; it leaves the rest to the slow path."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from survey.collect.submission.envelope import Envelope, MalformedError, consent_problems, read_envelope
from survey.collect.submission.fast_path import FastReader
from survey.collect.submission.fast_types import Bounds
from survey.collect.submission.validation import REMEMBERED, Validator
from survey.instrument.question_types import TYPES
from survey.instrument.questionnaire import Questionnaire, parse_questionnaire
from survey.study.study import Study
from tests.long_runs import SHARE
from tests.survey.collect.submission.test_validation_oracle import SURVEY, drawn
from tests.survey.collect.town import answers_of, body_of, make_town, uuid7

MOST = {"Q2": 3}
ADULT = 14
PLACE = 659001001001
ODD: tuple[Any, ...] = (
    None, "", " ", [], {}, 0, -1, 1, 2, 3, 4, 9, 13, 77, 1.0, 1.5, True, False, "other", "1", ["other"], [1], [1, 1],
    [1, 3], ["other", 1], {"a": 1}, {"a": 1, "b": 1}, {"c": 1}, {"a": None}, "2026-02-30", "2026-11-03",
    "x" * 2001, 2**63, "\u0000",
)  # fmt: skip


def every_kind() -> dict[str, Any]:
    """A questionnaire with every kind of question, an age in years, options that exclude others, and an early end."""
    made: dict[str, Any] = copy.deepcopy(SURVEY)
    age = {"type": "text", "inputType": "number", "name": "age", "title": "年龄", "min": 10, "max": 110, "role": "age"}
    bands = [{"value": 1, "text": "少", "min": 10, "max": 29}, {"value": 2, "text": "多", "min": 30, "max": 110}]
    age |= {"isRequired": True, "bands": bands}
    made["pages"][0]["elements"].insert(0, age)
    made["pages"][0]["elements"][2]["choices"][2] = {"value": 3, "text": "三", "exclusive": True}
    made["pages"][2]["elements"].append({"type": "text", "name": "own", "title": "访", "interviewer": True})
    made["triggers"] = [{"type": "complete", "expression": "{age} > 100"}]
    return made


@pytest.fixture(scope="module")
def kinds() -> Questionnaire:
    found = parse_questionnaire(every_kind())
    assert {question.type for question in found.questions} == set(TYPES)
    return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_town(tmp_path_factory.mktemp("plain") / "town")


def reader(questionnaire: Questionnaire, age: str | None = "age") -> FastReader:
    rules = Validator(questionnaire, most=MOST).rules
    return FastReader(questionnaire, rules, bounds=Bounds(MOST, age, ADULT), places={PLACE})


def sent(answers: Mapping[str, Any], **more: Any) -> bytes:
    consent = {"agreed": True, "under14": False, "notice": "n"}
    content = {"id": uuid7(), "seconds": 90, "consent": consent, "answers": answers, "device": "d", **more}
    return json.dumps(content, ensure_ascii=False).encode()


def long_way(questionnaire: Questionnaire, body: bytes, age: str | None = "age") -> Envelope | None:
    """The envelope when nothing is wrong with it, judged without the plain way."""
    try:
        envelope = read_envelope(body)
    except MalformedError:
        return None
    years = envelope.answers.get(age)
    young = type(years) is int and years < ADULT
    problems = Validator(questionnaire, most=MOST).check(envelope.answers)
    problems += consent_problems(envelope.consent, young=young, minors="guardian")
    known = envelope.place is None or envelope.place == PLACE
    return envelope if known and not problems else None


def filled(questionnaire: Questionnaire, draw: random.Random) -> dict[str, Any]:
    """Answers that fit, most of the time."""
    validator = Validator(questionnaire)
    answers: dict[str, Any] = {"age": draw.choice([11, 14, 30, 30, 50, 50, 60, 60, 105])}
    for question in questionnaire.questions:
        if question.name == "age" or question.name not in validator.visible(answers):
            continue
        codes = ["other" if question.other and choice.code == 97 else choice.code for choice in question.choices]
        value = drawn(question, codes, draw)
        if question.type.grid and draw.random() < 0.8:
            value = {row.name: draw.choice(codes) for row in question.rows}
        if question.type.numeric:
            value = draw.choice([2, 5, 9, 9, 10])
        if value is not None:
            answers[question.name] = value
        if value == "other" or (isinstance(value, list) and "other" in value):
            answers[question.name + "-Comment"] = draw.choice(["别的", " ", "好", "好"])
    return answers


def test_what_is_read_plainly_is_right_the_long_way_too(kinds: Questionnaire) -> None:
    draw, plain = random.Random(3), reader(kinds)
    names = [question.name for question in kinds.questions]
    taken = right = 0
    for _ in range(round(2000 * SHARE)):
        answers = filled(kinds, draw)
        for _ in range(draw.choice([0, 0, 0, 1, 2])):
            answers[draw.choice(names) + draw.choice(["", "", "-Comment", "?"])] = draw.choice(ODD)
        body = sent(answers, place=draw.choice([None, None, None, PLACE, PLACE, PLACE, 7]))
        found, truth = plain.read(body), long_way(kinds, body)
        assert truth is not None or found is None, answers
        if found is not None and truth is not None:
            fields = ("id", "seconds", "place", "version", "token", "seal", "device", "trap")
            assert [getattr(found, key) for key in fields] == [getattr(truth, key) for key in fields]
            assert (found.proven, truth.proven) == (True, False)
        taken, right = taken + (found is not None), right + (truth is not None)
    assert 100 < taken / SHARE <= right / SHARE < 1670
    assert taken > 0.9 * right


def test_answers_of_the_default_questionnaire_are_read_plainly(town: Study) -> None:
    draw, plain = random.Random(4), reader(town.questionnaire, None)
    bodies = [body_of(town, uuid7(draw), answers_of(town.questionnaire, draw)) for _ in range(round(1000 * SHARE))]
    assert all(long_way(town.questionnaire, body, None) for body in bodies)
    assert all(plain.read(body) for body in bodies)


GOOD: dict[str, Any] = {"age": 30, "Q1": 2, "Q2": [1], "Q5": {"a": 2, "b": 1}, "Q7": True, "Q8": "好", "Q12": "好"}


def test_the_example_is_right(kinds: Questionnaire) -> None:
    assert long_way(kinds, sent(GOOD)) is not None
    assert reader(kinds).read(sent(GOOD)) is not None


@pytest.mark.parametrize(
    "answers",
    [
        {"age": 13}, {"age": 101}, {"age": None}, {"age": 9}, {"age": 30.0}, {"age": True},
        {"Q1": 4}, {"Q1": "2"}, {"Q1": [2]}, {"Q1": 3}, {"Q2": []}, {"Q2": [1, 1]}, {"Q2": [1, 3]},
        {"Q2": [1, 2, 3, "other"]},
        {"Q2": ["other"]}, {"Q2-Comment": "别的"}, {"Q2": ["other"], "Q2-Comment": " \u3000"}, {"Q2": 1},
        {"Q7": 1}, {"Q7": "true"}, {"Q8": ""}, {"Q8": "好" * 2001}, {"Q8": 1}, {"Q7": False}, {"own": "x"},
        {"Z": 1},
        {"Q3": 10}, {"Q5": {"a": 1, "b": 1, "c": 1}}, {"Q5": {"a": 7, "b": 1}},
        {"Q5": {"a": None, "b": 1}}, {"Q9": "2026-11-03"},
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_long_way(kinds: Questionnaire, answers: dict[str, Any]) -> None:
    assert reader(kinds).read(sent({**GOOD, **answers})) is None


def test_an_answer_that_is_missing_is_left(kinds: Questionnaire) -> None:
    for name in GOOD:
        body = sent({key: value for key, value in GOOD.items() if key != name})
        assert (reader(kinds).read(body) is None) is (long_way(kinds, body) is None), name


def test_a_verdict_on_other_is_not_lent_to_a_text_that_is_missing(kinds: Questionnaire) -> None:
    plain = reader(kinds)
    chosen = {"age": 30, "Q1": 2, "Q2": ["other"], "Q4": 1, "Q5": {"a": 2, "b": 1}}
    assert plain.read(sent({**chosen, "Q2-Comment": "别的"})) is not None
    assert plain.read(sent(chosen)) is None


@pytest.mark.parametrize(
    "more",
    [
        {"place": 7}, {"place": "7"}, {"pass": "x"}, {"seconds": -1}, {"seconds": None}, {"seconds": 1.5}, {"extra": 1},
        {"device": "d" * 201}, {"token": None}, {"started": "x"}, {"id": 7}, {"consent": {}},
        {"consent": {"agreed": False}},
        {"consent": {"agreed": True, "under14": True}}, {"consent": {"agreed": True, "guardian": {}}}, {"trap": 1},
    ],
)  # fmt: skip
def test_an_envelope_that_is_not_plain_is_left(kinds: Questionnaire, more: dict[str, Any]) -> None:
    assert reader(kinds).read(sent(GOOD, **more)) is None


@pytest.mark.parametrize(
    "text",
    [
        '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"a\tb"', "NaN", "1e999", '"\\q"', "[[[[[[[[1]]]]]]]]",
    ],
)  # fmt: skip
def test_what_the_long_way_cannot_parse_is_never_taken(kinds: Questionnaire, text: str) -> None:
    body = sent(GOOD).replace('"好"'.encode(), text.encode())
    assert reader(kinds).read(body) is None


@pytest.mark.parametrize("raw", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"])
def test_bytes_that_are_no_utf8_are_never_taken(kinds: Questionnaire, raw: bytes) -> None:
    body = sent(GOOD).replace("好".encode(), raw)
    assert reader(kinds).read(body) is None
    with pytest.raises(MalformedError):
        read_envelope(body)


@pytest.mark.parametrize("around", [b"\xef\xbb\xbf%b", b"%b x", b"[%b]", b"", b"{}", b"null", b"%b%b"])
def test_bodies_that_are_no_single_object_are_never_taken(kinds: Questionnaire, around: bytes) -> None:
    body = around.replace(b"%b", sent(GOOD))
    assert reader(kinds).read(body) is None


def test_of_a_key_given_twice_both_ways_take_the_last(kinds: Questionnaire) -> None:
    twice = sent(GOOD).replace(b'"age": 30', b'"age": 99, "age": 30')
    found = reader(kinds).read(twice)
    assert found is not None
    assert found.answers.q0 == 30 == read_envelope(twice).answers["age"]
    assert reader(kinds).read(sent(GOOD).replace(b'"age": 30', b'"age": 30, "age": 12')) is None


def test_verdicts_remembered_are_bounded(kinds: Questionnaire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("survey.collect.submission.fast_path.REMEMBERED", 2)
    draw, plain = random.Random(5), reader(kinds)
    for _ in range(500):
        body = sent(filled(kinds, draw))
        assert plain.read(body) is None or long_way(kinds, body) is not None
    assert all(len(gate._verdicts) <= 2 for gate in plain._gates)
    assert REMEMBERED > 2
