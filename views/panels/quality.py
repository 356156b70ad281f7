"""What lies behind the lights of 数据质量: signals and evidence, checks, weighting, quota and response rates."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import percent
from reports.fieldwork import integrity, quality_tables, weighting
from reports.fieldwork.data_quality import Fieldwork
from reports.fieldwork.integrity import Light
from reports.selection import Selection
from reports.sentences import fieldwork
from reports.sentences.notes import fieldwork as notes
from reports.sentences.notes.catalogue import tr
from views.cached import quality
from views.cached.kept import draw, kept
from views.charts.dots import Axis, dots
from views.charts.parts import style
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Drawn, drawn
from views.shell.tables import show_table
from views.visitor.session import Loaded

SHOWN = 8
"""Maximum number of units in a figure; the others are counted."""
KEY = {"red light": "红灯：需要独立复访", "amber light": "黄灯：留意", "green light": "绿灯：没有异常"}


def signals(loaded: Loaded, selection: Selection) -> None:
    """Draw the signals of the most conspicuous interviewers and communities, and the evidence of one."""
    about = tr("数据质量看本轮本方式的全部答卷，不随年龄、性别、场所筛选变化。")
    st.caption(f"{integrity.NOT_AN_ACCUSATION}{integrity.FALSE_ALARMS}{about}")
    for box, level in zip(st.columns(2, gap="medium"), integrity.LEVELS, strict=True):
        with box:
            _units(loaded, selection, level)
    _evidence(loaded, selection)


def areas(loaded: Loaded, selection: Selection) -> None:
    """Show the lights of the districts, and the rates with and without exclusions."""
    draw(loaded, _areas, selection)


def _areas(loaded: Loaded, selection: Selection) -> None:
    first, second = st.columns(2, gap="medium")
    with first:
        st.subheader(tr("区县的灯"))
        show_table(integrity.lights_table(quality.lights_of(loaded, selection)))
    with second:
        st.subheader(tr("剔除与否，四率差多少"))
        _effect(loaded, selection)


def checks(loaded: Loaded, selection: Selection) -> None:
    """Show the checks of single responses, and which people they flag more often."""
    draw(loaded, _checks, selection)


def _checks(loaded: Loaded, selection: Selection) -> None:
    st.caption(tr("检查只是提醒，不会自动剔除；剔除由人决定并写明理由，原答卷保留。"))
    show_table(quality_tables.checks_table(quality.checks_of(loaded, selection)))
    groups = quality.groups_of(loaded, selection)
    st.subheader(tr("哪些人更常被标记"))
    page.note(notes.flag_groups(groups))
    show_table(quality_tables.groups_table(groups))


def _units(loaded: Loaded, selection: Selection, level: str) -> None:
    """Draw the most conspicuous interviewers or areas."""
    if (seen := kept(loaded, _conspicuous, selection, level)) is None:
        page.empty(tr("没有足够的答卷来检查{level}。").format(level=integrity.LEVELS[level]))
    else:
        page.figure(seen, f"lights-{level}")


def _conspicuous(loaded: Loaded, selection: Selection, level: str) -> Drawn | None:
    found = quality.integrity_of(loaded, selection)
    units, name = integrity.units(found)[level], integrity.LEVELS[level]
    shown = integrity.conspicuous(units, SHOWN)
    if shown.empty:
        return None
    origin = integrity.provenance_of(quality.work_of(loaded, selection), found)
    title = fieldwork.level_title(units, name)
    words = caption(origin, title, fieldwork.level_caption(units, level, list(shown["label"])))
    axis = Axis(",.0f", floor=-0.4, unit=tr(" 项"))
    return drawn(dots(shown, words, axis, KEY, page_width=style.HALF), title)


def _evidence(loaded: Loaded, selection: Selection) -> None:
    """Draw the figures of one interviewer or area."""
    choices = kept(loaded, _choices, selection)
    if not choices:
        return
    st.subheader(tr("依据，以及先要排除的正常解释"))
    chosen = str(st.selectbox(tr("看谁的依据"), list(choices), key="unit"))
    draw(loaded, _evidence_of, selection, *choices[chosen])


def _evidence_of(loaded: Loaded, selection: Selection, level: str, unit: str) -> None:
    show_table(integrity.evidence_table(quality.integrity_of(loaded, selection), level, unit))


def _choices(loaded: Loaded, selection: Selection) -> dict[str, tuple[str, str]]:
    """Return the interviewers and areas with a red or amber light: option -> level and name."""
    return {
        str(notes.unit_option(integrity.LEVELS[level], row)): (level, str(row["unit"]))
        for level, units in integrity.units(quality.integrity_of(loaded, selection)).items()
        for row in units[units["light"].isin([str(Light.RED), str(Light.AMBER)])].to_dict("records")
    }


def _effect(loaded: Loaded, selection: Selection) -> None:
    table, out, decided = quality.effect_of(loaded, selection)
    page.note(notes.excluded(out, decided, "："))
    show_table(quality_tables.effect_table(table))


def weights(loaded: Loaded, selection: Selection) -> None:
    """Draw what weighting costs in effective size, and quota and response rates."""
    draw(loaded, _weights, selection)
    _collection(quality.work_of(loaded, selection))


def _weights(loaded: Loaded, selection: Selection) -> None:
    st.subheader(tr("加权效率"))
    spreads = quality.weights_of(loaded, selection)
    if not spreads:
        page.empty(tr("网络自填的答卷不加权，没有加权效率。"))
        return
    st.caption(weighting.EXPLAINED)
    show_table(weighting.spread_table(spreads))


def _collection(work: Fieldwork) -> None:
    """Draw quota and response rates, where the study has a plan and call records."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(tr("配额进度"))
        progress = work.quota()
        if progress is None:
            page.empty(tr("调查文件夹里没有 quota.csv（列：wave、分组列、target），不比较配额。"))
        else:
            show_table(quality_tables.quota_table(progress))
    with right:
        st.subheader(tr("应答率（AAPOR）"))
        found = work.outcome()
        if found is None:
            page.empty(tr("调查文件夹里没有 contacts.csv（列：case、wave、disposition），不能计算应答率。"))
        else:
            rates = found.rates()
            show_table(
                pd.DataFrame({tr("应答率"): list(rates), tr("数值"): [percent(value) for value in rates.values()]})
            )
