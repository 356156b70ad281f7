"""Pieces of many texts at once are those of each text by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text import copy_pieces
from analysis.text.copy_pieces import cut, pieces_of

TEXTS = st.lists(st.text(st.sampled_from("路灯坏了a𠮷\U0010ffff\ud800"), min_size=1, max_size=9), max_size=8)


@given(TEXTS, st.sampled_from([2, 4]), st.booleans())
def test_pieces_are_those_of_each_text(texts: list[str], width: int, renumber: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        if renumber:
            patch.setattr(copy_pieces, "_MOST", 1)
        names, text, piece = cut(texts, width)
    assert len(set(names)) == len(names)
    both = list(zip(text.tolist(), piece.tolist(), strict=True))
    assert both == sorted(set(both))
    for at, one in enumerate(texts):
        expected = {one[start : start + width] for start in range(max(1, len(one) - width + 1))}
        expected |= set(one) if width == 2 else set()
        assert pieces_of(one, width) == expected
        assert {names[piece] for row, piece in both if row == at} == expected
