"""Lists of an Arrow array: one by one, some, and taken at once."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.themes.features import _all_codes, word_codes
from analysis.text.themes.lists import Lists, Texts

WORDS = st.lists(st.lists(st.text(max_size=3), max_size=4), min_size=1, max_size=8)


@given(WORDS, st.integers(0, 3), st.lists(st.integers(0, 7), max_size=9))
def test_lists_are_those_of_the_array(words: list[list[str]], start: int, rows: list[int]) -> None:
    lists = Lists(pa.array(words, pa.list_(pa.string())))
    assert list(lists) == words
    assert (lists[-1], lists[start:], len(lists)) == (words[-1], words[start:], len(words))
    there = [row for row in rows if row < len(words)]
    assert lists.taken(np.array(there, dtype=np.int64)) == [words[row] for row in there]
    assert list(lists.some(np.array(there, dtype=np.int64))) == [words[row] for row in there]
    assert list(Lists(pa.array(words, pa.list_(pa.string())).slice(start))) == words[start:]


@given(WORDS, st.lists(st.integers(0, 7), max_size=9), st.lists(st.integers(0, 7), max_size=9))
def test_some_lists_of_some_of_an_array(words: list[list[str]], rows: list[int], further: list[int]) -> None:
    array, some = pa.array(words, pa.list_(pa.string())), np.array([row % len(words) for row in rows], dtype=np.int64)
    lists, taken = Lists(array, some), Lists(array.take(pa.array(some)))
    assert (list(lists), len(lists), lists[1:]) == (list(taken), len(taken), taken[1:])
    assert [one if isinstance(one, list) else one.tolist() for one in lists.numbered()] == [
        one if isinstance(one, list) else one.tolist() for one in taken.numbered()
    ]
    again = np.array([row % len(some) for row in further] if len(some) else [], dtype=np.int64)
    assert list(lists.some(again)) == list(taken.some(again))


@given(st.lists(st.text(max_size=3), min_size=1, max_size=8), st.lists(st.integers(0, 7), max_size=9))
def test_texts_are_those_of_the_array(texts: list[str], rows: list[int]) -> None:
    found, some = Texts(pa.array(texts, pa.string())), [row % len(texts) for row in rows]
    assert (list(found), found[-1], found[1:], len(found)) == (texts, texts[-1], texts[1:], len(texts))
    assert found.some(np.array(some, dtype=np.int64)) == [texts[row] for row in some]


@given(WORDS, st.integers(0, 3))
def test_codes_of_words_are_those_of_plain_lists(words: list[list[str]], start: int) -> None:
    lists = Lists(pa.array(words, pa.list_(pa.string())).slice(start))
    texts = ["长" * 70 if len(each) % 2 else "短" for each in words[start:]]
    for codes in (word_codes, lambda own: _all_codes(texts, own)):
        of_lists, plain = codes(lists), codes(words[start:])
        assert [each.tolist() for each in of_lists] == [each.tolist() for each in plain]
