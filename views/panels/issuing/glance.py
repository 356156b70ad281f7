"""What a leader sees of 简报 before the document: a few numbers, and in a wide picture the rates and who acts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

import streamlit as st

from analysis.numerals import chance, count
from reports.briefing.blocks import Actions
from reports.briefing.facts import Facts
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
from reports.sentences.ledger import Due
from reports.sentences.notes import glance as words
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import join, say
from reports.sentences.weak import without
from survey.errors import SiluError
from views.blocks.cards import rate_cards
from views.blocks.counts import CountCard, count_cards
from views.blocks.html import foot, remark, text
from views.blocks.rows import Column, Line, row_table
from views.blocks.single.aloud import aloud
from views.cached.answers import ask, sample_of
from views.cached.documents import documents_of, source_of
from views.shell.pages_by_role import offered
from views.visitor.session import Loaded

FEW = 5
"""Number of tasks before the document."""


def few_numbers(loaded: Loaded, selection: Selection) -> None:
    """Draw one card a matter: the confirmed weaknesses, other overdue entries, groups of people, the chance to pass."""
    facts = source_of(loaded, selection).facts
    entries = ledger_of(loaded.study).entries() if offered("ledger") else ()
    dues = by_due(loaded.study, entries, date.today())
    cards = [_confirmed(facts, dues), *_overdue(loaded, facts, dues), *_group(facts), *_forecast(loaded, selection)]
    st.html(count_cards(cards))


def essence(loaded: Loaded, selection: Selection) -> None:
    """Draw who does what by when, and the short summary: the document in one glance."""
    left, right = st.columns([13, 7], gap="large")
    todo = actions(source_of(loaded, selection).facts)
    if todo is not None:
        rest = words.further(todo.rows[FEW:])
        left.html(f'<h2 class="silu-title">{text(todo.title)}</h2>' + _todo(todo, FEW) + (remark(rest) if rest else ""))
    (one,) = documents_of(loaded, selection, Kind.BRIEF)
    right.html(aloud(tr("口头汇报（百字）"), tr("复制百字"), one.spoken[0]))


def _todo(todo: Actions, most: int) -> str:
    """Return the first tasks: what, who leads and acts, by when."""
    columns = [Column(tr("事项")), Column(tr("谁办")), Column(tr("期限"), "number")]
    rows = todo.rows[:most]
    who = [join([say("{lead}牵头", lead=one.lead) if one.lead else one.lead, one.owner], "，") for one in rows]
    lines = [Line([f"<b>{text(one.task)}</b>", text(them), text(one.due)]) for one, them in zip(rows, who, strict=True)]
    return f'<div class="silu-todo">{row_table(columns, lines, str(todo.title))}</div>'


def wide_picture(loaded: Loaded, selection: Selection) -> None:
    """Draw the rates, who acts by when, and a summary, in place of the document, which does not fit a wide frame."""
    facts = source_of(loaded, selection).facts
    st.html(rate_cards(facts.city.table))
    todo = actions(facts)
    if todo is not None:
        st.html(_todo(todo, len(todo.rows)))
    (one,) = documents_of(loaded, selection, Kind.BRIEF)
    st.html(f'<p class="silu-aloud">{text(one.spoken[1])}</p>')
    st.html(foot("", str(strip.source(facts))))


def _confirmed(facts: Facts, dues: Sequence[Due]) -> CountCard:
    sure = facts.sure
    own = _own(facts, dues)
    note = str(words.confirmed([one.row for one in sure], None if own is None else ledger.pressing(own)))
    return CountCard(tr("确认薄弱"), count(len(sure)), note, pressing=bool(sure))


def _own(facts: Facts, dues: Sequence[Due]) -> Due | None:
    """Return the open entry of the largest confirmed weakness; None without one."""
    first = facts.sure[0].place if facts.sure else ("", "")
    return next((one for one in dues if one.open and (one.entry.area, one.entry.item) == first), None)


def _overdue(loaded: Loaded, facts: Facts, dues: Sequence[Due]) -> list[CountCard]:
    """Return what else is overdue; nothing where nothing is."""
    late = [one for one in dues if one.late and one is not _own(facts, dues)]
    if not late:
        return []
    note = str(ledger.overdue(late, mend_day(loaded.study, loaded.version)))
    return [CountCard(tr("台账另有超期"), count(len(late)), note, pressing=True)]


def _group(facts: Facts) -> list[CountCard]:
    """Return how many rates of groups of people are confirmed weak, and which; nothing where none is."""
    some = facts.weak_groups()
    return [CountCard(tr("确认薄弱的人群"), count(len(some)), str(words.groups(some)))] if some else []


def _forecast(loaded: Loaded, selection: Selection) -> list[CountCard]:
    """Return how likely the city passes the official survey; nothing where that is not known or not to be seen."""
    if not offered("passing"):
        return []
    rates = headlines(loaded.study)
    asked = selection.everyone().asking([rate.name for rate in rates])
    with suppress(SiluError):
        seen = ask(loaded, asked, foreseen, OfficialSample(), lines_of(loaded.study, rates))
        red = sorted(red_areas(sample_of(loaded, selection), selection.waves))
        found = seen.forecast.found
        return [CountCard(tr("官方调查全部达标的可能"), chance(found.everything), str(without(red)))]
    return []
