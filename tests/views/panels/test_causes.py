"""The chart of residents concerned, as drawn by both of its pages."""

import pandas as pd
import pytest

from reports.sentences.sentence import Sentence
from tests.views.page_words import words
from views.charts.parts.frame import Caption
from views.panels import causes


def test_the_largest_group_is_in_the_title_and_every_group_has_its_people(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[object, str, Sentence]] = []
    monkeypatch.setattr(causes.page, "figure", lambda *notice: drawn.append(notice))
    groups = pd.DataFrame(
        {
            "age": ["60+", "18-39"],
            "place": ["老旧小区", "村"],
            "persons": [23456.0, 3456.0],
            "conf_low": [20000.0, 1000.0],
            "conf_high": [27000.0, 6000.0],
        }
    )
    causes.lacking_people(groups, "不知晓", Caption("", "估计不知晓的居民人数", "来源", True), "groups")
    ((figure, key, text),) = drawn
    assert (key, str(text)) == ("groups", "不知晓的人较多的是60+（老旧小区）")
    assert [name.strip() for name in figure.layout.yaxis.ticktext] == ["60+ · 老旧小区", "18-39 · 村"]  # type: ignore[attr-defined]
    for part in (str(text), "2.3 万人（2.0 万人—2.7 万人）", "模拟数据", "来源"):
        assert part in words(figure)
