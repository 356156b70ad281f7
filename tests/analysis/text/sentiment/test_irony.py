"""Irony and unmet wishes: own sentences in ten kinds, some of them hold-outs; spans and openings that turn."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.sentiment import irony
from analysis.text.sentiment.irony import turned
from analysis.text.sentiment.polarity import PolarityRules
from survey.study.lexicon import load_lexicon
from tests.analysis.text.probes import LABELS, every_sentence, lines

RULES = PolarityRules(load_lexicon())
SENTENCES = [line.split("\t") for line in lines("irony.tsv")]
PRACTICE = [line.split("\t") for line in lines("irony_practice.tsv")]
LAST = [line.split("\t") for line in lines("irony_last.tsv")]


def _right(rows: list[list[str]]) -> float:
    return sum(RULES(text).label == LABELS[label] for label, text, _ in rows) / len(rows)


def test_ten_balanced_kinds() -> None:
    kinds = [kind for _, _, kind in SENTENCES]
    assert len(SENTENCES) == 200
    assert {kinds.count(kind) for kind in kinds} == {20}


def test_development_half() -> None:
    assert _right(SENTENCES[0::2]) >= 0.95


def test_holdout_half() -> None:
    """Never inspected: .84 when first run, .83 after the rules of `irony_practice.tsv`, below the aim of .85."""
    assert _right(SENTENCES[1::2]) >= 0.8


def test_further_development_sentences() -> None:
    assert len(PRACTICE) > 100
    assert _right(PRACTICE) >= 0.95


def test_last_holdout() -> None:
    """Written before the last rules; by the rules alone .72. The learned model has read it since."""
    assert len(LAST) == 100
    assert _right(LAST) >= 0.68


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("满意个啥", -1),
        ("真行，垃圾桶都没了", -1),
        ("不用管停车，先把公厕修好", -1),
        ("要是再干净点就更好了", 0),
        ("无意见", 0),
        ("真行，两天就修好了", 1),
        ("谢谢你们把路修好了", 1),
        ("比以前好了", 1),
        ("干净？谁信", -1),
        ("效率真高，一个井盖修了半年", -1),
        ("效率真高，一天就办好了", 1),
        ("这里真好，就是有点远", 1),
        ("不错嘛，路灯全灭了", -1),
        ("不错，继续保持", 1),
        ("检查组一走，摊子全回来了", -1),
        ("检查完都很满意", 1),
        ("扫完没一会儿又脏", -1),
        ("没多久又修好了", 1),
        ("什么时候能通燃气", 0),
        ("终于修好了路灯", 1),
        ("晚上还在抢修，辛苦了", 1),
        ("谢谢，没有了", 0),
    ],
)
def test_irony_wishes_and_their_plain_neighbours(text: str, label: int) -> None:
    assert RULES(text).label == label


@pytest.mark.parametrize("text", ["效率低", "办事效率很低", "一般般"])
def test_faint_and_low_are_not_positive(text: str) -> None:
    assert RULES(text).label <= 0


def _neutral(parts: Sequence[str]) -> list[float]:
    return [0.0 for _ in parts]


def test_plain_text_stays_whole() -> None:
    assert turned(["路灯修好了，很满意"], _neutral) == [("路灯修好了，很满意", ())]


def test_a_wish_leaves_the_rest() -> None:
    assert turned(["太吵了，要是安静点就好了"], _neutral) == [("太吵了，", ())]


def test_many_texts_at_once() -> None:
    texts = every_sentence()
    assert RULES.each(texts) == [RULES(text) for text in texts]


SPANS = (
    "满意个啥",
    "要是能快点就好了",
    "先把公厕修好",
    "真会挑",
    "白修",
    "又开始堵",
    "换汤不换药",
    "，",
    "就",
    "不",
    "在哪",
    "有人管吗",
    "好",
)


@given(st.lists(st.sampled_from(SPANS), max_size=7).map("".join))
def test_every_row_is_tried_on_what_a_span_leaves(text: str) -> None:
    rest, evidence = text, list[tuple[str, float]]()
    for signs, pattern, value in irony._TABLE:
        if any(sign in rest for sign in signs) and (found := pattern.search(rest)):
            rest = rest[: found.start()] + rest[found.end() :]
            evidence += [(found.group(), value)] if value else []
    (rows,) = irony._ROWS([text]).tolist()
    assert irony._without_spans(text, rows) == (rest, tuple(evidence))
