"""Compared texts: whatever comes when, the groups are those of a comparison of all at once."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text import compared as kept
from analysis.text.answers import digests
from analysis.text.compared import Compared, nothing_compared, with_texts
from analysis.text.duplicates import find_copies
from tests.analysis.text.probes import segmented

CLAUSES = ["".join(words) for words, _ in segmented()]


def _with(before: Compared, texts: list[str]) -> Compared:
    names = digests(texts)
    after = with_texts(before, names, lambda rows: [texts[row] for row in rows.tolist()])
    at = after.at(names)
    assert after.names[at].tolist() == names.tolist()
    assert at.tolist() == after.at(names.copy()).tolist()
    return after


def _is_rebuilt(compared: Compared, texts: list[str]) -> Compared:
    after, found = compared.copies(digests(texts))
    expected = find_copies(texts)
    assert found.group.tolist() == expected.group.tolist()
    assert found.size.tolist() == expected.size.tolist()
    assert found.first.tolist() == expected.first.tolist()
    return after


def _answers(rng: random.Random, number: int) -> list[str]:
    """Make short, long and equal answers, many of them near copies of others."""
    made = []
    for _ in range(number):
        text = "，".join(rng.choices(CLAUSES[:40], k=rng.choice((1, 1, 2, 2, 3, 9))))
        at = rng.randrange(len(text))
        made.append(text[:at] + rng.choice(("", "很", "！", "嗯嗯")) + text[at:])
    return made


@pytest.mark.parametrize("part", [0, 3, 10**9])  # what few texts meet is looked up for them alone: always to never
@pytest.mark.parametrize("seed", range(3))
def test_random_histories_equal_a_comparison_at_once(seed: int, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.text.duplicates._PART", part)
    monkeypatch.setattr("analysis.text.duplicates.CHAIN", 20)
    monkeypatch.setattr("analysis.text.duplicates._TOGETHER", 10)
    rng, compared, every = random.Random(seed), nothing_compared(), list[str]()
    for _ in range(6):
        new = _answers(rng, rng.choice((0, 1, 40, 150)))
        every += new + rng.choices(every, k=min(len(every), 5))
        asked = every if rng.random() < 0.5 else new
        compared = _is_rebuilt(_with(compared, asked), asked)
    compared = _is_rebuilt(_with(compared, every), every)
    assert 0 < compared.met.sum() < len(compared.met)
    _is_rebuilt(compared, rng.sample(every, len(every) // 2))


@settings(max_examples=40)
@given(st.lists(st.lists(st.text(st.sampled_from("路灯不亮a "), max_size=12), max_size=5), max_size=4))
def test_any_texts_in_any_batches(batches: list[list[str]]) -> None:
    compared = nothing_compared()
    for batch in batches:
        compared = _is_rebuilt(_with(compared, batch), batch)
    _is_rebuilt(compared, [text for batch in batches for text in batch])


def test_known_texts_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["停车位太少没人管理", "路灯坏了没有人来修", "停车位太少，没人管理！"]
    compared = _is_rebuilt(_with(nothing_compared(), texts), texts)
    asked: list[int] = []

    def texts_of(rows: np.ndarray) -> list[str]:
        asked.extend(rows.tolist())
        return ["停车位太少了没人管理"]

    then = with_texts(compared, digests([*texts, "新"]), texts_of)
    assert asked == [3]
    assert then.copies(digests([*texts, "新"]))[1].group.tolist() == [0, -1, 0, 0]
    monkeypatch.setattr(kept, "more_pieces", lambda *_: pytest.fail("compared again"))
    assert _with(compared, texts) is compared
