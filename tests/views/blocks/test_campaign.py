"""The table of a campaign: the whole plan as facts, one row an area, bars on one scale."""

import math
import re
from dataclasses import replace

import pandas as pd

from reports.sentences.outreach import AreaPlan, Spending
from reports.sentences.sentence import Sentence, rows_of, say
from tests.views.page_words import unglued
from views.blocks.campaign import gap_bar, plan_rows
from views.blocks.html import text

NAN = (math.nan, math.nan)
PLANS = tuple(
    AreaPlan(f"{name}区<b>", ("东街道", "西街道"), ("宣传栏、海报", "微信群"), 10, 8_000.0, gain, (gain / 2, gain * 2))
    for name, gain in (("甲", 4_000.0), ("乙", 1_000.0))
)
SPENT = Spending(9e4, (8e4, 1e5), ("宣传栏、海报",), 0.4, 16_000.0, 20, 5_000.0, (2_500.0, 9_000.0), reach_only=False)


def test_bars_share_a_scale_and_phones_read_the_limits() -> None:
    table = unglued(plan_rows(SPENT, PLANS, (), say("老人")))
    assert re.findall(r'silu-length" style="width:([\d.]+%)', table) == ["50.0%", "12.5%"]
    assert re.findall(r'silu-span" style="left:([\d.]+%);width:([\d.]+%)', table)[0] == ("25.0%", "75.0%")
    assert "2,000 人—8,000 人</small>" in table
    assert "宣传栏 + 微信群" in table
    facts = re.findall("<dt>(.+?)</dt><dd>(.+?)<small>(.*?)</small>", table.partition("<table")[0])
    assert facts == [
        ("重点人群", "老人", ""),
        ("宣传渠道", "宣传栏 + 微信群", ""),
        ("全市费用", "1.6 万元", "宣传 20 次"),
        ("全市预计新增知晓", "5,000 人", "区间 2,500 人—9,000 人"),
    ]
    assert table.count("老人") == 1
    found = pd.DataFrame({"item": ["c1", "c2"], "estimate": [0.49, 0.34]})
    use = dict(zip(("宣传栏、海报", "微信群"), rows_of(found, found, "item"), strict=True))
    assert "<small>重点人群里接触过的占 49%、34%</small>" in plan_rows(SPENT, PLANS, (), say("老人"), use)
    assert "接触过" not in plan_rows(SPENT, PLANS, (), say("老人"), {"微信群": use["微信群"]})
    assert "宣传 20 次，示例单价" in unglued(plan_rows(SPENT, PLANS, (), say("老人"), examples=True))
    assert "预计新增知晓（满宽 8,000 人，横线为区间）" in table
    assert "区<b>" not in table


def test_a_bar_says_how_much_of_what_is_missing_publicity_brings() -> None:
    found = pd.DataFrame({"district": ["甲区"], "item": "A0", "label": "知晓率", "estimate": 0.81, "line": 0.85})
    (now,) = rows_of(found, found, "district", "item")
    first = replace(PLANS[0], residents=400_000.0, most=10_000.0, most_cost=46_000.0)
    html = gap_bar(first, now, "市创建办")
    assert re.findall(r"width:([\d.]+)%", html) == ["25.0", "37.5", "37.5"]
    assert re.findall("<li>(.+?)</li>", html) == [
        text("这次宣传补 1.0 个百分点"),
        text("当地各渠道都做满（4.6 万元）共补 2.5 个百分点"),
        "其余靠这些渠道补不上，由市创建办另定办法",
    ]
    assert "<b>" not in html
    enough = gap_bar(replace(first, most=20_000.0), now, "市创建办")
    assert re.findall(r"width:([\d.]+)%", enough) == ["25.0", "75.0"]
    assert gap_bar(replace(first, gain=16_000.0), now, "市创建办") == ""
    assert gap_bar(first, None, "市创建办") == ""


def test_areas_without_a_row_are_summed_and_one_area_needs_no_sum() -> None:
    table = unglued(plan_rows(SPENT, PLANS, PLANS, Sentence()))
    assert "其余 2 个" in table
    assert "各年龄居民" in table
    street = replace(PLANS[0], streets=(), limits=NAN)
    alone = plan_rows(replace(SPENT, limits=NAN), (street,), (), Sentence())
    assert "合计" not in alone
    assert "重点街道" not in alone
    assert "横线为区间" not in alone
    assert 'silu-span"' not in alone
