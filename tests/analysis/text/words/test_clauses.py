"""Clauses: many texts at once give what a regular expression gives one by one."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.words.clauses import SIGNS, Clauses

SPLIT = Clauses()
TEXTS = st.lists(
    st.text(st.one_of(st.sampled_from(f"路灯a{SIGNS} \n\u3000\x85😀\ud83d"), st.characters()), max_size=12)
)


@settings(max_examples=200)
@given(TEXTS)
def test_many_texts_at_once(texts: list[str]) -> None:
    clauses, bounds, starts, between = SPLIT(texts)
    each = [clauses[start:end] for start, end in pairwise(bounds)]
    assert each == [[part for part in re.split(rf"[{SIGNS}\s]+", text) if part] for text in texts]
    joined = "\n".join(texts)
    assert [joined[at:].startswith(one) for at, one in zip(starts.tolist(), clauses, strict=True)] == [True] * len(
        clauses
    )
    assert [joined[at] for at in between.tolist()] == re.findall(rf"[{SIGNS}\s]", joined)
