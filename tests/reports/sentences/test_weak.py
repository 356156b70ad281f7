"""Sentences on weak areas state what the numbers show, with their uncertainty."""

import pandas as pd
import pytest

from analysis.areas.ranking import RankGroup
from analysis.estimation.estimates import Estimates
from analysis.integrity.combine import Light
from analysis.integrity.lights import AreaLight
from reports.sentences import weak
from reports.sentences.sentence import Sentence

COLUMNS = ["district", "label", "verdict", "prob_below", "more", "estimate"]


def advised(rows: list[tuple[object, ...]], absent: tuple[str, ...] = (), margin: float | None = None) -> str:
    """Return the advice on districts."""
    return weak.advice(judged(rows, absent, margin), "district", "区县", Sentence()).text


def judged(rows: list[tuple[object, ...]], absent: tuple[str, ...] = (), margin: float | None = None) -> Estimates:
    table = pd.DataFrame(rows, columns=COLUMNS)
    common = {"item": "E0", "measure": "satisfaction", "n": 100, "n_eff": 80.0, "std_error": 0.03, "df": 9}
    table = table.assign(**common, conf_low=0.5, conf_high=0.9, deff=1.2, flag="", line=0.8, reason="")
    table["gap"] = table["estimate"] - table["line"]
    return Estimates(table, {"margin": margin, "absent": absent})


def test_weak_names_areas_to_improve_to_watch_and_to_interview() -> None:
    text = weak.advice(
        judged(
            [
                ("甲区", "满意率", "确认薄弱", 0.97, float("nan"), 0.7),
                ("乙区", "满意率", "观察", 0.7, 300.0, 0.78),
                ("丙区", "知晓率", "尚难判断", 0.3, 120.0, 0.86),
            ]
        ),
        "district",
        "区县",
        Sentence(),
    ).text
    assert text.startswith("先抓 1 项确认薄弱的：甲区的满意率")
    assert text.endswith("；1 项观察、1 项尚难判断，丙区的知晓率再访约 120 份可以判断，其余见下面的表。")
    assert len(text) < 70, "ten seconds"


def test_weak_states_that_some_calls_may_be_wrong() -> None:
    rows = [(f"{name}区", "满意率", "确认薄弱", 0.85, float("nan"), 0.7) for name in "甲乙丙丁"]
    assert "个别可能判错" in advised(rows)


def test_weak_names_no_area_without_evidence() -> None:
    text = weak.advice(
        judged([("甲区", "满意率", "达标", 0.02, float("nan"), 0.9)]), "district", "区县", Sentence()
    ).text
    assert text == "没有哪个区县确认薄弱，不必急着点名。"


def test_weak_without_targets_reports_what_is_missing() -> None:
    free = judged([("甲区", "满意率", "", 0.5, 1.0, 0.9)])
    free = Estimates(free.table.assign(line=float("nan"), reason="没有目标"), free.meta)
    assert "targets.csv" in weak.advice(free, "district", "区县", Sentence()).text


def test_weak_names_the_largest_shortfall_first() -> None:
    shares = {"甲区": 0.78, "乙区": 0.69, "丙区": 0.58}
    rows = [(name, "满意率", "确认薄弱", 0.99, float("nan"), share) for name, share in shares.items()]
    assert advised(rows).startswith("先抓 3 项确认薄弱的：丙区的满意率、乙区的满意率、甲区的满意率")
    assert weak.title(judged(rows), "district", "区县").text == "3 项确认薄弱：丙区的满意率、乙区的满意率、甲区的满意率"


def test_weak_where_all_areas_are_hidden() -> None:
    hidden = judged([("甲区", "满意率", "", 0.5, 1.0, 0.9)])
    hidden = Estimates(hidden.table.assign(reason="样本过少，不显示"), hidden.meta)
    assert weak.advice(hidden, "district", "区县", Sentence()).text == "各区县答卷都过少，全部隐去，不下结论。"
    assert weak.title(hidden, "district", "区县").text == "各区县答卷都过少，全部隐去，不下结论"


def test_weak_names_areas_without_answers() -> None:
    text = weak.advice(
        judged([("甲区", "满意率", "达标", 0.02, 1.0, 0.9)], ("丁区",)), "district", "区县", Sentence()
    ).text
    assert "丁区没有答卷" in text


def test_too_near_the_line_is_not_worth_more_interviews() -> None:
    text = advised([("甲区", "满意率", "尚难判断", 0.4, 9000.0, 0.8)])
    assert "再访 3,000 份也难分清" in text


def test_areas_are_compared_with_the_city_less_a_typed_margin() -> None:
    rows = [("甲区", "满意率", "确认薄弱", 0.97, float("nan"), 0.7)]
    text = advised(rows, margin=0.03)
    assert text.startswith("先抓 1 项确认薄弱的（线是全市水平减 3 个百分点）：甲区的满意率")


def test_the_title_lists_confirmed_weaknesses_only() -> None:
    rows = [("甲区", "满意率", "确认薄弱", 0.97, 0.0, 0.7), ("乙区", "满意率", "观察", 0.7, 300.0, 0.78)]
    assert weak.title(judged(rows), "district", "区县").text == "1 项确认薄弱：甲区的满意率"
    assert weak.title(judged(rows[1:]), "district", "区县").text == "没有确认薄弱的项目"


def test_red_lights_are_named_only_where_they_are_shown() -> None:
    lights = {"东湖区": AreaLight(Light.RED, 100, 40, 5), "南城区": AreaLight(Light.GREEN, 100, 0, 0)}
    text = weak.red_lights(lights, ["东湖区", "南城区"]).text
    assert text.startswith("东湖区亮真实性红灯（※）")
    assert "不排名" in text
    assert not weak.red_lights(lights, ["南城区"])
    assert not weak.red_lights({}, ["东湖区"])
    single = {**lights, "南城区": AreaLight(Light.AMBER, 100, 5, 5)}
    assert weak.red_lights(single, ["东湖区", "南城区"]).text.endswith("；南城区可疑的答卷不到 10%，照常判断")
    assert weak.red_lights(single, ["南城区"]).text == "南城区可疑的答卷不到 10%，照常判断"
    assert not weak.red_lights(single, ["北山区"])


@pytest.mark.parametrize(
    ("verdict", "reason", "share", "seen"),
    [
        ("确认薄弱", "", 0.7, True),
        ("观察", "", 0.78, True),
        ("观察", "", 0.81, False),  # few answers: judged together with the others
        ("尚难判断", "", 0.852, False),
        ("达标", "", 0.847, False),
        ("", "待复访", 0.92, False),
        ("", "没有目标", 0.9, True),
    ],
)
def test_a_number_stands_beside_its_verdict_where_it_agrees(
    verdict: str, reason: str, share: float, seen: bool
) -> None:
    assert weak.readable({"verdict": verdict, "reason": reason, "estimate": share, "line": 0.8}) is seen


def test_what_hangs_on_a_red_district_is_said_in_one_way() -> None:
    assert weak.after_revisit(["甲区"]).text == "等甲区复访后才能判断"
    assert weak.after_revisit(["甲区", "乙区"]).text == "等甲区、乙区复访后才能判断"


def test_funnel_and_rank_groups() -> None:
    assert weak.funnel(["甲区"], True, "区县").text == "甲区越出偶然波动的范围；各区县之间本来就有差别，界限已放宽"
    assert weak.funnel([], False, "区县").text == "各区县的差别都在偶然波动的范围内"
    table = pd.DataFrame({"district": ["甲", "乙", "丙"], "rank_group": [str(RankGroup.BELOW), "", ""]})
    assert weak.rank_groups(table).text.endswith("：甲；其余不分先后")
    assert weak.rank_groups(table[1:]).text == "名次：所有区县分不出先后"


def test_streets_are_named_as_model_estimates() -> None:
    columns = ["district", "street", "estimate", "verdict", "gap"]
    rows = [("甲", "一街", 0.7, "确认薄弱", -0.1), ("甲", "二街", 0.9, "达标", 0.1)]
    table = pd.DataFrame(rows, columns=columns)
    assert weak.streets(table, "满意率", 0.8).text == "模型估计：1 个街道的满意率确认薄弱（目标 80%）：一街"
    assert weak.streets(table[1:], "满意率", 0.8).text == "模型估计：没有街道的满意率确认薄弱（目标 80%）"
    text = weak.streets(table, "满意率", float("nan")).text
    assert text == "模型估计：满意率没有目标可比，各街道只看区间"
