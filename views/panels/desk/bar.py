"""The right end of the bar: the search box, and the views that the visitor keeps under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from accounts.audit.changes import change
from reports.desk.desk import owner
from reports.desk.found import Target
from reports.desk.named_views import LONGEST, NamedView, drop_view, keep_view, named_views, rename_view
from survey.errors import SiluError
from views.blocks.html import AsItIs, text
from views.blocks.single.find import Entry, find_box
from views.cached.found import found_of
from views.panels import page
from views.shell import shots
from views.shell.navigation import all_pages
from views.shell.pages_by_role import open_pages
from views.shell.shelf import Shelf
from views.visitor import session

MINE = "我的视图"
PAGE_KIND = "页面"
OWN = "_own"
"""Mark of an address that keeps no filter of the present page; the script of the search box removes it."""
HELP = "把这一页连同筛选和选择存成一个名字，下次一点就到；链接可以发给别人，对方按自己的岗位打开"
NAME, KEEP = "给这一页起个名字", "存下"
WHICH, ANOTHER, RENAME, DROP = "改名或删去", "新名字", "改名", "删去"
ELSEWHERE = "另有视图所在的页面，您现在的岗位打不开"
KEPT, BOX = "desk.kept", "desk.box"
_BOXES = Shelf(32)


def desk_bar(current: str) -> None:
    """Draw the search box and the named views.

    Args:
        current: last part of the address of the page that is shown.
    """
    views, fault = _views()
    with st.container(key="desk", horizontal=True, width="content", vertical_alignment="center", gap="small"):
        st.html(AsItIs(_box(views)), width="content")
        with st.container(key="desk-views", width="content"):
            box = st.popover(MINE, key=BOX, on_change="rerun")
        if box.open:
            with box:
                if fault is not None:
                    page.problem(fault)
                _keep(current)
                _list(views)


def titles() -> Mapping[str, str]:
    """Return last part of the address -> title of the pages that the visitor may open."""
    there = open_pages()
    return {path: title for pages in all_pages().values() for _, title, path in pages if path in there}


def address_of(view: NamedView) -> str:
    """Return the address of a view relative to the page."""
    return f"{view.page}?{urlencode(dict(view.query))}" if view.query else view.page


def _root() -> Path:
    return Path(session.folder_of_server())


def _views() -> tuple[tuple[NamedView, ...], SiluError | None]:
    try:
        return named_views(_root(), owner()), None
    except SiluError as error:
        return (), error


def _box(views: Sequence[NamedView]) -> str:
    """Return the search box, made once for views, pages, and what can be found in the study."""
    known, targets, settings = titles(), tuple[Target, ...](), None
    try:
        loaded = session.load_settings()
        targets, settings = found_of(loaded), loaded.key
    except SiluError:
        pass
    mine = tuple((one.name, one.page, tuple(one.query.items())) for one in views)
    key = (mine, tuple(known.items()), settings)
    box: str = _BOXES.get(key, lambda: find_box(_entries(views, known, targets), session.FILTERS))
    return box


def _entries(views: Sequence[NamedView], known: Mapping[str, str], targets: Sequence[Target]) -> list[Entry]:
    """Return what can be found: views, pages, then places, rates, questions and themes of the study."""
    mine = [
        (one.name, f"{MINE} · {known[one.page]}", f"{one.page}?{urlencode({**one.query, OWN: '1'})}", "")
        for one in views
        if one.page in known
    ]
    found = [(title, PAGE_KIND, path, "") for path, title in known.items()]
    rest = [(one.title, one.kind, f"{one.page}?{urlencode(dict(one.query))}", one.words) for one in targets]
    return [*mine, *found, *rest]


def _keep(current: str) -> None:
    """Draw the box that keeps the present page."""
    st.caption(HELP)
    name = st.text_input(NAME, max_chars=LONGEST, key="desk.name")
    if st.button(KEEP, key=KEPT, disabled=not name.strip()):
        query = shots.own_query(st.query_params.to_dict())
        _change(KEEP, lambda: keep_view(_root(), owner(), NamedView(name, current, query)))


def _list(views: Sequence[NamedView]) -> None:
    """Draw the links, and the box to rename or remove one."""
    known = titles()
    mine = [one for one in views if one.page in known]
    if len(mine) < len(views):
        st.caption(ELSEWHERE)
    if not mine:
        return
    links = (
        f'<li><a href="{escape(address_of(one))}" target="_self">{text(one.name)}</a>'
        f" <small>{text(known[one.page])}</small></li>"
        for one in mine
    )
    st.html(f'<ul class="silu-views">{"".join(links)}</ul>')
    chosen = str(st.selectbox(WHICH, [one.name for one in mine], key="desk.which"))
    new = st.text_input(ANOTHER, max_chars=LONGEST, key="desk.new")
    with st.container(horizontal=True, gap="small"):
        if st.button(RENAME, key="desk.rename", disabled=not new.strip()):
            _change(RENAME, lambda: rename_view(_root(), owner(), chosen, new))
        if st.button(DROP, key="desk.drop", type="tertiary"):
            _change(DROP, lambda: drop_view(_root(), owner(), chosen))


def _change(what: str, act: Callable[[], None]) -> None:
    """Change the views, which is logged, and draw the page again; report what went wrong."""
    try:
        with change(_root(), what):
            act()
    except SiluError as error:
        page.problem(error)
    else:
        st.rerun()
