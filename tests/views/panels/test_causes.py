"""The chart of residents concerned, as drawn by both of its pages."""

import pandas as pd

from tests.views.page_words import words
from views.charts.parts.frame import Caption
from views.panels import causes


def test_the_largest_group_is_in_the_title_and_every_group_has_its_people() -> None:
    groups = pd.DataFrame(
        {
            "age": ["60+", "18-39"],
            "place": ["老旧小区", "村"],
            "persons": [23456.0, 3456.0],
            "conf_low": [20000.0, 1000.0],
            "conf_high": [27000.0, 6000.0],
        }
    )
    seen = causes.lacking_people(groups, "不知晓", Caption("", "估计不知晓的居民人数", "来源", True))
    figure, title = seen.picture, "不知晓的人较多的是60+（老旧小区）"
    assert seen.alt.startswith(title)
    assert seen.table["项目"].tolist() == ["60+ · 老旧小区", "18-39 · 村"]
    assert [name.strip() for name in figure.layout.yaxis.ticktext] == ["60+ · 老旧小区", "18-39 · 村"]
    for part in (title, "2.3 万人（2.0 万人—2.7 万人）", "模拟数据", "来源"):
        assert part in words(figure)
