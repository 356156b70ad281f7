"""达标预测: the probability of passing each line of the official survey, and what would raise it most."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.numerals import signed, spoken_chance
from reports.definitions import headlines, item_rates
from reports.labels import short
from reports.plans.pass_forecast import (
    EVERYTHING,
    OfficialSample,
    PassForecast,
    no_lines,
    pass_forecast,
    verdict_line,
)
from reports.rates import target_of
from reports.selection import Selection
from reports.sentences import passing as sentences
from reports.sentences.sentence import Sentence, say
from survey.instrument.questionnaire import Rate
from views.cached.answers import ask
from views.charts.dots import Axis, dots
from views.charts.heatmap import chances
from views.charts.parts.frame import Caption
from views.panels import missing, page
from views.panels.captions import caption
from views.shell.markup import plain
from views.visitor.session import Loaded

HALF, WHOLE = 580, 1180


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page."""
    if selection.opt_in:
        page.headline(say("网络自填是参与者意见，不能预测达标：请在上方换成入户或电话。"))
        return
    if missing.objected(loaded.study):
        return
    place = st.empty()
    official, rates, lines = _settings(loaded)
    if no_lines(loaded.study, lines):
        if missing.objected(loaded.study, against_targets=True):
            return
        with place:
            page.headline(say("没有任何达标线，不能预测：请在 targets.csv 写明目标，或展开上面的设置填写达标线。"))
        return
    found = ask(loaded, selection.asking([rate.name for rate in rates]), pass_forecast, official, lines)
    with place:
        page.headline(found.sentence)
    source = caption(found.provenance, Sentence(), Sentence())
    left, right = st.columns(2, gap="medium")
    with left:
        _gates(found, source)
    with right:
        _levers(found, source)
    _districts(found, source)
    st.caption(plain(str(verdict_line(found) + found.method)))
    page.explained(found.provenance)


def _settings(loaded: Loaded) -> tuple[OfficialSample, tuple[Rate, ...], Mapping[str, float]]:
    """Ask for the official sample, the rates it measures, and their lines where known."""
    rates, single = headlines(loaded.study), item_rates(loaded.study)
    with st.expander("官方调查的样本、项目和达标线（可改）"):
        boxes = st.columns(3)
        n = boxes[0].number_input("官方样本量（份）", min_value=20, max_value=100_000, value=1000, step=100)
        take = boxes[1].number_input("每个社区访问几人", min_value=1, max_value=200, value=20)
        icc = boxes[2].number_input("同社区相似程度（ICC）", min_value=0.0, max_value=0.5, value=0.05, step=0.01)
        more = st.multiselect("再加哪些单项", single, format_func=lambda rate: rate.label, placeholder="不加")
        rates = (*rates, *more)
        columns = st.columns(4)
        lines = {rate.name: _line(loaded, rate, columns[at % 4]) for at, rate in enumerate(rates)}
    return OfficialSample(int(n), int(take), float(icc)), rates, lines


def _line(loaded: Loaded, rate: Rate, box: DeltaGenerator) -> float:
    known = target_of(loaded.study, rate)
    start = 0.0 if np.isnan(known) else min(100 * known, 100.0)
    value = box.number_input(f"{plain(short(rate))}达标线（%，0 为不设）", 0.0, 100.0, start, 1.0)
    return value / 100 if value else float("nan")


def _gates(answer: PassForecast, source: Caption) -> None:
    found = answer.found
    names, values = [EVERYTHING, *answer.labels.values()], [found.everything, *found.gate.tolist()]
    table = pd.DataFrame(
        {
            "label": names,
            "value": values,
            "low": np.nan,
            "high": np.nan,
            "kind": "plain",
            "text": [spoken_chance(value) for value in values],
        }
    )
    text, what = sentences.everything(found), sentences.gates(answer.official)
    words = Caption(text.text, what.text, source.source, source.mock)
    axis = Axis(".0%", sentences.CONFIDENT, "九成", 0.0, 1.04)
    page.figure(dots(table, words, axis, {}, page_width=HALF), "gates", text)


def _levers(answer: PassForecast, source: Caption) -> None:
    gain = [
        (f"全市{name}", float(value), "other") for name, value in zip(answer.rates, answer.found.item_gain, strict=True)
    ]
    top = answer.districts.dropna(subset=["gain"]).sort_values("gain", ascending=False).head(6)
    gain += [(f"{row['district']}四率", float(row["gain"]), "plain") for _, row in top.iterrows()]
    table = pd.DataFrame(gain, columns=["label", "value", "kind"])
    table["value"] = 100 * table["value"]
    table = table.assign(low=np.nan, high=np.nan, text=[signed(max(value, 0.0) / 100) for value in table["value"]])
    helps = list(zip(table["label"], table["value"] / 100, strict=True))
    text, what = sentences.lever(answer.found, helps), sentences.levers(answer.found)
    words = Caption(text.text, what.text, source.source, source.mock)
    key = {"other": "全市一项率提高", "plain": "一个区县各项都提高"}
    page.figure(dots(table, words, Axis("+.0f", 0.0, ""), key, page_width=HALF), "levers", text)


def _districts(answer: PassForecast, source: Caption) -> None:
    names = {**answer.labels, "everything": EVERYTHING}
    rows = answer.districts.sort_values("everything")
    text = sentences.districts(answer.districts)
    what = "；".join(("假如官方只看某一个区县（份数按人口分给它），各条线达标的可能", *answer.remarks))
    words = Caption(text.text, what, source.source, source.mock)
    page.figure(chances(rows, "district", names, words, page_width=WHOLE), "district-chances", text)


page.page("passing", body)
