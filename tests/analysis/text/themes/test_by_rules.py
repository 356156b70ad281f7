"""Themes by the codebook alone, as the reader and the quality checks apply them."""

import pytest

from analysis.text.themes.by_rules import theme_rules
from survey.study.lexicon import load_lexicon
from survey.study.settings import SEGMENTERS


@pytest.mark.parametrize("engine", SEGMENTERS)
def test_all_who_apply_themes_check_the_words(engine: str) -> None:
    rules = theme_rules(load_lexicon(), engine)
    assert "parking" not in rules("暂停车辆通行三天")
    assert "parking" in rules("停车太难了")
