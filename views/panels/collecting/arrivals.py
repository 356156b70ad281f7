"""What the online form has received: numbers, hours, communities, drop-out by question, bursts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import percent
from reports.provenance import Provenance
from reports.sentences import fieldwork
from reports.sentences.notes import captions
from reports.sentences.notes.catalogue import tr
from survey.collect.monitoring.bursts import Burst
from survey.collect.monitoring.monitor import Live
from views.charts.arrivals import by_hour, drop_out, named
from views.charts.parts.frame import Caption
from views.charts.parts.style import WHOLE
from views.panels import page
from views.panels.chart_numbers import drawn
from views.shell.tables import show_table

DONE = "完成"
FEWEST = pd.Timedelta(hours=11)
"""Minimum period shown in the chart."""


def faults(state: Live) -> None:
    """Say that answers do not reach the form, as phones report and the server has seen."""
    if not state.faults:
        return
    count, statuses = sum(state.faults.values()), "、".join(map(str, sorted(state.faults)))
    st.error(str(captions.unreached(count, statuses)))


def numbers(state: Live) -> None:
    """Show how many submissions there are, and how many of them wait or are held back."""
    labels = (
        (tr("收到"), state.total, tr("这一轮写入硬盘并已给出回执的答卷，撤回的不计")),
        (tr("待入库"), state.waiting, tr("还没有移入答卷库的答卷，silu drain 或下一次自动入库时处理")),
        (tr("待核查"), state.held, tr("隐藏的陷阱题被填写，疑似机器；留在收件箱，不删除也不入库")),
        (tr("已撤回"), state.withdrawn, tr("居民凭回执码撤回，内容已经删除")),
        (tr("不同意"), state.declined, tr("看过说明后选择不参加的人次，没有记录任何答案")),
    )
    for column, (label, value, note) in zip(st.columns(len(labels)), labels, strict=True):
        column.metric(label, f"{value:,}", help=note)


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
    st.markdown(tr("**各社区回收**　{table}").format(table=fieldwork.communities(table)))
    columns = {DONE: st.column_config.ProgressColumn(DONE, format="percent", min_value=0.0, max_value=1.0)}
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
