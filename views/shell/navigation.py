"""The bar at the top: four sections, the pages of the open one beside them, and one menu of all pages on a phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from reports.sentences.notes.catalogue import tr

# section -> (file in views/pages, title in the bar, last part of the URL): read, compute, act, administer
PAGES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "看": (
        ("overview.py", "总览", "overview"),
        ("weak_areas.py", "薄弱区域", "weak_areas"),
        ("area.py", "区域档案", "area"),
        ("change.py", "趋势与回头看", "change"),
        ("voices.py", "市民留言", "voices"),
    ),
    "算": (
        ("passing.py", "达标预测", "passing"),
        ("planning.py", "样本设计", "planning"),
        ("crosstab.py", "交叉分析", "crosstab"),
        ("expert.py", "专家分析", "expert"),
    ),
    "办": (
        ("outreach.py", "宣传规划", "outreach"),
        ("ledger.py", "整改台账", "ledger"),
        ("briefing.py", "简报", "briefing"),
    ),
    "管": (
        ("quality.py", "数据质量", "quality"),
        ("imports.py", "数据导入", "imports"),
        ("live.py", "实时回收", "live"),
    ),
}

OF_ACCOUNTS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "管": (
        ("office/people.py", "用户与权限", "people"),
        ("office/audit.py", "审计", "audit"),
        ("office/system.py", "系统", "system"),
    ),
    "我的": (("office/me.py", "我的账户", "me"),),
}
"""Pages that exist where people log in, in the same form."""


def all_pages() -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Return the pages of both tables, by section."""
    return {name: (*PAGES.get(name, ()), *OF_ACCOUNTS.get(name, ())) for name in (*PAGES, *OF_ACCOUNTS)}


BRAND = '<span class="silu-brand">四率</span>'


def navigation_bar(sections: Mapping[str, Sequence[st.Page]], current: str, beside: Callable[[], None]) -> None:
    """Draw the bar.

    Args:
        sections: name -> its pages; sections without pages are left out.
        current: title of the page that is shown.
        beside: draws what stands at the right end.
    """
    some = {name: pages for name, pages in sections.items() if pages}
    with st.container(key="nav", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(BRAND, width="content")
        with st.container(key="menu", width="content"), st.popover(tr("菜单"), icon=":material/menu:"):
            for name, pages in some.items():
                st.caption(name)
                for page in pages:
                    st.page_link(page)
        for at, (name, pages) in enumerate(some.items()):
            here = current in [page.title for page in pages]
            with st.container(key=f"section-{'open' if here else at}", width="content"):
                st.page_link(pages[0], label=name)
        with st.container(key="pages", horizontal=True, width="content", gap="small"):
            for page in next((pages for pages in some.values() if current in [one.title for one in pages]), ()):
                with st.container(key="page-open" if page.title == current else None, width="content"):
                    st.page_link(page)
        beside()
