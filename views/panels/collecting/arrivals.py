"""What the online form has received: numbers, hours, communities, drop-out by question, bursts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import streamlit as st

from analysis.numerals import count, percent
from reports.provenance import Provenance
from reports.sentences import fieldwork
from reports.sentences.briefing import responsible
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from survey.collect.monitoring.bursts import Burst
from survey.collect.monitoring.monitor import Live
from views.blocks.counts import CountCard, count_cards
from views.blocks.html import remark, text
from views.blocks.rows import Column, Line, row_table
from views.charts.arrivals import by_hour, drop_out, named
from views.charts.parts.frame import Caption
from views.charts.parts.style import WHOLE
from views.panels import page
from views.panels.chart_numbers import drawn
from views.shell.tables import show_table

DONE = "完成"
DISTRICTS = 8
"""Number of districts above the fold."""
FEWEST = pd.Timedelta(hours=11)
"""Minimum period shown in the chart."""


def faults(state: Live) -> None:
    """Say that answers do not reach the form, as phones report and the server has seen."""
    if not state.faults:
        return
    count, statuses = sum(state.faults.values()), "、".join(map(str, sorted(state.faults)))
    st.error(str(captions.unreached(count, statuses)))


def numbers(state: Live, apart: Sequence[str], today: date) -> None:
    """Show how many submissions there are, and how many of them wait; what is set apart or withdrawn only where it is.

    Args:
        state: the state of the fieldwork.
        apart: submissions of the wave in bursts that nobody has decided on.
        today: the day in Beijing.
    """
    new = int(state.hours.loc[state.hours["hour"].dt.date == today, "answers"].sum())
    reached, every = (count(int(one)) for one in ((state.places["answers"] > 0).sum(), len(state.places)))
    always = [
        CountCard(tr("收到"), count(state.total), tr("今天 {n} 份").format(n=count(new))),
        CountCard(tr("有答卷的社区"), reached, tr("共 {n} 个").format(n=every)),
        CountCard(tr("待入库"), count(state.waiting), tr("下一次自动入库")),
    ]
    where = (
        (len(apart), tr("集中提交"), tr("没有计入"), True),
        (state.held, tr("待核查"), tr("填了隐藏的陷阱题"), True),
        (state.withdrawn, tr("已撤回"), tr("内容已经删除"), False),
        (state.declined, tr("不同意"), tr("没有记录答案"), False),
    )
    st.html(count_cards([*always, *(CountCard(name, count(n), note, act) for n, name, note, act in where if n)]))


def hours(state: Live, origin: Provenance) -> None:
    """Draw the submissions by hour."""
    table = state.hours.groupby("hour", as_index=False)["answers"].sum()
    last = table["hour"].max()
    # A single hour would be drawn as a bar as wide as the screen.
    every = pd.date_range(min(table["hour"].min(), last - FEWEST), last, freq="h", name="hour")
    table = table.set_index("hour").reindex(every, fill_value=0).reset_index()
    title = fieldwork.busiest(table)
    words = Caption(title.text, tr("每小时收到的答卷（北京时间）"), origin.strip, origin.mock)
    page.figure(drawn(by_hour(table, words, page_width=WHOLE), title), "hours", lasting=False)


def districts(state: Live, lead_of: Callable[[str], str]) -> None:
    """List the districts that lack most communities: their submissions, and which communities to ask first.

    Nothing is listed where no submission names its community, since nothing is known of any.

    Args:
        state: the state of the fieldwork.
        lead_of: name of a district -> its lead unit; "" for none.
    """
    nowhere = state.total - int(state.places["answers"].sum())
    if nowhere == state.total:
        st.html(remark(tr("都没有填社区，看不出哪里还没有人答：请社区工作人员提醒居民填写社区。")))
        return
    lacking = fieldwork.short(state.places)["district"].astype(str).value_counts(sort=False)
    answers = state.places.groupby(state.places["district"].astype(str), sort=False)["answers"].sum()
    order = lacking.sort_values(ascending=False, kind="stable").index[:DISTRICTS]
    quota = state.places["target"].notna().any()
    columns = [
        Column(tr("区县"), "title"),
        Column(tr("收到（份）"), "number"),
        Column(tr("还没到目标的社区") if quota else tr("还没有答卷的社区")),
        Column(tr("谁来办")),
    ]
    lines = [
        Line([text(one), count(int(answers[one])), text(fieldwork.to_ask(state.places, one)), _who(lead_of(one))])
        for one in order
    ]
    if lines:
        st.html(row_table(columns, lines, tr("各区县回收")))
    if nowhere:
        st.caption(tr("另有 {n} 份没有填社区。").format(n=count(nowhere)))


def _who(lead: str) -> str:
    return text(responsible(lead, [tr("社区工作人员")]))


def places(state: Live) -> None:
    """List the communities with their submissions, and their quota where there is one."""
    wanted = not state.places["target"].isna().all()
    # With a quota, list the most incomplete communities first; without one, the largest.
    table = state.places.sort_values("answers", ascending=wanted, kind="stable")
    names = {
        "district": tr("区县"),
        "street": tr("街道"),
        "community": tr("社区"),
        "answers": tr("收到"),
        "target": tr("目标"),
    }
    shown = table.rename(columns=names).drop(columns="psu")
    if wanted:
        shown[DONE] = (table["answers"] / table["target"]).clip(upper=1.0)
    else:
        shown = shown.drop(columns=tr("目标"))
    columns = {DONE: st.column_config.ProgressColumn(DONE, format="percent", min_value=0.0, max_value=1.0)}
    with st.expander(tr("各社区回收：{table}").format(table=fieldwork.communities(table))):
        show_table(shown, most=360, columns=columns)


def steps(state: Live, origin: Provenance) -> None:
    """Draw how many people got to each question, and where they stopped."""
    worst = state.steps.iloc[int(state.steps["left"].to_numpy().argmax())]
    if not worst["reached"]:
        return
    title = fieldwork.given_up(state.steps, named(worst["question"], worst["label"]))
    words = Caption(title.text, tr("走到每道题的人数，橙色为停在这一页、还没有提交的人"), origin.strip, origin.mock)
    page.figure(drawn(drop_out(state.steps, words, page_width=WHOLE), title), "steps", lasting=False)


def bursts(suspects: tuple[Burst, ...]) -> None:
    """List submissions that came close together from one device or network."""
    if not suspects:
        return
    with st.expander(str(captions.bursts(suspects))):
        st.caption(tr("办事大厅、学校、单位也会这样，只是提示，不据此剔除任何答卷。标记是加密摘要，看不出是谁。"))
        labels = {"device": tr("同一设备"), "address": tr("同一网络")}
        rows = [
            {
                tr("来源"): labels[one.source],
                tr("标记"): one.mark,
                tr("开始"): one.start,
                tr("份数"): one.answers,
                tr("社区数"): one.places,
                tr("答案完全相同"): percent(one.same),
            }
            for one in suspects
        ]
        show_table(pd.DataFrame(rows))
