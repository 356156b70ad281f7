"""Tabs 偶然与否 (funnel plot) and 先看街道: chance variation of districts, estimates of the lowest streets."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import estimate, target
from reports import weak_areas as reports
from reports.fieldwork.area_lights import note
from reports.rates import target_of
from reports.selection import Selection
from reports.sentences.notes import captions, expert
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Name, say
from reports.verdicts import Verdict, judged
from survey.errors import DesignError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.blocks.html import head
from views.cached.answers import ask, follow, origin_of
from views.cached.kept import kept
from views.cached.quality import lights_of, trusted
from views.charts.dots import Axis, dots
from views.charts.funnel import funnel_plot
from views.charts.parts import style
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Drawn, drawn
from views.visitor.session import Loaded

FUNNEL_USE = "只追问越出界限的区县；界限以内的高低可能是偶然，不排名、不问责。"
STREETS_USE = "用来挑先去看的街道，由区县和街道办；模型估计不用来考核。"
MOST_STREETS = 20


def funnel_panel(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    """Show which districts differ from the city by more than chance.

    Args:
        loaded: the study.
        asked: one rate by district.
        rate: the rate.
    """
    found = trusted(loaded, asked, ask(loaded, asked, judged))
    answer = follow(loaded, asked, found, reports.funnel_of)
    if answer is None:
        page.empty(tr("只有一个区县有足够的答卷，没有可以比较的范围。"))
        return
    outside = answer.table.loc[answer.table["outside"], "name"].tolist()
    st.html(head(expert.chance(outside, tr("区县")), FUNNEL_USE))
    page.figure(kept(loaded, _funnel, asked, rate), "funnel")


def _funnel(loaded: Loaded, asked: Selection, rate: Rate) -> Drawn:
    found = trusted(loaded, asked, ask(loaded, asked, judged))
    answer = follow(loaded, asked, found, reports.funnel_of)
    assert answer is not None
    what = say("{rate}与有效样本量；{groups}", rate=Name(measure_label(rate.measure)), groups=answer.groups)
    what += note(answer.estimates.table)
    words = caption(origin_of(loaded, asked, found), answer.sentence, what)
    return drawn(funnel_plot(answer.table, answer.limits, words, page_width=style.WHOLE), answer.sentence)


def streets_panel(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    """Show the model estimates of the lowest streets of the city."""
    try:
        lights = lights_of(loaded, asked, "street")
        _, headline, *_ = ask(loaded, asked, reports.streets, lights, MOST_STREETS)
    except DesignError:
        page.empty(tr("有答卷的街道不到三个，不能作模型估计。"))
        return
    st.html(head(headline, STREETS_USE))
    page.figure(kept(loaded, _streets, asked, rate), "model-streets")


def _streets(loaded: Loaded, asked: Selection, rate: Rate) -> Drawn:
    lights = lights_of(loaded, asked, "street")
    rows, _, text, whole = ask(loaded, asked, reports.streets, lights, MOST_STREETS)
    goal = target_of(loaded.study, rate)
    shown = pd.DataFrame(
        {
            "label": [f"{row.street}（{row.district}）" for row in rows.itertuples()],
            "value": rows["estimate"],
            "low": rows["conf_low"],
            "high": rows["conf_high"],
            "ghost": rows["direct"],
            "kind": rows["verdict"].where(rows["verdict"] != "", "plain"),
            "text": [
                estimate(value, low, high)
                for value, low, high in rows[["estimate", "conf_low", "conf_high"]].to_numpy()
            ],
        }
    )
    what = captions.model_streets(shown.index)
    words = caption(origin_of(loaded, asked, whole), text, what + note(rows, "street"))
    line = None if pd.isna(goal) else goal
    axis = Axis(".0%", line, "" if line is None else tr("目标 {line}").format(line=target(line)))
    key = {str(one): str(one) for one in Verdict} | {"plain": tr("不作判断"), "ghost": tr("本街道答卷直接算出的比例")}
    return drawn(dots(shown, words, axis, key, page_width=style.WHOLE), text)
