"""The bar at the top: four sections, the pages of the open one beside them, and one menu of all pages on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from reports.sentences.notes.catalogue import tr
from views.cached.kept import replay, token
from views.panels.desk.bar import desk_bar

BRAND = '<span class="silu-brand">四率</span>'


def navigation_bar(sections: Mapping[str, Sequence[st.Page]], current: str, path: str) -> None:
    """Draw the bar; what stands in it but for the right end is made once for the pages of a role.

    Args:
        sections: name -> its pages; sections without pages are left out.
        current: title of the page that is shown.
        path: last part of its address.
    """
    some = {name: pages for name, pages in sections.items() if pages}
    shown = tuple((name, page.title, page.url_path) for name, pages in some.items() for page in pages)
    with st.container(key="nav", horizontal=True, vertical_alignment="center", gap="small"):
        replay(token(("navigation", shown, current)), lambda: _links(some, current))
        desk_bar(path)


def _links(sections: Mapping[str, Sequence[st.Page]], current: str) -> None:
    """Draw the menu, the sections, and the pages of the open one."""
    st.html(BRAND, width="content")
    with st.container(key="menu", width="content"), st.popover(tr("菜单"), icon=":material/menu:"):
        for name, pages in sections.items():
            st.caption(name)
            for page in pages:
                st.page_link(page)
    for at, (name, pages) in enumerate(sections.items()):
        here = current in [page.title for page in pages]
        with st.container(key=f"section-{'open' if here else at}", width="content"):
            st.page_link(pages[0], label=name)
    with st.container(key="pages", horizontal=True, width="content", gap="small"):
        for page in next((pages for pages in sections.values() if current in [one.title for one in pages]), ()):
            with st.container(key="page-open" if page.title == current else None, width="content"):
                st.page_link(page)
