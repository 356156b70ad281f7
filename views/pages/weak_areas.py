"""薄弱区域: confirmed weaknesses and who acts, every district against the targets, and what is watched."""

from __future__ import annotations

from datetime import date

import streamlit as st

from reports.definitions import headlines
from reports.missing import objection
from reports.overview import weak_words as words
from reports.overview.next_step import next_steps
from reports.overview.weaknesses import Weaknesses, weaknesses
from reports.rate_table import verdict_table
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from reports.verdicts import judged
from views.blocks.html import head, strip
from views.cached.answers import ask, follow, origin_of, sample_of
from views.cached.kept import draw, kept
from views.cached.quality import doubt_of, trusted
from views.panels import missing, page
from views.panels.addresses import address
from views.panels.chart_numbers import Behind, behind, blocks_behind
from views.panels.weaknesses import confirmed, table_and_watched, weak_streets
from views.visitor.session import Loaded

BY_DISTRICT = ("district",)
NO_CAUSES = "按人群筛选时，不列最差的项目和集中在哪里；清除筛选就能看到。"


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; it needs at most one and a half screens of 1366 x 768."""
    with st.container(key="glance"):
        draw(loaded, _glance, selection)
        blocks_behind(kept(loaded, _numbers, selection))


def _numbers(loaded: Loaded, selection: Selection) -> tuple[Behind, ...]:
    """Return the numbers behind the heat table."""
    if objection(loaded.study):
        return ()
    asked = selection.asking([rate.name for rate in headlines(loaded.study)], BY_DISTRICT)
    found = ask(loaded, asked, judged)
    return (behind("heat", tr("各区县四率"), verdict_table(found, "district"), origin_of(loaded, asked, found)),)


def _glance(loaded: Loaded, selection: Selection) -> None:
    if missing.objected(loaded.study):
        return
    asked = selection.asking([rate.name for rate in headlines(loaded.study)], BY_DISTRICT)
    found = ask(loaded, asked, judged)
    if selection.where and page.nobody(found):
        return
    objected = missing.objected(loaded.study, against_targets=True)
    weak = Weaknesses() if objected else follow(loaded, asked, found, weaknesses)
    steps = next_steps(sample_of(loaded, selection), selection.wave, date.today())
    weak = weak.as_entered(steps.entries)
    if not objected:
        st.html(head(words.headline(found, weak), words.lead(found, weak, steps)))
    if weak.confirmed:
        st.html(confirmed(weak, steps, weak_streets(loaded, selection, weak)))
    if weak.confirmed and selection.where:
        st.caption(NO_CAUSES)
    if len(found.table):
        st.html(table_and_watched(trusted(loaded, selection, found), found, weak, steps))
    origin = origin_of(loaded, asked, found)
    light = doubt_of(loaded, selection, found)
    st.html(strip(light, address("quality"), "", page.source(origin)))
    page.explained(origin)


page.page("weak_areas", body)
