"""Decoding of single cells: exact matches only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.instrument.question import BLANK, OTHER
from survey.instrument.questionnaire import parse_questionnaire
from survey.readers.cells import decoding
from survey.readers.cells.dialect import Dialect, Values
from survey.readers.cells.issues import IssueCode
from survey.readers.tools.wjx import BY_NUMBER, BY_TEXT
from tests.survey.small_study import QUESTIONNAIRE

SMALL = parse_questionnaire(QUESTIONNAIRE)
PLAIN = Dialect()


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("知道", 1),
        (" 知　道 ", 1),
        ("1", 1),
        ("１", 1),
        ("2.0", 2),
        ("不知道", 2),
        ("說不清", 98),
        ("98", 98),
        ("", BLANK),
        ("\u3000", BLANK),
    ],
)
def test_single(cell: str, code: int) -> None:
    assert decoding.single(SMALL.question("A1"), PLAIN, SMALL.item("A1"))(cell) == decoding.Answer(code=code)


@pytest.mark.parametrize("cell", ["知道吗", "3", "1.5", "-1", "知", "#错误", "other", "知道〖甚〗"])
def test_single_never_guesses(cell: str) -> None:
    assert decoding.single(SMALL.question("A1"), PLAIN, SMALL.item("A1"))(cell).problem is IssueCode.UNKNOWN_CODE


def test_positions_are_not_codes() -> None:
    decode = decoding.single(SMALL.question("A1"), BY_NUMBER, SMALL.item("A1"))
    assert decode("3").code == 98
    assert decode("98").state == "bad"
    assert decode("-3").state == "skipped"
    assert decode("-2") == decoding.Answer(code=BLANK)
    assert BY_NUMBER.values is Values.POSITION


@pytest.mark.parametrize(
    ("cell", "problem", "code"),
    [
        ("３５", None, 35),
        ("52岁", None, 52),
        ("52 周岁", None, 52),
        ("18.0", None, 18),
        ("四十一", IssueCode.NOT_A_NUMBER, None),
        ("18.5", IssueCode.NOT_A_NUMBER, None),
        ("9", IssueCode.OUT_OF_RANGE, None),
        ("1e3", IssueCode.NOT_A_NUMBER, None),
        ("2026-11-03", IssueCode.NOT_A_NUMBER, None),
    ],
)
def test_number(cell: str, problem: IssueCode | None, code: int | None) -> None:
    answer = decoding.number(SMALL.question("S1"), PLAIN)(cell)
    assert answer.problem is problem
    if code is not None:
        assert answer.code == code


@pytest.mark.parametrize(
    ("cell", "codes", "words"),
    [
        ("电视、广播", {1}, None),
        ("电视┋电视、广播", {1, 2}, None),
        ("报纸┋其他〖村里┋大喇叭〗", {3, OTHER}, "村里┋大喇叭"),
        ("其他〖网格员〖入户〗〗", {OTHER}, "网格员〖入户〗"),
        ("其他〖a〗b〗", {OTHER}, "a〗b"),
        ("其他〖a〖b〗┋报纸", {OTHER, 3}, "a〖b"),
        ("其他〖报纸〗┋报纸", {OTHER, 3}, "报纸"),
        ("其他", {OTHER}, None),
        (" 报 纸 ", {3}, None),
        ("電視┋报纸", {2, 3}, None),
        ("3", {3}, None),
    ],
)
def test_options(cell: str, codes: set[int], words: str | None) -> None:
    answer = decoding.options(SMALL.question("B1"), BY_TEXT)(cell)
    assert (answer.state, set(answer.codes or ()), answer.words) == ("ok", codes, words)


@pytest.mark.parametrize("cell", ["收音机", "报纸┋", "┋报纸", "报纸收音机", "报纸┋收音机", "报纸〖x", "其他〖x〗y"])
def test_options_never_guess(cell: str) -> None:
    assert decoding.options(SMALL.question("B1"), BY_TEXT)(cell).state == "bad"


def test_exclusive_option_with_another_is_noted() -> None:
    answer = decoding.options(SMALL.question("B1"), BY_TEXT)("报纸┋都没有")
    assert (answer.state, answer.problem) == ("ok", IssueCode.EXCLUSIVE)


def balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "〖") - (character == "〗")
        if depth < 0:
            return False
    return depth == 0


WORDS = st.text(st.sampled_from("〖〗┋报纸电视广播、其他 ab"), max_size=12).filter(balanced)


@given(st.lists(st.sampled_from([1, 2, 3, 4]), unique=True), WORDS.filter(bool))
def test_respondents_words_are_returned_unchanged(codes: list[int], words: str) -> None:
    question = SMALL.question("B1")
    labels = [choice.label for code in codes if (choice := question.choice(code))]
    answer = decoding.options(question, BY_TEXT)("┋".join([*labels, f"其他〖{words}〗"]))
    assert (answer.codes, answer.words) == ((*codes, OTHER), words)


@given(st.text(max_size=20))
def test_no_cell_raises(cell: str) -> None:
    for decode in (
        decoding.single(SMALL.question("A1"), BY_TEXT, SMALL.item("A1")),
        decoding.number(SMALL.question("S1"), BY_NUMBER),
        decoding.options(SMALL.question("B1"), BY_TEXT),
        decoding.flag(SMALL.question("B1"), BY_NUMBER, SMALL.item("B1.3")),
    ):
        assert decode(cell).state in ("ok", "skipped", "bad")


def test_names_of_the_source_form_are_read_beside_codes_and_labels() -> None:
    """Choices of an XLSForm have text names, which exports of Kobo and ODK contain instead of our codes."""
    names = [
        {"value": 1, "text": "是", "sourceName": "na"},
        {"value": 2, "text": "否", "sourceName": "no"},
        {"value": 3, "text": "na", "sourceName": "-99"},
    ]
    page = {"elements": [{"type": kind, "name": kind, "choices": names} for kind in ("radiogroup", "checkbox")]}
    asked = parse_questionnaire({**QUESTIONNAIRE, "pages": [page]})
    one = decoding.single(asked.question("radiogroup"), PLAIN, asked.item("radiogroup"))
    # a label takes precedence over a name, and both over words for missing
    assert [one(cell).code for cell in ("no", "NA", "-99", "1", "")] == [2, 3, 3, 1, BLANK]
    many = decoding.options(asked.question("checkbox"), Dialect(separators=(" ",)))
    assert many("no -99").codes == (2, 3)
