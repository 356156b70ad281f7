"""实时回收: submissions of the online form so far, by hour and place, and drop-out by question."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from analysis.numerals import percent
from reports.provenance import Provenance, of_inbox
from reports.sentences import fieldwork
from reports.sentences.notes import captions
from survey.collect.links.keys import FINGERPRINT
from survey.collect.monitoring.arrivals import Arrivals
from survey.collect.monitoring.bursts import Burst, bursts
from survey.collect.monitoring.monitor import Live, live
from survey.collect.serving.server import open_backend
from survey.collect.settings import CHINA, collect_settings, database_of, opening
from survey.errors import CollectError, SiluError
from survey.study.study import Study
from views.blocks.html import head
from views.blocks.single.empty import next_steps
from views.charts.arrivals import by_hour, drop_out, named
from views.charts.parts.frame import Caption
from views.panels import page, picture_mode
from views.panels.chart_numbers import drawn
from views.panels.deciding.bursts import show_bursts
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor import session

EVERY = "30s"
WIDE = 1180
FEWEST = pd.Timedelta(hours=11)
"""Minimum period shown in the chart."""


def body() -> None:
    """Draw the page; it refreshes every half minute."""
    study = session.load_settings().study
    picture_mode.top(study, "实时回收")
    if study.mock and not picture_mode.shot():
        st.markdown(f":orange-badge[{page.MOCK_NOTE}]")
    address = database_of(study, collect_settings(study))
    if "://" not in address and not Path(address).exists():
        _never_started(study)
        return
    backend = open_backend(address)
    try:
        submissions = _arrivals(address, backend.recall(FINGERPRINT) or "").look(backend)
        state, suspects = live(study, backend, submissions), bursts(submissions, backend)
    finally:
        backend.close()
    page.headline(fieldwork.received(state, datetime.now(CHINA)))
    if state.wave:
        st.caption(f"{plain(state.wave)}。网上自填为参与者意见，不代表全体居民。")
    _faults(state)
    _numbers(state)
    if state.damaged:
        st.error(str(captions.damaged(state)))
    if not state.total:
        _nothing_yet(study)
        return
    origin = of_inbox(study, state.total, state.wave)
    _hours(state, origin)
    _places(state)
    _steps(state, origin)
    show_bursts(study, deciding=False)
    _bursts(suspects)
    page.explained(origin)


def _never_started(study: Study) -> None:
    """Say how to start the form; only the command can, on the machine that residents reach."""
    settings = collect_settings(study)
    steps = [("在能被居民访问的电脑上启动网上问卷", f"silu collect {study.root.name} --host 0.0.0.0")]
    if not settings.public_url:
        steps.append(("在 study.toml 写明居民打开的地址，本页就显示二维码", '[collect] public_url = "https://……"'))
    steps.append(("让居民扫码填写；本页每半分钟更新一次", ""))
    st.html(head("网上问卷还没有启动过", _open_now(study)))
    st.html(next_steps(steps, settings.public_url))


def _nothing_yet(study: Study) -> None:
    """Say what residents need in order to answer."""
    url = collect_settings(study).public_url
    where = (
        "把二维码贴到社区、发到居民群"
        if url
        else "把问卷地址发给居民；在 study.toml 的 [collect] 写明 public_url，本页就显示二维码"
    )
    st.html(head("还没有收到答卷", _open_now(study)))
    st.html(next_steps([(where, ""), ("自己先用手机填一份，看能不能交上", ""), ("本页每半分钟更新一次", "")], url))


def _open_now(study: Study) -> str:
    """Return which wave is open, or why none is."""
    found = opening(study, collect_settings(study), datetime.now(CHINA))
    return f"现在开放的轮次：{found.wave.title}。" if found.wave else f"现在不接收：{found.reason}。"


@st.cache_resource(max_entries=4, show_spinner=False)
def _arrivals(address: str, inbox: str) -> Arrivals:
    """Return the cached arrivals of an inbox, shared by all visitors; a replaced inbox has another fingerprint."""
    return Arrivals()


def _faults(state: Live) -> None:
    """Say that answers do not reach the form, as phones report and the server has seen."""
    if not state.faults:
        return
    count, statuses = sum(state.faults.values()), "、".join(map(str, sorted(state.faults)))
    st.error(str(captions.unreached(count, statuses)))


def _numbers(state: Live) -> None:
    labels = (
        ("收到", state.total, "这一轮写入硬盘并已给出回执的答卷，撤回的不计"),
        ("待入库", state.waiting, "还没有移入答卷库的答卷，silu drain 或下一次自动入库时处理"),
        ("待核查", state.held, "隐藏的陷阱题被填写，疑似机器；留在收件箱，不删除也不入库"),
        ("已撤回", state.withdrawn, "居民凭回执码撤回，内容已经删除"),
        ("不同意", state.declined, "看过说明后选择不参加的人次，没有记录任何答案"),
    )
    for column, (label, value, note) in zip(st.columns(len(labels)), labels, strict=True):
        column.metric(label, f"{value:,}", help=note)


def _hours(state: Live, origin: Provenance) -> None:
    hours = state.hours.groupby("hour", as_index=False)["answers"].sum()
    last = hours["hour"].max()
    # A single hour would be drawn as a bar as wide as the screen.
    every = pd.date_range(min(hours["hour"].min(), last - FEWEST), last, freq="h", name="hour")
    hours = hours.set_index("hour").reindex(every, fill_value=0).reset_index()
    title = fieldwork.busiest(hours)
    words = Caption(title.text, "每小时收到的答卷（北京时间）", origin.strip, origin.mock)
    page.figure(drawn(by_hour(hours, words, page_width=WIDE), title), "hours", lasting=False)


def _places(state: Live) -> None:
    wanted = not state.places["target"].isna().all()
    # With a quota, list the most incomplete communities first; without one, the largest.
    table = state.places.sort_values("answers", ascending=wanted, kind="stable")
    names = {"district": "区县", "street": "街道", "community": "社区", "answers": "收到", "target": "目标"}
    shown = table.rename(columns=names).drop(columns="psu")
    if wanted:
        shown["完成"] = (table["answers"] / table["target"]).clip(upper=1.0)
    else:
        shown = shown.drop(columns="目标")
    st.markdown(f"**各社区回收**　{fieldwork.communities(table)}")
    columns = {"完成": st.column_config.ProgressColumn("完成", format="percent", min_value=0.0, max_value=1.0)}
    show_table(shown, most=360, columns=columns)


def _steps(state: Live, origin: Provenance) -> None:
    worst = state.steps.iloc[int(state.steps["left"].to_numpy().argmax())]
    if not worst["reached"]:
        return
    title = fieldwork.given_up(state.steps, named(worst["question"], worst["label"]))
    words = Caption(title.text, "走到每道题的人数，橙色为停在这一页、还没有提交的人", origin.strip, origin.mock)
    page.figure(drawn(drop_out(state.steps, words, page_width=WIDE), title), "steps", lasting=False)


def _bursts(suspects: tuple[Burst, ...]) -> None:
    if not suspects:
        return
    with st.expander(str(captions.bursts(suspects))):
        st.caption("办事大厅、学校、单位也会这样，只是提示，不据此剔除任何答卷。标记是加密摘要，看不出是谁。")
        labels = {"device": "同一设备", "address": "同一网络"}
        rows = [
            {
                "来源": labels[one.source],
                "标记": one.mark,
                "开始": one.start,
                "份数": one.answers,
                "社区数": one.places,
                "答案完全相同": percent(one.same),
            }
            for one in suspects
        ]
        show_table(pd.DataFrame(rows))


@st.fragment(run_every=EVERY)
def show() -> None:
    """Run the page; show a `SiluError` with its remedy."""
    st.session_state[session.PAGE] = "live"
    with picture_mode.frame():
        links = st.container()
        try:
            body()
        except SiluError as error:
            page.problem(error)
        except sqlite3.DatabaseError as error:
            page.problem(CollectError("收件箱暂时不能读，或已损坏", got=str(error), cure="运行 silu verify 检查"))
        with links:
            picture_mode.links("live")
    picture_mode.end()


show()
