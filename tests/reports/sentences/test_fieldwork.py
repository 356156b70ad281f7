"""Sentences on red lights."""

from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd

from analysis.integrity.combine import Light
from analysis.integrity.lights import AreaLight
from reports.sentences import fieldwork
from reports.sentences.notes.days import by_on_page
from reports.sentences.sentence import Declared, say
from survey.collect.monitoring.monitor import Live


def units(*lights: Light) -> pd.DataFrame:
    rows = [(f"u{at}", f"访问员{at}", str(light), "甲乙丙"[at] + "区") for at, light in enumerate(lights)]
    return pd.DataFrame(rows, columns=["unit", "name", "light", "district"])


def test_red_units_are_counted_by_kind() -> None:
    red, green = units(Light.RED, Light.RED, Light.GREEN), units(Light.GREEN)
    by = ("市创建办", by_on_page(date(2026, 12, 11), 2026), 18)
    assert fieldwork.lights({"interviewer": red, "area": red[:1]}, *by).text == (
        "请市创建办 12 月 11 日前派人复访 18 份：甲区、乙区 2 名访问员，甲区 1 个社区"
    )
    assert fieldwork.lights({"interviewer": green, "area": green}, *by).text == "没有访问员或社区的答卷需要复访"


def test_the_order_to_repeat_interviews_names_unit_day_and_number() -> None:
    day = say("{day}", day=Declared("12 月 11 日前", "date"))
    assert fieldwork.ordered("市创建办", day, 18).text == "市创建办 12 月 11 日前派人复访 18 份"
    assert not fieldwork.ordered("市创建办", day, 0)


def test_title_and_caption_of_a_level() -> None:
    rows = units(Light.RED, Light.AMBER, Light.GREY)
    assert fieldwork.level_title(rows, "访问员").text == "访问员：1 个红灯（访问员0）"
    assert fieldwork.level_title(rows[1:], "访问员").text == "访问员：0 个红灯"
    text = fieldwork.level_caption(rows, "interviewer", ["u0", "u1"]).text
    assert text == "有多少项信号不像偶然；2 名访问员中最突出的 2"


def state(places: pd.DataFrame) -> Live:
    hours = pd.DataFrame({"hour": pd.to_datetime(["2026-09-07 10:00", "2026-09-07 19:00"]), "answers": [3, 1200]})
    steps = pd.DataFrame({"question": ["A1", "E1"], "label": ["年龄", "停车"], "reached": [20, 18], "left": [0, 2]})
    return Live("第二轮", hours, places, steps, 1203, 0, 0, 0, 0)


def test_submissions_are_counted_with_a_declared_time() -> None:
    places = pd.DataFrame({"psu": [1, 2, 3], "district": ["甲区"] * 3, "answers": [0, 5, 9], "target": [8.0, 8.0, 8.0]})
    found = state(places)
    now = datetime(2026, 9, 8, 9, 5)
    assert fieldwork.received(found, now).text == "网上问卷收到 1,203 份，3 个社区里 2 个还没到目标"
    done = state(places.assign(answers=9))
    assert fieldwork.received(done, now).text == "网上问卷收到 1,203 份，每个社区都够了"
    assert "09-08 09:05" in fieldwork.chase(found, now).text
    running = replace(found, total=10, days=(date(2026, 9, 7), date(2026, 9, 10)))
    assert fieldwork.received(running, now).text.startswith("网上问卷收到 10 份，进度落后，")
    assert "按天数现在应有 12 份。" in fieldwork.chase(running, now).text
    assert "进度正常" in fieldwork.received(replace(running, total=12), now).text
    endless = replace(running, days=(date(2026, 1, 1), date(2099, 12, 31)))
    assert fieldwork.chase(endless, now).text.startswith("没有截止日期，不急；想多收，请社区工作人员")
    assert "先催" not in fieldwork.chase(endless, now).text
    assert "进度" not in fieldwork.received(endless, now).text
    apart = fieldwork.received(found, now, ["r1", "r2"])
    assert apart.text == "网上问卷收到 1,203 份，其中 2 份集中提交、没有计入"
    every = fieldwork.received(replace(found, total=2), now, ["r1", "r2"])
    assert every.text == "网上问卷收到 2 份，都是集中提交、没有计入"
    assert fieldwork.chase(found, now, ["r1"]).text.startswith("请分析员核实后在“数据质量”判断算不算。先催填")
    assert fieldwork.busiest(found.hours).text == "09-07 19 时最多，1,200 份"
    assert fieldwork.communities(places).text == "1 个社区达到目标，1 个社区还没有答卷"
    assert fieldwork.communities(places[1:].assign(target=float("nan"))).text == "每个社区都有答卷"


def test_the_question_where_people_stop_is_named() -> None:
    steps = state(pd.DataFrame()).steps
    assert fieldwork.given_up(steps, "E1 停车").text == "中途停下最多的地方：E1 停车（2 人）"
    assert fieldwork.given_up(steps[:1], "A1 年龄").text == "没有人中途停下"


def test_the_lead_names_the_districts_that_are_not_ranked() -> None:
    lights = {"甲区": AreaLight(Light.RED, 360, 72, 8), "乙区": AreaLight(Light.GREEN, 360, 0, 0)}
    told = "甲区可疑的答卷在 10% 以上，复访前不判断、不排名；其他区县照常判断；全市四率含甲区的答卷，达标预测不含。"
    assert fieldwork.lead(lights).text == told
    single = {**lights, "乙区": AreaLight(Light.AMBER, 360, 18, 5)}
    assert "乙区可疑的答卷不到 10%，照常判断；" in fieldwork.lead(single).text
    assert fieldwork.lead({"乙区": lights["乙区"]}).text.startswith("各区县照常判断，")


def test_no_district_is_asked_first_by_chance() -> None:
    places = pd.DataFrame(
        {"psu": range(8), "district": list("甲甲乙乙丙丙丁丁"), "community": list("一二三四五六七八")}
    )
    places = places.assign(answers=[0, 0, 0, 9, 9, 9, 9, 9], target=np.nan)
    now = datetime(2026, 9, 8, 9, 5)
    assert fieldwork.chase(state(places), now).text.startswith("先催填甲的 2 个社区，")
    assert fieldwork.chase(state(places.assign(answers=0)), now).text.startswith("先催填 8 个社区，")
    assert fieldwork.to_ask(places, "甲").text == "一、二"
    assert fieldwork.to_ask(places.assign(district="甲", answers=0), "甲").text == "一、二、三等 8 个"
