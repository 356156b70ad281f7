"""Themes by the codebook alone, as the reader and the quality checks apply them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.text.themes.by_rules import ThemeRules, theme_rules
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.evidence import reasons
from analysis.text.words.segment import Segmenter
from survey.study.lexicon import load_lexicon
from survey.study.settings import SEGMENTERS


@pytest.mark.parametrize("engine", SEGMENTERS)
def test_all_who_apply_themes_check_the_words(engine: str) -> None:
    rules = theme_rules(load_lexicon(), engine)
    assert "parking" not in rules("暂停车辆通行三天")
    assert "parking" in rules("停车太难了")


SEGMENTER = Segmenter()
CODEBOOK = """
[[theme]]
code = "parking"
name = "停车"
seeds = ["停车", "wifi"]
rules = ["车 & (乱放 | 占道) & !公交车"]
exclude = ["暂停车辆", "停车场"]

[[theme]]
code = "bus"
name = "公交"
seeds = ["公交", "公交车", "车站"]
"""
WORDS = ("停车", "暂停", "车辆", "办公", "交流", "公交车", "站", "乱放", "占道", "场", "wifi", "6")
PARTS = st.sampled_from([*WORDS, "，", " ", "\0", ""])


@settings(max_examples=300)
@given(st.lists(st.lists(PARTS, max_size=7).map("".join), max_size=5))
def test_many_texts_at_once(texts: list[str]) -> None:
    rules = ThemeRules(parse_codebook(CODEBOOK), SEGMENTER.cut)
    one_by_one = [rules(text) for text in texts]
    found = rules.each(texts, SEGMENTER.cut_all(texts).ends)
    assert [list(each.hits.items()) for each in found] == [list(hits.items()) for hits in one_by_one]
    said = [reasons(text, hits) for text, hits in zip(texts, one_by_one, strict=True)]
    assert [list(each.reasons) for each in found] == said
