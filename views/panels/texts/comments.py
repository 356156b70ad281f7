"""The comments on a theme: a district beside the others, and masked texts with search, filters and paging."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from reports.sentences import voices as sentences
from reports.sentences.notes import texts
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row
from reports.voices import listed, quoted
from reports.voices.asked import TextSelection
from reports.voices.finding import Finding, finding
from reports.voices.listed import Comment, Wanted
from survey.host import access
from survey.host.access import Role
from views.blocks.html import text
from views.blocks.single.voices import ShareBar, comment_list, share_bars
from views.cached.kept import kept
from views.cached.voices import ask
from views.shell.links import check_link_value
from views.shell.markup import plain
from views.visitor import session
from views.visitor.session import Loaded

CITY, PRAISE, OTHERS = "全市", "只看表扬", "其他区县"


def analyst() -> bool:
    """Return whether this role sees comments one by one (rule R-05)."""
    return access.current_role() is Role.ANALYST


def comments(loaded: Loaded, asked: TextSelection, top: pd.DataFrame, found: Finding) -> str:
    """Draw the comments and return the label of the chosen theme.

    Only analysts choose a place, search and turn pages (rule R-05); others see a few typical quotes of the whole city.
    """
    above = st.container()
    codes = dict(zip(top["label"].astype(str), top["item"].astype(str), strict=True))
    if not analyst():
        theme = _choose(tr("主题"), list(codes), "theme", found.theme)
        quotes = ask(loaded, asked, quoted.comments, theme=codes[theme])
        with above:
            _title(CITY, theme, "")
        st.html(comment_list([Comment(quote, "", "") for quote in quotes]))
        st.html(f'<p class="silu-quiet">{text(texts.quoted(loaded.study))}</p>')
        return theme
    theme, place, search = _filters(loaded, list(codes), found)
    row = kept(loaded, _row, asked, place, theme)
    with above:
        _compare(found, row, theme, place)
    wanted = Wanted(codes.get(theme, ""), "" if place == CITY else place, search, praise=theme == PRAISE)
    _page(loaded, asked, wanted, (place, theme))
    return theme


def _row(loaded: Loaded, asked: TextSelection, place: str, theme: str) -> Row | None:
    """Return the comparison of a place in a theme; None where there is none."""
    found = ask(loaded, asked, finding)
    return None if found is None else found.row(place, theme)


def _filters(loaded: Loaded, themes: list[str], found: Finding) -> tuple[str, str, str]:
    left, middle, right = st.columns([3, 3, 5])
    with middle:
        theme = _choose(tr("主题"), [*themes, PRAISE], "theme", found.theme)
    with left:
        here = found.district if theme == found.theme else ""
        place = _choose(tr("地方"), [CITY, *loaded.study.areas.districts], session.DISTRICT, here or CITY)
    with right:
        hint = tr("在原话里搜索（已遮盖的字搜不到）")
        search = st.text_input(tr("搜索"), key="search", placeholder=hint, label_visibility="collapsed", max_chars=40)
    return theme, place, search


def _choose(label: str, options: list[str], key: str, first: str) -> str:
    if fault := check_link_value(label, options, key, str):
        st.warning(plain(fault))
    at = options.index(first) if first in options else 0
    chosen = st.selectbox(label, options, index=at, key=key, bind="query-params", label_visibility="collapsed")
    return str(chosen)


def _compare(found: Finding, row: Row | None, theme: str, place: str) -> None:
    """Draw the chosen district beside the others, where they were compared and no list says so already."""
    listed_ = [(str(one["district"]), str(one["label"])) for one in found.outstanding]
    if (place, theme) in listed_ or row is None:
        return
    here, rest = (float(str(row[name])) for name in ("share", "share_rest"))
    bars = [ShareBar(place, here, best=True), ShareBar(OTHERS, rest)]
    st.html(share_bars(sentences.compared(theme, place), tr("占留言者"), bars))


def _page(loaded: Loaded, asked: TextSelection, wanted: Wanted, names: tuple[str, str]) -> None:
    """Draw one page of comments, with its count and the pages there are."""
    place, theme = names
    key = f"comments.{hash((asked, wanted))}"  # other filters start at their first page
    at = int(st.session_state.get(key) or 1)
    shown = ask(loaded, asked, listed.comments_of, wanted=wanted, page=at)
    _title(place, theme, str(sentences.comments_found(shown, loaded.study.suppression)))
    st.html(comment_list(shown.rows))
    if shown.pages > 1:
        st.pagination(shown.pages, key=key, max_visible_pages=7)
    st.html(f'<p class="silu-quiet">{text(texts.hidden())}</p>')


def _title(place: str, theme: str, remark: str) -> None:
    title = text(sentences.comments_title(place, theme))
    st.html(f'<h2 class="silu-section">{title}<small>{text(remark)}</small></h2>')
