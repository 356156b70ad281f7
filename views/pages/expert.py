"""专家分析: what is behind the verdicts, one analysis a tab; only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from reports.definitions import headlines
from reports.overview.problems import first_place
from reports.overview.weak_words import placeless
from reports.provenance import Provenance
from reports.selection import Selection
from reports.verdicts import judged
from survey.instrument.questionnaire import Rate
from views.cached.answers import ask, origin_of
from views.cached.kept import kept
from views.panels import missing, page
from views.panels.causes import causes
from views.panels.expert.adjusted_groups import adjusted_groups_panel
from views.panels.expert.lqas import lqas_panel
from views.panels.expert.models import funnel_panel, streets_panel
from views.panels.expert.ranking import ranking_panel
from views.panels.expert.streets import streets_and_items
from views.panels.expert.verdicts import verdicts_panel
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.visitor import session
from views.visitor.selection import choose_rate
from views.visitor.session import Loaded

BY_DISTRICT = ("district",)
TAB = "tab"
OPINIONS = "网络自填是参与者意见，没有抽样误差，不作判断和模型估计：只能看排名、街道和项目。"
WHICH, RATE = "看哪一项分析", "看哪一项率"
ANALYSIS, DISTRICT, LOWEST_FIRST = "分析", "区县", "区县（从低到高）"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the tabs, the choices of the open one, and its result."""
    if missing.objected(loaded.study):
        return
    tabs = [name for name in TABS if not selection.opt_in or name in FOR_OPINIONS]
    if (asked := st.query_params.get(TAB, "")) in FORMER:
        st.session_state[TAB] = st.query_params[TAB] = FORMER[asked]
    if fault := check_link_value(ANALYSIS, tabs, TAB, str):
        st.warning(plain(fault))
    with st.container(key="glance"):
        _tab(loaded, selection, tabs)


def _tab(loaded: Loaded, selection: Selection, tabs: Sequence[str]) -> None:
    """Draw the choices of the open tab, and its result."""
    bar = st.container(key="expert-bar", horizontal=True, vertical_alignment="bottom")
    with bar:
        tab = str(st.segmented_control(WHICH, tabs, default=tabs[0], key=TAB, bind="query-params", required=True))
    if selection.opt_in:
        page.empty(OPINIONS)
    every = headlines(loaded.study)
    asked = selection.asking([rate.name for rate in every], BY_DISTRICT)
    found = ask(loaded, asked, judged)
    if found.table.empty and not selection.where:
        page.headline(placeless())
        return
    if page.nobody(found):
        return
    if tab == VERDICTS:
        verdicts_panel(loaded, asked, bar)
    else:
        place, worst = kept(loaded, _first_place, asked)
        with bar:
            rate = choose_rate(every, RATE, worst)
        one = selection.asking([rate.name], BY_DISTRICT)
        if tab in OF_DISTRICT:
            with bar:
                district = _district(loaded, asked, rate.name, place if rate.name == worst else "")
            OF_DISTRICT[tab](loaded, one, rate, district)
        else:
            OF_CITY[tab](loaded, one, rate)
    page.explained(kept(loaded, _origin, asked))


def _first_place(loaded: Loaded, asked: Selection) -> tuple[str, str]:
    return first_place(ask(loaded, asked, judged))


def _origin(loaded: Loaded, asked: Selection) -> Provenance:
    return origin_of(loaded, asked, ask(loaded, asked, judged))


def _district(loaded: Loaded, asked: Selection, rate: str, first: str) -> str:
    """Ask for the district, the lowest first; before them the one that is confirmed weak, if any."""
    order = kept(loaded, _lowest_first, asked, rate, first)
    if fault := check_link_value(DISTRICT, order, session.DISTRICT, str):
        st.warning(plain(fault))
    return str(st.selectbox(LOWEST_FIRST, order, key=session.DISTRICT, bind="query-params", width=300))


def _lowest_first(loaded: Loaded, asked: Selection, rate: str, first: str) -> list[str]:
    found = ask(loaded, asked, judged).table
    rows = found[found["item"].astype(str) == rate].sort_values("estimate")
    return sorted(rows["district"].astype(str), key=lambda name: name != first)


FIRST, VERDICTS = "为什么低", "未达标"
"""The tab that is open at first shows what no other page does; the verdicts stand on 薄弱区域 as well."""
OF_CITY: Mapping[str, Callable[[Loaded, Selection, Rate], None]] = {
    "排名": ranking_panel,
    "同样的人相比": adjusted_groups_panel,
    "偶然与否": funnel_panel,
    "先看街道": streets_panel,
    "社区合格": lqas_panel,
}
OF_DISTRICT: Mapping[str, Callable[[Loaded, Selection, Rate, str], None]] = {
    "街道和项目": streets_and_items,
    FIRST: causes,
}
TABS = (FIRST, VERDICTS, "排名", "街道和项目", "同样的人相比", "偶然与否", "先看街道", "社区合格")
FORMER = {
    "原因分解": FIRST,
    "判断": VERDICTS,
    "漏斗图": "偶然与否",
    "街道模型": "先看街道",
    "社区判定": "社区合格",
}
"""Name of a tab in older links and named views -> its name now."""
FOR_OPINIONS = ("排名", "街道和项目")
"""Tabs that self-selected answers have."""


page.page("expert", body)
