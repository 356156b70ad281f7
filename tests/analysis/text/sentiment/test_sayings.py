"""What clauses say together: many texts by number as one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.sentiment.implied import PhraseValue
from analysis.text.sentiment.sayings import Sayings, total

WORDS = st.builds(PhraseValue, st.sampled_from(["脏", "乱", "干净"]), st.sampled_from([-2.0, -1.0, 0.5, 1.0]))
CLAUSES = st.tuples(st.lists(WORDS, max_size=3).map(tuple), st.booleans())


def _joined(clauses: list[tuple[tuple[PhraseValue, ...], bool]]) -> tuple[PhraseValue, ...]:
    found: list[PhraseValue] = []
    for evidence, turns in clauses:
        if turns:
            found = [PhraseValue(word, value * 0.5) for word, value in found]
        found += evidence
    return tuple(found)


@given(st.lists(st.lists(st.lists(CLAUSES, max_size=4), max_size=5), max_size=3))
def test_many_texts_at_once(blocks: list[list[list[tuple[tuple[PhraseValue, ...], bool]]]]) -> None:
    said = Sayings()
    for texts in blocks:
        codes = [2 * said.number(evidence) + turns for text in texts for evidence, turns in text]
        bounds = np.cumsum([0, *map(len, texts)])
        number = said.together(np.array(codes, dtype=np.int64), bounds).tolist()
        assert [said[one] for one in number] == list(map(_joined, texts))
        assert len(list(pairwise(bounds))) == len(number)


@given(st.lists(WORDS, max_size=4).map(tuple))
def test_the_last_word_counts_more(evidence: tuple[PhraseValue, ...]) -> None:
    said = Sayings()
    tone = said.tone(said.number(evidence))
    last = evidence[-1].value / 4 if evidence else 0.0
    assert tone.score == round(total(evidence) + last, 4)
    assert tone.label == (tone.score > 0.2) - (tone.score < -0.2)


@given(st.lists(WORDS, min_size=1, max_size=4).map(tuple))
def test_the_same_sign_is_that_of_the_first_word(evidence: tuple[PhraseValue, ...]) -> None:
    said = Sayings()
    found = said[said.same_sign(said.number(evidence))]
    assert [abs(value) for _, value in found] == [abs(value) for _, value in evidence]
    assert {value > 0 for _, value in found} == {evidence[0].value > 0}
