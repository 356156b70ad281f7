"""趋势与回头看: which earlier weaknesses are closed, which one to press on, and what moved since an earlier wave."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from reports import change as reports
from reports.definitions import headlines
from reports.labels import wave_label
from reports.selection import Selection
from reports.sentences import change as sentences
from reports.sentences.notes.catalogue import tr
from reports.sentences.notes.days import months_on_page
from reports.sentences.sentence import say
from survey.errors import DesignError
from views.blocks.html import foot, head
from views.blocks.single.looks import look_cards
from views.cached.answers import sample_of
from views.cached.kept import draw, kept
from views.charts.parts import style
from views.panels import change as panels
from views.panels import page
from views.panels.addresses import address
from views.panels.chart_numbers import blocks_behind
from views.panels.kept_waves import GONE, kept_waves
from views.visitor.selection import choose_rate
from views.visitor.session import Loaded

FIRST = say("这是第一轮，没有可比的前一轮")
NEXT = say("下一轮用同一份问卷、同样的方式调查，这里就能回头看薄弱项补上没有。")
ONLINE = say("网络自填是参与者意见，两轮参加的人不同，不能说升降")
FOOT = f"横线是目标，竖线是误差范围；{style.glossary()}"
CHARTS = "charts"
MOST = 7
"""Number of weaknesses above the fold, of which the first ones have a picture; the table below has all."""


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; what is closed and what is open fits a screen of 1366 x 768, all else is folded below it."""
    place = st.container(key="glance")
    if selection.opt_in:
        place.html(head(ONLINE, tr("请在上方“调查方式”里换成入户或电话。")))
        return
    rates = headlines(loaded.study)
    asked = selection.asking([rate.name for rate in rates])
    earlier = sample_of(loaded, selection).before(selection.wave)
    if not earlier:
        gone = kept_waves(loaded.study, selection.mode)
        place.html(head(GONE if gone else FIRST, "" if gone else NEXT))
        page.explained(panels.over_time(loaded, asked))
        return
    with place:
        before = _before(loaded, earlier)
        try:
            found = panels.change_of(loaded, asked, before)
        except DesignError as error:
            st.html(head(sentences.apart(before, selection.wave), ""))
            page.problem(error)
            found = None
    if found is None:
        page.explained(panels.over_time(loaded, asked, asked.items))
        return
    with place:
        draw(loaded, _glance, asked, before)
    _behind(loaded, asked, before, found)


def _before(loaded: Loaded, earlier: Sequence[str]) -> str:
    """Return the wave to compare with; there is nothing to choose where only one came before."""
    if len(earlier) == 1:
        return earlier[0]
    waves = list(reversed(earlier))
    return str(st.selectbox(tr("与哪一轮比"), waves, format_func=lambda name: wave_label(loaded.study, name)))


def _glance(loaded: Loaded, asked: Selection, before: str) -> None:
    """Draw headline, one small picture per weakness, and the method."""
    found = panels.change_of(loaded, asked, before)
    known = panels.known_of(loaded, asked)
    looks = [panels.look_at(loaded, asked, row, known) for row in found.ordered[:MOST]]
    pursued = [one.pursuit for one in looks[:1]] or [sentences.Pursuit()]
    st.html(head(found.headline, found.lead(pursued[0])))
    panels.refusals(found)
    if looks:
        st.html(look_cards(looks, months_on_page(loaded.study), address("ledger")))
    st.html(foot(FOOT, page.source(found.provenance, people=False)))
    panels.cautions(found)


def _behind(loaded: Loaded, asked: Selection, before: str, found: reports.Change) -> None:
    """Fold all numbers, the changed wording, the trend of the city and the districts."""
    draw(loaded, _numbers, asked, before)
    box = st.expander(tr("全市走势和各区县变化"), key=CHARTS, bind="query-params")
    if box.open:  # closed, its charts cost a fifth of the page
        with box:
            _charts(loaded, asked, before, found)
    draw(loaded, _kept_waves, asked.mode)
    page.explained(found.provenance)
    blocks_behind(kept(loaded, panels.numbers_of_looks, asked, before))


def _charts(loaded: Loaded, asked: Selection, before: str, found: reports.Change) -> None:
    """Draw the trend of the city and the changes of districts."""
    page.note(found.sentence)
    rates = headlines(loaded.study)
    left, right = st.columns(2, gap="medium")
    with left:
        panels.over_time(loaded, asked, tuple(rate.name for rate in rates if found.barred(rate.name)))
    with right:
        panels.by_district(loaded, asked, before, choose_rate(rates, tr("各区县看哪一项率")))


def _numbers(loaded: Loaded, asked: Selection, before: str) -> None:
    found = panels.change_of(loaded, asked, before)
    panels.reworded(found)
    if found.ordered:
        with st.expander(tr("逐项数字")):
            panels.numbers(found)


def _kept_waves(loaded: Loaded, mode: str) -> None:
    kept_waves(loaded.study, mode)


page.page("change", body)
