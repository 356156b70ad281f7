"""Phrases: many texts at once give what each gives alone, whatever the texts and phrases hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.words.phrases import PhraseFinder

LETTERS = st.text(st.sampled_from("路灯不亮a😀\ud83d\n\0"), max_size=7)
PHRASES = st.text(st.sampled_from("路灯不亮a😀"), max_size=4)


def test_every_phrase_is_found_also_inside_others() -> None:
    finder = PhraseFinder(["路灯", "路灯不亮", "灯不", "亮"])
    assert finder.within("路灯不亮") == ["路灯不亮", "路灯", "灯不", "亮"]
    assert finder.within_each(["路灯", "", "亮灯不亮"]) == [["路灯"], [], ["灯不", "亮", "亮"]]


@settings(max_examples=80)
@given(st.lists(PHRASES, max_size=8), st.lists(LETTERS, max_size=6))
def test_many_texts_at_once(phrases: list[str], texts: list[str]) -> None:
    finder = PhraseFinder(phrases)
    assert finder.within_each(texts) == [finder.within(text) for text in texts]
    assert finder.longest_each(texts) == [finder.longest(text) for text in texts]
