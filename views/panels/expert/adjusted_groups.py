"""Tab 同样的人相比: adjusted comparison of groups."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import DASH, estimate, percent, signed
from reports import groups as reports
from reports.selection import Selection
from reports.sentences.notes import expert
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Name, say
from survey.errors import SiluError
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import Rate
from views.blocks.html import head
from views.cached.answers import ask, sample_of
from views.cached.kept import kept
from views.cached.quality import lights_of
from views.charts.dots import Axis, dots
from views.charts.parts import style
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Drawn, drawn
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.session import Loaded

USE = "各组人群不同造成的高低已经去掉，比较和通报用这个比法；偏低的请责任单位查原因。"
KINDS = {"low": "bad", "high": "good", "": "plain"}


def adjusted_groups_panel(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    """Draw which districts or groups of people differ after adjustment for the other variables."""
    there = reports.columns(sample_of(loaded, asked))
    if not there:
        page.empty(tr("答卷里没有可以分组比较的区县或人群。"))
        return
    first = next(iter(there))
    naming = there.__getitem__
    place = st.container()
    by = str(st.segmented_control(tr("按"), list(there), default=first, format_func=naming, key="alike", required=True))
    try:
        answer = ask(loaded, asked.asking(asked.items, (by,)), reports.groups, lights_of(loaded, asked))
    except SiluError as error:
        page.problem(error)
        return
    place.html(head(expert.alike(answer.found, measure_label(rate.measure)), USE))
    page.figure(kept(loaded, _picture, asked.asking(asked.items, (by,)), rate), "alike-dots")
    st.caption(
        plain("；".join(map(str, answer.remarks))) + tr("。区间按每组的社区数放宽；多组一起比，错判不超过 10%。")
    )
    with st.expander(tr("数字表：原比例、其他相同、标准化")):
        show_table(_table(answer, there[by]))


def _picture(loaded: Loaded, asked: Selection, rate: Rate) -> Drawn:
    answer = ask(loaded, asked, reports.groups, lights_of(loaded, asked))
    rows, label = answer.found.table, measure_label(rate.measure)
    shown = pd.DataFrame(
        {
            "label": rows["group"],
            "value": rows["adjusted"],
            "low": rows["adjusted_low"],
            "high": rows["adjusted_high"],
            "ghost": rows["estimate"],
            "kind": rows["differs"].map(KINDS),
            "text": [
                estimate(value, low, high)
                for value, low, high in rows[["adjusted", "adjusted_low", "adjusted_high"]].to_numpy()
            ],
        }
    )
    controls = "、".join(answer.found.controls) or tr("人群")
    what = say("假如各组的{controls}一样，{label}会是多少", controls=Name(controls), label=Name(label))
    words = caption(answer.provenance, answer.sentence, what)
    key = {"bad": tr("偏低"), "good": tr("偏高"), "plain": tr("看不出不同"), "ghost": tr("原比例")}
    axis = Axis(".0%", answer.city, tr("全市 {share}").format(share=percent(answer.city)))
    return drawn(dots(shown, words, axis, key, page_width=style.WHOLE), answer.sentence)


def _table(answer: reports.Groups, kind: str) -> pd.DataFrame:
    found, rows = answer.found, answer.found.table
    whole = tr("标准化（全市{standards}结构）").format(standards="、".join(found.standards))
    structure = whole if found.standards else tr("标准化")
    return pd.DataFrame(
        {
            kind: rows["group"],
            tr("答卷数"): rows["n"],
            tr("社区数"): rows["points"],
            tr("原比例"): [percent(value) for value in rows["estimate"]],
            tr("其他相同"): [percent(value) for value in rows["adjusted"]],
            structure: [DASH if pd.isna(value) else percent(value) for value in rows["standard"]],
            tr("与平均之差（百分点）"): [signed(value) for value in rows["gap"]],
            tr("p（多组校正）"): rows["p_bh"].round(4),
        }
    )
