"""Signs: many texts at once give what a search for each sign gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.words.signs import END, Signs, lowered, pairs

LETTERS = "路灯不亮a😀\ud83d"
GROUPS = st.lists(st.lists(st.text(st.sampled_from("路灯不亮a😀"), min_size=1, max_size=2), max_size=4), max_size=64)


@settings(max_examples=200)
@given(GROUPS, st.lists(st.text(st.sampled_from(LETTERS), max_size=8), max_size=6))
def test_many_texts_at_once(groups: list[list[str]], texts: list[str]) -> None:
    masks = Signs(groups)(texts).tolist()
    found = [[bool(mask >> at & 1) for at in range(len(groups))] for mask in masks]
    assert found == [[any(sign in text for sign in signs) for signs in groups] for text in texts]


def test_of_long_signs_the_beginning_counts_and_an_end_is_a_sign() -> None:
    signs = Signs([("路灯亮",), pairs("亮灯", f"了{END}")])
    assert signs(["路灯", "灯路", "亮了", "路灯亮", "亮不"]).tolist() == [3, 0, 2, 3, 0]


@given(st.lists(st.text(st.sampled_from("路灯ABbaΣσİ，")), max_size=4))
def test_lower_case_of_many_texts_at_once(texts: list[str]) -> None:
    assert list(lowered(texts)) == [text.lower() for text in texts]
