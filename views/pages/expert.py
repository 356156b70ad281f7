"""专家分析: what is behind the verdicts, one analysis a tab; only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from reports.definitions import headlines
from reports.overview.weak_words import placeless
from reports.selection import Selection
from reports.verdicts import judged
from survey.instrument.questionnaire import Rate
from views.cached.answers import ask, origin_of
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
Panel = Callable[[Loaded, Selection, Rate], None]


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the tabs, the choices of the open one, and its result."""
    if missing.objected(loaded.study):
        return
    tabs = [name for name in TABS if not selection.opt_in or name in FOR_OPINIONS]
    if fault := check_link_value("分析", tabs, TAB, str):
        st.warning(plain(fault))
    tab = str(st.segmented_control("看哪一项分析", tabs, default=tabs[0], key=TAB, bind="query-params", required=True))
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
    rate = every[-1] if tab == FIRST else choose_rate(every, "看哪一项率")
    TABS[tab](loaded, asked if tab == FIRST else selection.asking([rate.name], BY_DISTRICT), rate)
    page.explained(origin_of(loaded, asked, found))


def _verdicts(loaded: Loaded, asked: Selection, rate: Rate) -> None:
    verdicts_panel(loaded, asked)


def _in_district(panel: Callable[[Loaded, Selection, Rate, str], None]) -> Panel:
    """Return a panel that asks for the district, the lowest first."""

    def draw(loaded: Loaded, asked: Selection, rate: Rate) -> None:
        rows = ask(loaded, asked, judged).table.sort_values("estimate")
        order = rows["district"].astype(str).tolist()
        if fault := check_link_value("区县", order, session.DISTRICT, str):
            st.warning(plain(fault))
        district = str(st.selectbox("区县（从低到高）", order, key=session.DISTRICT, bind="query-params"))
        panel(loaded, asked, rate, district)

    return draw


FIRST = "判断"
TABS: Mapping[str, Panel] = {
    FIRST: _verdicts,
    "排名": ranking_panel,
    "街道和项目": _in_district(streets_and_items),
    "原因分解": _in_district(causes),
    "同样的人相比": adjusted_groups_panel,
    "漏斗图": funnel_panel,
    "街道模型": streets_panel,
    "社区判定": lqas_panel,
}
FOR_OPINIONS = ("排名", "街道和项目")
"""Tabs that self-selected answers have."""


page.page("expert", body)
