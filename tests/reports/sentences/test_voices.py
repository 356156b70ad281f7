"""Sentences on open answers: no first among themes whose intervals overlap."""

import pandas as pd

from analysis.estimation.estimates import Estimates
from reports.sentences import voices
from reports.sentences.sentence import rows_of
from reports.sentences.voices import Repeats

NAN = float("nan")


def shares(*rows: tuple[str, float, float, float]) -> Estimates:
    """Make shares from rows of theme, low, share, high."""
    table = pd.DataFrame(rows, columns=["label", "conf_low", "estimate", "conf_high"])
    common = {"measure": "", "n": 400, "n_eff": 300.0, "std_error": 0.01, "df": 30, "deff": 1.3, "flag": ""}
    return Estimates(table.assign(item=table["label"], **common))


def test_themes_with_overlapping_intervals_have_no_first() -> None:
    found = shares(("停车", 0.06, 0.072, 0.085), ("卫生", 0.058, 0.069, 0.081), ("物业", 0.02, 0.03, 0.04))
    assert voices.frequent(found, found.table).text == "提得较多的是停车 7.2%、卫生 6.9%、物业 3.0%"


def test_opinions_without_intervals_have_no_first() -> None:
    found = shares(("停车", NAN, 0.3, NAN), ("卫生", NAN, 0.1, NAN))
    assert voices.frequent(found, found.table).text == "提得较多的是停车 30%、卫生 10%"


def test_districts_and_places() -> None:
    assert voices.distinct([("甲区", "停车")]).text == "提得比其他区县明显多：甲区的停车"
    assert voices.distinct([]).text == "各区县提到的主题没有明显差别"
    assert voices.places(["小区", "菜市场"]).text == "说到较多的地方是小区、菜市场"


def test_kinds_are_counts() -> None:
    rows = [("every", "", 1200), ("says", "", 900), ("complaint", "问题", 700), ("praise", "表扬", 200)]
    table = pd.DataFrame(rows, columns=["kind", "label", "n"])
    assert voices.kinds(table).text == (
        "本轮这种方式共 1,200 条回答，有内容的 900 条：问题 700 条、表扬 200 条（按用词规则判断）"
    )


def test_copies_say_what_they_change() -> None:
    moved = pd.DataFrame(
        [("T1", "停车", 0.072, 0.02, 0.15, 0.11)],
        columns=["item", "label", "of_all", "of_all_once", "estimate", "estimate_once"],
    )
    found = Repeats(1000, 80, True)
    assert voices.copies(found, moved).text == (
        "有内容的 1,000 条里有 80 条与别人的雷同（8.0%），这里同样的话只算一条。"
        "每条都算与只算一条，差得最多的是停车：占全体 7.2% 与 2.0%，占写了内容的人 15.0% 与 11.0%。"
    )
    assert voices.copies(Repeats(1000, 20, False), moved[:0]).text.endswith("（2.0%），这里每条都算。")


def test_folded_themes_are_named_once() -> None:
    assert voices.folded(["灭鼠", "驿站"], 0.0005).text == "另有 2 项几乎没有人提到（不到 0.05%）：灭鼠、驿站"
    assert not voices.folded([], 0.0005)


def test_the_headline_names_district_theme_and_both_shares() -> None:
    table = pd.DataFrame(
        {"district": ["甲区"], "term": ["T1"], "label": ["养犬"], "n": [31], "share": [0.163], "share_rest": [0.043]}
    )
    row = rows_of(table, table, "district", "term")[0]
    assert voices.outstanding(row).text == "甲区养犬留言特别多：当地留言者 16% 提到，其他区县 4.3%"
    assert voices.where((), 10).text == "各街道都不足 10 人，不分街道"
    assert voices.beside(row).text == "其他区县 4.3%"
    streets = pd.DataFrame({"street": ["东街道"], "n": [12]})
    assert voices.where(rows_of(streets, streets, "street"), 10).text == "多在东街道 12 人"
    apart = shares(("停车", 0.16, 0.172, 0.185), ("卫生", 0.058, 0.069, 0.081))
    assert voices.frequent(apart, apart.table).text == "提得最多的是停车 17%"
    near = shares(("停车", 0.06, 0.072, 0.085), ("卫生", 0.058, 0.069, 0.081))
    assert voices.frequent(near, near.table).text == "提得较多的是停车 7.2%、卫生 6.9%"
    assert voices.city_order(apart.table).text == "全市提得最多的是停车。"
    assert "分不出先后" in voices.city_order(near.table).text
    assert voices.most_in_city(apart.table).text == "全市提得最多的是停车，17%。"
    assert voices.most_in_city(near.table).text == "全市提得较多的是停车，7.2%。"
    assert voices.by_units(["城管", "公安"]).text == "由城管、公安办。"
    assert not voices.by_units([])
    kinds = pd.DataFrame([("every", "", 9), ("praise", "表扬", 3)], columns=["kind", "label", "n"])
    assert voices.praise(kinds).text == "表扬 3 条"
    assert not voices.praise(kinds[:1])
