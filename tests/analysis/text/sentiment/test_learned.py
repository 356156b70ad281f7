"""The learned model beside the rules: hold-outs, where it must not speak, evidence, weights that can be made again."""

from __future__ import annotations

import pytest

from analysis.text.sentiment.learned import LONGEST, RULES, SCALE, Weights, pieces, refined, weights
from analysis.text.sentiment.polarity import Polarity, PolarityRules
from analysis.text.words.normalise import Normaliser
from benchmarks.polarity import as_text, hold_outs, learn, plain, sentences
from survey.study.lexicon import load_lexicon
from tests.analysis.text.probes import LABELS, lines

JUDGE, NORMALISE = PolarityRules(load_lexicon()), Normaliser()


def _read(text: str) -> Polarity:
    normal = NORMALISE(text).text
    return refined(normal, JUDGE(normal))


def _right(rows: list[list[str]]) -> float:
    return sum(_read(row[1]).label == LABELS[row[0]] for row in rows) / len(rows)


def test_holdout_half_of_irony() -> None:
    """No rule and no weight was made from it: .89; .83 with the rules alone."""
    rows = [line.split("\t") for line in lines("irony.tsv")][1::2]
    assert len(rows) == 100
    assert _right(rows) >= 0.85


def test_fresh_holdout() -> None:
    """Written by somebody who had read neither rules nor sentences: .89; .65 with the rules alone."""
    rows = [line.split("\t") for line in lines("irony_fresh.tsv")]
    assert len(rows) == 120
    assert _right(rows) >= 0.85


@pytest.mark.parametrize(
    "text", ["最好大喇叭喊一喊，字大一点", "多在电梯里贴海报，不要太官方", "最好给电动车建个停车棚"]
)
def test_wishes_are_no_complaints(text: str) -> None:
    assert _read(text).label == 0


def test_nothing_learnt_from_holdouts() -> None:
    known = {one.text for one in sentences()}
    assert not known & {NORMALISE(line.split("\t")[1]).text.lower() for line in hold_outs()}


@pytest.mark.parametrize(
    ("text", "label"),
    [("窗口三个，上班的只有一个", -1), ("牛，路面挖了填填了挖", -1), ("挑不出毛病", 1), ("社保卡丢了怎么补", 0)],
)
def test_facts_without_a_word_of_opinion(text: str, label: int) -> None:
    assert _read(text).label == label


@pytest.mark.parametrize("text", ["味道有点差", "分量太小了", "办事效率低", "停车太难"])
def test_plain_complaints_stay_complaints(text: str) -> None:
    assert _read(text).label == -1


def test_no_complaint_of_the_rules_turns_to_praise() -> None:
    for one in sentences():
        assert one.found.label != -1 or refined(one.text, one.found).label != 1, one.text


def test_long_and_empty_answers_are_left_to_the_rules() -> None:
    long = "路灯" * LONGEST
    found = JUDGE(long)
    assert refined(long, found) is found
    assert refined("", JUDGE("")).label == 0


def test_evidence_still_makes_the_score() -> None:
    found = _read("辛苦各位领导了，下雨天路上能划船")
    assert found.label == -1
    assert found.score == pytest.approx(sum(each.value for each in found.evidence))
    assert found.evidence[-1].phrase


def test_pieces() -> None:
    assert pieces("好") == ["^", "好", "$", "^好", "好$", "^好$"]


def test_shipped_weights_are_those_of_the_sentences() -> None:
    made = dict(_row(line) for line in as_text(learn([*sentences(), *plain()])).splitlines())
    kept = weights()
    assert set(RULES) <= set(kept)
    assert max(abs(a - b) for name in made for a, b in zip(made[name], _of(kept, name), strict=True)) <= 5


def _row(line: str) -> tuple[str, tuple[int, int]]:
    name, complaint, praise = line.rsplit(" ", 2)
    return name, (int(complaint), int(praise))


def _of(kept: Weights, name: str) -> tuple[int, int]:
    pair = kept.get(name, 0j)
    return round(pair.real * SCALE), round(pair.imag * SCALE)
