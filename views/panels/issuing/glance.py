"""What a leader sees of 简报 before the document: four numbers, and in a wide picture the rates and who acts."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import streamlit as st

from analysis.numerals import chance, count
from reports.briefing.model import Kind
from reports.briefing.parts import strip
from reports.briefing.parts.agenda import actions
from reports.definitions import headlines
from reports.fieldwork.area_lights import red_areas
from reports.overview.lever import foreseen
from reports.plans.deadlines import mend_day
from reports.plans.due import by_due
from reports.plans.pass_forecast import OfficialSample, lines_of
from reports.plans.rectification import ledger_of
from reports.selection import Selection
from reports.sentences import ledger
from reports.sentences.notes import glance as words
from reports.sentences.notes.catalogue import tr
from survey.errors import SiluError
from survey.study.plans.rectification import Status
from views.blocks.cards import rate_cards
from views.blocks.counts import CountCard, count_cards
from views.blocks.html import foot, text
from views.blocks.rows import Column, Line, row_table
from views.cached.answers import ask, sample_of
from views.cached.documents import documents_of, source_of
from views.shell.pages_by_role import offered
from views.visitor.session import Loaded

OFFICIAL = OfficialSample(1000)
"""The official sample before anything is changed on 达标预测."""


def four_numbers(loaded: Loaded, selection: Selection) -> None:
    """Draw what is confirmed, overdue and without effect, and how likely the city passes, as the role may see."""
    cards = [_confirmed(loaded, selection), *_of_ledger(loaded), *_forecast(loaded, selection)]
    st.html(count_cards(cards))


def wide_picture(loaded: Loaded, selection: Selection) -> None:
    """Draw the rates, who acts by when, and a summary, in place of the document, which does not fit a wide frame."""
    facts = source_of(loaded, selection).facts
    st.html(rate_cards(facts.city.table))
    todo = actions(facts)
    if todo is not None:
        columns = [Column(str(head), kind) for head, kind in zip(todo.headings, ("title", "", ""), strict=True)]
        lines = [Line([text(one.task), text(one.owner), text(one.due)], "") for one in todo.rows]
        st.html(row_table(columns, lines, str(todo.title)))
    (one,) = documents_of(loaded, selection, Kind.BRIEF)
    st.html(f'<p class="silu-aloud">{text(one.spoken[1])}</p>')
    st.html(foot("", str(strip.source(facts))))


def _confirmed(loaded: Loaded, selection: Selection) -> CountCard:
    sure = source_of(loaded, selection).facts.sure
    note = str(words.confirmed([one.row for one in sure]))
    return CountCard(tr("确认薄弱"), count(len(sure)), note, pressing=bool(sure))


def _of_ledger(loaded: Loaded) -> list[CountCard]:
    """Return what is overdue, and which measures did not help; nothing for those who may not see the ledger."""
    if not offered("ledger"):
        return []
    study, day = loaded.study, mend_day(loaded.study, loaded.version)
    dues = by_due(study, ledger_of(study).entries(), date.today())
    late = [one for one in dues if one.late]
    failed = [one for one in dues if one.entry.status is Status.STILL_WEAK]
    return [
        CountCard(tr("超期"), count(len(late)), str(ledger.overdue(late, day)), pressing=bool(late)),
        CountCard(tr("措施未见效"), count(len(failed)), str(ledger.without_effect(failed)), pressing=bool(failed)),
    ]


def _forecast(loaded: Loaded, selection: Selection) -> list[CountCard]:
    """Return how likely the city passes the official survey; nothing where that is not known or not to be seen."""
    if not offered("passing"):
        return []
    rates = headlines(loaded.study)
    asked = selection.everyone().asking([rate.name for rate in rates])
    with suppress(SiluError):
        seen = ask(loaded, asked, foreseen, OFFICIAL, lines_of(loaded.study, rates))
        red = sorted(red_areas(sample_of(loaded, selection), selection.waves))
        found = seen.forecast.found
        return [CountCard(tr("官方测评全部达标的可能"), chance(found.everything), str(words.left_out(red)))]
    return []
