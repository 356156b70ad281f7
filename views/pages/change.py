"""趋势与回头看: significant changes since an earlier wave, and whether listed weaknesses improved."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.numerals import difference, percent, points, target
from reports import change as reports
from reports.definitions import headlines
from reports.labels import wave_label
from reports.provenance import Provenance
from reports.rates import over_waves
from reports.selection import Selection
from reports.sentences import change as sentences
from reports.sentences.notes import captions
from reports.sentences.sentence import say
from survey.errors import DesignError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.cached.answers import ask, origin_of, sample_of
from views.charts.dots import Axis, dots
from views.charts.trend import trend
from views.panels import page
from views.panels.captions import caption
from views.panels.kept_waves import GONE, kept_waves
from views.shell.markup import literal, plain, plain_table
from views.shell.tables import show_table
from views.visitor.selection import choose_rate
from views.visitor.session import Loaded

HALF = 580
FIRST = say("这是第一轮，没有可比的前一轮：下一轮用同一份问卷、同样的方式调查，就能回头看。")
KINDS = {"up": "good", "down": "bad", "": "plain", "barred": "plain", "red": "pale"}
SAID = {
    "good": "上升，看得出",
    "bad": "下降，看得出",
    "plain": "看不出变化（多个区县一起比）",
    "pale": "真实性红灯，不作判断",
}


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    if selection.opt_in:
        page.headline(say("网络自填是参与者意见，两轮参加的人不同，不能说升降：请在上方换成入户或电话。"))
        return
    rates = headlines(loaded.study)
    asked = selection.asking([rate.name for rate in rates])
    earlier = sample_of(loaded, selection).before(selection.wave)
    if not earlier:
        place = st.empty()
        gone = kept_waves(loaded.study, selection.mode)
        with place:
            page.headline(GONE if gone else FIRST)
        page.explained(_trend(loaded, asked))
        return
    place = st.empty()
    before = str(
        st.selectbox("与哪一轮比", list(reversed(earlier)), format_func=lambda name: wave_label(loaded.study, name))
    )
    try:
        found = ask(loaded, asked, reports.change, before)
    except DesignError as error:
        with place:
            page.headline(sentences.apart(before, selection.wave))
        page.problem(error)
        page.explained(_trend(loaded, asked, asked.items))
        return
    _compare(loaded, asked, rates, found, place)


def _compare(
    loaded: Loaded, asked: Selection, rates: tuple[Rate, ...], found: reports.Change, place: DeltaGenerator
) -> None:
    with place:
        page.headline(found.sentence)
    for one in found.objections:
        (st.error if one.grave else st.warning)(plain(one.text))
    _reworded(found)
    left, right = st.columns(2, gap="medium")
    with left:
        _trend(loaded, asked, tuple(rate.name for rate in rates if found.barred(rate.name)))
    with right:
        _districts(found, choose_rate(rates, "各区县看哪一项率"))
    _looks(found.looks)
    kept_waves(loaded.study, asked.mode)
    page.explained(found.provenance)


def _reworded(found: reports.Change) -> None:
    """Show old and new wording side by side."""
    rows = found.reworded
    if rows.empty:
        return
    shown = pd.DataFrame(
        {
            "项目": [f"{label}（{item}）" for label, item in zip(rows["label"], rows["item"], strict=True)],
            "改了什么": rows["part"],
            found.before: rows["before"],
            found.after: rows["after"],
        }
    )
    st.markdown("**改过的项目：前后对照**（没有列出的项目逐字相同，照常比较）")
    st.table(plain_table(shown))


def _trend(loaded: Loaded, asked: Selection, refused: tuple[str, ...] = ()) -> Provenance:
    """Draw the four rates over all waves of this mode; return their provenance."""
    found = ask(loaded, asked, over_waves)
    waves = [loaded.study.wave(name) for name in sample_of(loaded, asked).waves]
    titles = {wave.name: f"{literal(wave.title)}<br>{wave.end:%Y-%m}" for wave in waves}
    breaks = {(item, asked.wave) for item in refused}
    title = say("全市四率各轮走势") + ("（有两轮不可比）" if breaks else "")
    origin = origin_of(loaded, asked.in_wave(), found)
    words = caption(origin, title, say("竖线互相重叠不等于没有变化，有没有变化以检验为准"))
    page.figure(trend(found.table, titles, breaks, words, page_width=HALF), "trend", title)
    return origin


def _districts(found: reports.Change, rate: Rate) -> None:
    every = found.districts.table
    rows = every[every["item"] == rate.name].dropna(subset=["estimate"])
    rows = rows.assign(_last=rows["moved"] == "red").sort_values(["_last", "estimate"])
    if rows.empty:
        page.empty("这一项两轮不可比，或各区县答卷太少，没有可以画的变化。")
        return
    label = measure_label(rate.measure)
    text = found.moved(rate.name, label)
    shown = pd.DataFrame(
        {
            "label": rows["district"].astype(str),
            "value": 100 * rows["estimate"].astype(float),
            "low": 100 * rows["conf_low"].astype(float),
            "high": 100 * rows["conf_high"].astype(float),
            "kind": rows["moved"].map(KINDS),
            "text": [_change_text(row) for row in rows.to_dict("records")],
        }
    )
    words = caption(found.of_districts(rate.name), text, captions.moved(label, found.before, found.after))
    page.figure(dots(shown, words, Axis("+.0f", 0.0, "没有变化"), SAID, page_width=HALF), "moved", text)


def _change_text(row: dict[object, object]) -> str:
    return f"{_signed(row)}，最小 {points(float(str(row['detectable'])))}"


def _looks(looks: pd.DataFrame) -> None:
    st.subheader("回头看：上一轮点到的薄弱项，补上了吗")
    if looks.empty:
        page.empty("上一轮没有确认薄弱或观察的项目（没有设定目标时不作判断）。")
        return
    table = pd.DataFrame(
        {
            "区县": looks["district"],
            "指标": looks["label"],
            "当时判断": looks["verdict"],
            "结论": looks["outcome"],
            "当时": [percent(value) for value in looks["then"].astype(float)],
            "现在": [percent(value) for value in looks["now"].astype(float)],
            "目标": [target(value) for value in looks["target"].astype(float)],
            "变化（百分点）": [_signed(row) for row in looks.to_dict("records")],
            "看得出的最小变化": [points(value) for value in looks["detectable"].astype(float)],
        }
    )
    show_table(table)
    st.caption(
        f"“{reports.ChangeOutcome.MENDED}”指这一轮按同样的检验达标；"
        f"“{reports.ChangeOutcome.BETTER}”指变化的区间全在 0 以上；"
        "变化小于“看得出的最小变化”时，这样大的样本多半看不出来，不等于没有变化。"
    )


def _signed(row: dict[object, object]) -> str:
    value, low, high = (
        float(str(row[name])) for name in ("change" if "change" in row else "estimate", "conf_low", "conf_high")
    )
    return difference(value, low, high)


page.page("change", body)
