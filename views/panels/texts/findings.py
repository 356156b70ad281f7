"""What stands out where: themes and words by district, and the satisfaction of those who raise a theme."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.numerals import percent
from reports.sentences import voices as sentences
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence, say
from reports.voices import shares as reports
from reports.voices.asked import TextSelection
from reports.voices.quoted import comments_with
from views.cached.kept import draw, kept
from views.cached.voices import ask
from views.charts.mentions import ranked_mentions, theme_heat
from views.panels import page
from views.panels.captions import caption
from views.panels.chart_numbers import Drawn, drawn
from views.panels.texts.comments import analyst
from views.shell.tables import show_table
from views.visitor.session import Loaded

TOP, WIDE, WORDS_SHOWN = 14, 12, 10
HALF, WHOLE = 600, 1230
FOLDED = "districts"
"""Key and query parameter of the folded part."""


def findings(loaded: Loaded, asked: TextSelection, top: pd.DataFrame, fold: Sentence) -> None:
    """Fold the districts, their words and the satisfaction below the page; self-selected answers have only counts.

    They are computed once somebody opens them: with a million answers they take more time than all above.
    """
    box = st.expander(tr("各区县、用词和满意率"), key=FOLDED, bind="query-params")
    if not box.open:
        return
    with box:
        if tone := ask(loaded, asked, reports.tone):
            page.note(tone)
        if fold:
            page.note(fold)
        if not asked.selection.opt_in:
            top_codes = tuple(top.head(TOP)["item"].astype(str))
            page.figure(kept(loaded, _where, asked, top_codes), "theme-heat")
            draw(loaded, _words, asked)
            _satisfied(loaded, asked, top_codes)


def _where(loaded: Loaded, asked: TextSelection, top: tuple[str, ...]) -> Drawn:
    """Return themes by district."""
    by_district = ask(loaded, asked, reports.theme_shares, ("district",))
    distinct = ask(loaded, asked, reports.distinct_themes)
    more = distinct[distinct["distinct"] & (distinct["z"] > 0)]["term"].tolist()
    codes = list(dict.fromkeys([*more, *top]))[:WIDE]
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
    return drawn(theme_heat(cells, "district", "label", words, page_width=WHOLE), finding)


def _satisfied(loaded: Loaded, asked: TextSelection, top: tuple[str, ...]) -> None:
    """Draw the headline satisfaction of those who raise a theme."""
    if ask(loaded, asked, reports.satisfied_among) is None:
        return
    st.subheader(tr("提到这些主题的人，总体满意率如何"))
    if (seen := kept(loaded, _satisfaction, asked, top)) is None:
        page.empty(tr("提到各主题的人都太少，不能估计他们的满意率。"))
    else:
        page.figure(seen, "satisfied")


def _satisfaction(loaded: Loaded, asked: TextSelection, top: tuple[str, ...]) -> Drawn | None:
    linked = ask(loaded, asked, reports.satisfied_among)
    assert linked is not None
    table = linked.estimates.table
    table = table.set_index(table["item"].astype(str)).reindex(list(top)).dropna(subset=["estimate"])
    what = say("只含提到该主题并回答了总体满意度的人")
    title = say("提到某主题的人中的总体满意率")
    words = caption(linked.provenance, title, what)
    return None if table.empty else drawn(ranked_mentions(table, "label", words, page_width=HALF), title)


def _words(loaded: Loaded, asked: TextSelection) -> None:
    """Show the distinctive words of a district, each with a quote."""
    st.subheader(tr("各区县特有的说法"))
    table = reports.distinctive(loaded.study, ask(loaded, asked, reports.distinct_words))
    if table.empty:
        page.empty(tr("在 10% 的错误发现率下，没有哪个区县的用词明显不同。"))
        return
    rows = table.sort_values("z", ascending=False, kind="stable").head(WORDS_SHOWN)
    shown = [
        {
            tr("区县"): str(row.district),
            tr("用词"): str(row.term),
            tr("本区县"): percent(float(str(row.share))),
            tr("其他区县"): percent(float(str(row.share_rest))),
            **({tr("提到人数"): int(str(row.n))} if analyst() else {}),
            tr("例如（全市）"): "；".join(ask(loaded, asked, comments_with, str(row.term)))
            or tr("同类留言太少，不摘录"),
        }
        for row in rows.itertuples()
    ]
    show_table(pd.DataFrame(shown))
    st.caption(tr("比较用与各项占比相同的校准权数；占比按抽样设计计误差，同时比很多词，错误发现率控制在 10%。"))
