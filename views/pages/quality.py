"""数据质量: lights of interviewers and areas with their evidence, checks of single responses, quota, response rates."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.integrity.combine import Light
from analysis.integrity.hints import FALSE_ALARMS, NOT_AN_ACCUSATION
from analysis.integrity.report import Integrity
from reports.data_quality import Fieldwork
from reports.labels import dates, wave_label
from survey.study.study import MODES
from views.cached import quality
from views.charts.dots import Axis, dots
from views.charts.frame import Caption
from views.panels import page
from views.panels.exclusions import excluding
from views.visitor.selection import Selection
from views.visitor.session import Loaded

HALF = 580
KEY = {"bad": "红灯：需要独立复访", "other": "黄灯：留意", "plain": "绿灯：没有异常"}


def body(loaded: Loaded, selection: Selection) -> None:
    """Lights, evidence, checks, quota, response rates."""
    work = quality.work_of(loaded, selection)
    found = quality.integrity_of(loaded, selection)
    page.headline(quality.finding(found) + "。")
    st.caption(f"{NOT_AN_ACCUSATION}{FALSE_ALARMS}数据质量看本轮本方式的全部答卷，不随年龄、性别、场所筛选变化。")
    left, right = st.columns(2, gap="medium")
    with left:
        _units(loaded, selection, found, "interviewer")
    with right:
        _units(loaded, selection, found, "area")
    _evidence(found)
    first, second = st.columns(2, gap="medium")
    with first:
        st.subheader("区县的灯")
        _table(quality.lights_table(quality.lights_of(loaded, selection)))
    with second:
        st.subheader("剔除与否，四率差多少")
        _effect(work)
    st.subheader("逐份检查")
    st.caption("检查只是提醒，不会自动剔除；剔除由人决定并写明理由，原答卷保留。")
    _table(quality.checks_table(quality.checks_of(work, loaded.key, selection.wave, selection.mode)))
    excluding(work)
    _collection(work)


def _units(loaded: Loaded, selection: Selection, found: Integrity, level: str) -> None:
    """The most conspicuous interviewers or areas."""
    units = found.interviewers if level == "interviewer" else found.areas
    name = quality.LEVELS[level]
    shown = quality.conspicuous(units)
    if shown.empty:
        page.empty(f"没有足够的答卷来检查{name}。")
        return
    red = units.loc[units["light"] == str(Light.RED), "name"].tolist()
    title = f"{name}：{len(red)} 个红灯" + (f"（{'、'.join(red[:4])}）" if red else "")
    judged = int((units["light"] != str(Light.GREY)).sum())
    many = f"{judged:,} {'名访问员' if level == 'interviewer' else '个社区'}"
    what = f"有多少项信号不像偶然；{many}中最突出的 {len(shown)}"
    axis = Axis(",.0f", floor=-0.4, unit=" 项")
    words = Caption(
        title,
        f"{what} · {wave_label(loaded.study, selection.wave)}",
        _origin(loaded, selection, found),
        loaded.study.mock,
    )
    page.figure(dots(shown, words, axis, KEY, page_width=HALF), f"lights-{level}", title)


def _origin(loaded: Loaded, selection: Selection, found: Integrity) -> str:
    wave = loaded.study.wave(selection.wave)
    data = "模拟数据" if loaded.study.mock else "真实数据"
    parts = [loaded.study.title, f"n={found.meta['n']:,}", f"调查日期 {dates(wave.start, wave.end)}"]
    null = f"同区整群互换 {found.meta['draws']:,} 次，红灯的错误发现率 {found.meta['rate']:.0%}"
    return "；".join([*parts, MODES[selection.mode], null, f"数据版本 {loaded.version}", data])


def _evidence(found: Integrity) -> None:
    """The figures of one interviewer or area."""
    choices = {
        f"{quality.LEVELS[level]} {row['name']}（{row['district']}，{row['n']} 份）": (level, row["unit"])
        for level, units in (("interviewer", found.interviewers), ("area", found.areas))
        for row in units[units["light"].isin([str(Light.RED), str(Light.AMBER)])].to_dict("records")
    }
    if not choices:
        return
    st.subheader("依据，以及先要排除的正常解释")
    chosen = str(st.selectbox("看谁的依据", list(choices), key="unit"))
    _table(quality.evidence_table(found, *choices[chosen]))


def _effect(work: Fieldwork) -> None:
    table, out, decided = work.sensitivity()
    st.caption(f"{'已由人决定剔除' if decided else '还没有剔除任何答卷；假如剔除被检查标记的'} {out} 份：")
    _table(quality.effect_table(table))


def _collection(work: Fieldwork) -> None:
    """Quota and response rates, where the study has a plan and call records."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("配额进度")
        progress = work.quota()
        if progress is None:
            page.empty("调查文件夹里没有 quota.csv（列：wave、分组列、target），不比较配额。")
        else:
            _table(quality.quota_table(progress))
    with right:
        st.subheader("应答率（AAPOR）")
        found = work.outcome()
        if found is None:
            page.empty("调查文件夹里没有 contacts.csv（列：case、wave、disposition），不能计算应答率。")
        else:
            rates = found.rates()
            _table(pd.DataFrame({"应答率": list(rates), "数值": [f"{value:.1%}" for value in rates.values()]}))


def _table(table: pd.DataFrame) -> None:
    st.dataframe(table, hide_index=True, width="stretch", height="content")


page.page("quality", body)
