"""The learned model beside the rules: hold-outs, where it must not speak, evidence, weights that can be made again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.sentiment import learned
from analysis.text.sentiment.learned import LONGEST, RULES, SCALE, refine, shipped
from analysis.text.sentiment.pieces import PieceSums, Weights, pieces
from analysis.text.sentiment.polarity import Polarity, PolarityRules
from analysis.text.words.normalise import Normaliser
from benchmarks.polarity import as_text, hold_outs, learn, plain, sentences
from survey.study.lexicon import load_lexicon
from tests.analysis.text.probes import LABELS, lines

JUDGE, NORMALISE = PolarityRules(load_lexicon()), Normaliser()


def _read(text: str) -> Polarity:
    normal = NORMALISE(text).text
    return refine([normal], [JUDGE(normal)])[0]


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
    known = sentences()
    judged = refine([one.text for one in known], [one.found for one in known])
    turned = [one.text for one, model in zip(known, judged, strict=True) if one.found.label == -1 and model.label == 1]
    assert not turned


def test_long_and_empty_answers_are_left_to_the_rules() -> None:
    long = "路灯" * LONGEST
    found = JUDGE(long)
    assert refine([long, ""], [found, JUDGE("")]) == [found, JUDGE("")]
    assert refine([], []) == []


def test_evidence_still_makes_the_score() -> None:
    found = _read("辛苦各位领导了，下雨天路上能划船")
    assert found.label == -1
    assert found.score == pytest.approx(sum(each.value for each in found.evidence))
    assert found.evidence[-1].phrase


def test_pieces() -> None:
    assert pieces("好") == ["^", "好", "$", "^好", "好$", "^好$"]


@given(st.lists(st.text(st.sampled_from("好坏路^$𠮷a"), max_size=6), max_size=4))
def test_sums_are_those_of_the_pieces(texts: list[str]) -> None:
    weights = {"好": 1 + 2j, "^好": 3j, "路坏": -1 + 0j, "好路坏": 5 + 1j, "a": 7 + 0j, "𠮷": 11 + 1j, "a$": 13j}
    sums, counts = PieceSums(weights)(texts)
    each = [[weights[piece] for piece in pieces(text) if piece in weights] for text in texts]
    assert sums.tolist() == [sum(values, 0j) for values in each]
    assert counts.tolist() == [len(values) for values in each]


def test_shipped_weights_are_those_of_the_sentences() -> None:
    made = dict(_row(line) for line in as_text(learn([*sentences(), *plain()])).splitlines())
    kept = shipped().weights
    assert set(RULES) <= set(kept)
    assert max(abs(a - b) for name in made for a, b in zip(made[name], _of(kept, name), strict=True)) <= 5


def _row(line: str) -> tuple[str, tuple[int, int]]:
    name, complaint, praise = line.rsplit(" ", 2)
    return name, (int(complaint), int(praise))


def _of(kept: Weights, name: str) -> tuple[int, int]:
    pair = kept.get(name, 0j)
    return round(pair.real * SCALE), round(pair.imag * SCALE)


PIECES = st.dictionaries(
    st.text(st.sampled_from("路灯亮^$"), min_size=1, max_size=3), st.sampled_from([-1.0, 0.0, 0.5, 2.0])
)


@settings(max_examples=400)
@given(st.text(st.sampled_from("路灯亮^$"), max_size=5), st.sampled_from([-1, 0, 1]), PIECES)
def test_the_piece_that_speaks_most_for_a_label_is_behind_it(text: str, label: int, praise: dict[str, float]) -> None:
    weighed = [(praise.get(part, 0.0), part) for part in set(pieces(text)) if part.strip("^$")]
    weighed = [(value * label if label else -abs(value), part) for value, part in weighed]
    behind = max(weighed, default=(0.0, ""))[1].strip("^$")
    assert learned._changed(Polarity(0, 0.0, ()), label, text, praise).evidence[-1].phrase == behind


@given(st.lists(st.text(st.sampled_from("路灯亮^$"), max_size=6), max_size=4), PIECES, st.data())
def test_the_piece_that_speaks_most_is_found_for_many_texts_at_once(
    texts: list[str], praise: dict[str, float], data: st.DataObject
) -> None:
    sums = PieceSums({"路": 0j, **{piece: complex(0, value) for piece, value in praise.items()}})
    labels = [data.draw(st.sampled_from([-1, 0, 1])) for _ in texts]
    found = sums.speaking(sums.known(texts), np.array(labels, dtype=np.int64)).tolist()
    for text, label, piece in zip(texts, labels, found, strict=True):
        there = [(praise[part] * label, part) for part in set(pieces(text)) & praise.keys() if part.strip("^$")]
        best = max((one for one in there if one[0] > 0), default=(0.0, ""))[1]
        assert sums.names[piece] == best
