"""Themes as bars and comments as quotes: folded after the first ones, pills for masked words, no foreign markup."""

import re

import pandas as pd

from reports.voices.listed import Comment
from views.blocks.html import text
from views.blocks.single.voices import ShareBar, comment_list, praise_line, share_bars, theme_list

EVIL = '<script>alert(1)</script>"&'


def themes(number: int) -> pd.DataFrame:
    share = [0.2 - 0.01 * at for at in range(number)]
    table = pd.DataFrame(
        {
            "label": [f"主题{at}" for at in range(number)],
            "estimate": share,
            "n": 40,
            "item": [f"T{at}" for at in range(number)],
        }
    )
    return table.assign(conf_low=table["estimate"] - 0.005, conf_high=table["estimate"] + 0.02, of_all=0.031)


def test_themes_after_the_sixth_are_folded_and_bars_stay_inside() -> None:
    html = theme_list(themes(11), "主题1", lambda label: f"voices?theme={label}")
    assert text("其余 5 个主题") in html
    assert html.count('class="silu-here"') == 1
    assert '<a href="voices?theme=主题0">主题0</a><b>20%</b>' in html
    assert "<details" not in theme_list(themes(6), "", lambda label: "")
    places = [float(one) for one in re.findall(r"(?:left|width):([\d.]+)%", html)]
    assert all(0 <= one <= 100 for one in places)
    opinions = themes(2).assign(conf_low=float("nan"), conf_high=float("nan"))
    assert "<u " not in theme_list(opinions, "", lambda label: "")


def test_masked_words_are_pills_and_foreign_texts_are_text() -> None:
    html = comment_list([Comment(f"某地门口[手机]{EVIL}", "投诉", "30—44 岁"), Comment("好", "", "")])
    assert "<mark>某地</mark>门口<mark>[手机]</mark>" in html
    assert "<small>投诉 · 30—44 岁</small>" in html
    assert "<script" not in html
    assert html.count("<small>") == 1
    assert "<script" not in theme_list(themes(1).assign(label=EVIL), EVIL, lambda label: "")


def test_a_district_stands_beside_the_others() -> None:
    html = share_bars(EVIL, "占留言者", [ShareBar("甲区", 0.16, best=True), ShareBar("其他区县", 0.04)])
    assert "<b>16%</b>" in html
    assert "width:25.0%" in html
    assert "<script" not in html
    assert "href" not in praise_line("表扬 3 条", "")
    assert 'href="voices?theme=x"' in praise_line("表扬 3 条", "voices?theme=x")
