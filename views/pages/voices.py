"""市民留言: themes that residents raise, where they are distinctive, and masked quotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from analysis.numerals import percent
from reports.selection import Selection
from reports.sentences import voices as sentences
from reports.sentences.notes import texts
from reports.sentences.sentence import say
from reports.voices import copies
from reports.voices import shares as reports
from reports.voices.asked import TextSelection, counts_once
from reports.voices.open_answers import open_questions
from views.cached.voices import answers_of, ask, key_of
from views.charts.mentions import ranked_mentions, theme_heat
from views.panels import page
from views.panels.captions import caption
from views.panels.coding import coding_panel
from views.panels.discoveries import discovery_panel
from views.panels.text_waves import copy_panel, place_panel, wave_panel
from views.shell.markup import plain
from views.shell.tables import show_table
from views.visitor.session import Loaded

TOP, WIDE = 14, 12
HALF, WHOLE = 600, 1230
WORDS_SHOWN = 10


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the selection, then the chosen part of the page."""
    asked = _choose(loaded, selection)
    part = st.segmented_control(
        "看什么", list(PARTS), default=next(iter(PARTS)), key="part", bind="query-params", required=True
    )
    PARTS[str(part)](loaded, asked)


def _choose(loaded: Loaded, selection: Selection) -> TextSelection:
    questions = open_questions(loaded.study)
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        item = st.selectbox("开放题", list(questions), format_func=lambda name: questions[name], key="open_item")
    asked = TextSelection(selection, str(item))
    usual = counts_once(answers_of(loaded, asked.item), asked)
    with right:
        # One key for each default: a choice is kept, and a wave with another default starts from that.
        once = st.toggle("雷同留言只算一条", value=usual, key=f"copies_once.{usual}")
    return replace(asked, once=bool(once))


def _themes(loaded: Loaded, asked: TextSelection) -> None:
    """Draw the most frequent themes, with quotes, by district, and with the satisfaction of those who raise them."""
    answers = answers_of(loaded, asked.item)
    city = ask(loaded, asked, reports.theme_shares)
    shown, fold = reports.folded(reports.ranked(city.estimates))
    top = shown.head(TOP)
    if top.empty or not top["estimate"].sum():
        page.empty("这一轮还没有能归类的留言。")
        return
    finding = sentences.themes(city.estimates, top)
    page.headline(finding + "。")
    st.caption(plain(reports.tone(answers, asked).text))
    if note := ask(loaded, asked, copies.copies_note):
        st.caption(plain(note.text))
    left, right = st.columns(2, gap="medium")
    with left:
        what = say("写了内容的人中，提到各主题的占比（一人可提多个；另列占全体受访居民）")
        words = caption(city.provenance, finding, what)
        page.figure(ranked_mentions(top, "label", words, page_width=HALF), "mentions", finding)
        st.caption(plain(fold.text))
    with right:
        _quotes(loaded, asked, top)
    if not asked.selection.opt_in:
        _where(loaded, asked, top)
        _words(loaded, asked)
        _satisfied(loaded, asked, top)
    page.explained(city.provenance)


def _coding(loaded: Loaded, asked: TextSelection) -> None:
    coding_panel(loaded, answers_of(loaded, asked.item), key_of(loaded))


def _discovery(loaded: Loaded, asked: TextSelection) -> None:
    discovery_panel(loaded, answers_of(loaded, asked.item), key_of(loaded))


def _quotes(loaded: Loaded, asked: TextSelection, top: pd.DataFrame) -> None:
    """Show quotes of the most frequent themes."""
    st.subheader("他们这样说")
    page.note(texts.quoted(loaded.study))
    for row in top.head(5).itertuples():
        quotes = ask(loaded, asked, reports.comments, theme=str(row.item))
        if quotes:
            st.markdown(f"**{plain(row.label)}**　" + "　".join(f"“{plain(quote)}”" for quote in quotes))


def _where(loaded: Loaded, asked: TextSelection, top: pd.DataFrame) -> None:
    """Draw themes by district."""
    by_district = ask(loaded, asked, reports.theme_shares, ("district",))
    distinct = ask(loaded, asked, reports.distinct_themes)
    more = distinct[distinct["distinct"] & (distinct["z"] > 0)]["term"].tolist()
    codes = list(dict.fromkeys([*more, *top["item"].astype(str)]))[:WIDE]
    cells = by_district.estimates.table
    cells = cells[cells["item"].astype(str).isin(codes)]
    cells = cells.assign(term=cells["item"].astype(str), district=cells["district"].astype(str))
    tested = distinct.assign(district=distinct["district"].astype(str))[["district", "term", "z", "distinct"]]
    cells = cells.merge(tested, on=["district", "term"], how="left").rename(columns={"estimate": "share"})
    cells["distinct"] = cells["distinct"].eq(True)
    cells = cells.sort_values("term", key=lambda column: column.map(codes.index), kind="stable")
    first = cells[cells["distinct"] & (cells["z"] > 0)].head(4)
    finding = sentences.distinct(list(zip(first["district"], first["label"], strict=True)))
    words = caption(by_district.provenance, finding, say("各区县写了内容的人中，提到各主题的占比"))
    page.figure(theme_heat(cells, "district", "label", words, page_width=WHOLE), "theme-heat", finding)


def _satisfied(loaded: Loaded, asked: TextSelection, top: pd.DataFrame) -> None:
    """Draw the headline satisfaction of those who raise a theme."""
    linked = ask(loaded, asked, reports.satisfied_among)
    if linked is None:
        return
    st.subheader("提到这些主题的人，总体满意率如何")
    table = linked.estimates.table
    table = table.set_index(table["item"].astype(str)).reindex(top["item"].astype(str)).dropna(subset=["estimate"])
    what = say("只含提到该主题并回答了总体满意度的人")
    title = say("提到某主题的人中的总体满意率")
    words = caption(linked.provenance, title, what)
    if table.empty:
        page.empty("提到各主题的人都太少，不能估计他们的满意率。")
        return
    page.figure(ranked_mentions(table, "label", words, page_width=HALF), "satisfied", title)


def _words(loaded: Loaded, asked: TextSelection) -> None:
    """Show the distinctive words of a district, each with a quote."""
    st.subheader("各区县特有的说法")
    table = reports.distinctive(loaded.study, ask(loaded, asked, reports.distinct_words))
    if table.empty:
        page.empty("在 10% 的错误发现率下，没有哪个区县的用词明显不同。")
        return
    rows = table.sort_values("z", ascending=False, kind="stable").head(WORDS_SHOWN)
    shown = [
        {
            "区县": str(row.district),
            "用词": str(row.term),
            "本区县": percent(float(str(row.share))),
            "其他区县": percent(float(str(row.share_rest))),
            "提到人数": int(str(row.n)),
            "例如（全市）": "；".join(ask(loaded, asked, reports.comments, word=str(row.term), most=1))
            or "同类留言太少，不摘录",
        }
        for row in rows.itertuples()
    ]
    show_table(pd.DataFrame(shown))
    st.caption("比较用与各项占比相同的校准权数；占比按抽样设计计误差，同时比很多词，错误发现率控制在 10%。")


PARTS: Mapping[str, Callable[[Loaded, TextSelection], None]] = {
    "主题与区县": _themes,
    "各轮变化": wave_panel,
    "地方": place_panel,
    "雷同": copy_panel,
    "发现": _discovery,
    "人工编码": _coding,
}
"""Name of a part of the page -> function that draws it."""

page.page("voices", body)
