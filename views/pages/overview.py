"""总览: what is wrong and where, the four rates against their targets, the districts, and who acts next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from reports import rates
from reports.definitions import definitions, headlines
from reports.fieldwork.area_lights import kept_out
from reports.overview import headline as words
from reports.overview.next_step import NextSteps, next_steps
from reports.overview.problems import Problem, as_entered, problems
from reports.plans.rectification import ledger_of
from reports.rate_table import verdict_table
from reports.selection import Selection
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import join
from reports.verdicts import judged
from views.blocks.cards import rate_cards
from views.blocks.html import head, strip
from views.blocks.problems import ProblemRow, problem_table
from views.cached.answers import ask, follow, origin_of, sample_of
from views.cached.kept import draw, kept
from views.cached.quality import doubt_of, lights_of, trusted
from views.panels import missing, page
from views.panels.addresses import address
from views.panels.chart_numbers import Behind, behind, blocks_behind
from views.panels.desk.remarks import entered, people, repeats
from views.panels.desk.since import since_last_visit
from views.panels.documents import leader_button
from views.panels.where.district_map import district_map
from views.visitor.session import Loaded


def body(loaded: Loaded, selection: Selection) -> None:
    """Draw the page; it fits a screen of 1366 x 768."""
    _since(loaded, selection)
    with st.container(key="glance"):
        leader_button(loaded, selection)
        draw(loaded, _glance, selection)
        blocks_behind(kept(loaded, _numbers, selection))


def _since(loaded: Loaded, selection: Selection) -> None:
    """Draw what is new; with the verdicts of the page, so that nothing is computed twice."""
    asked = selection.asking([rate.name for rate in headlines(loaded.study)], ("district",))
    found = ask(loaded, asked, judged)
    if len(found.table):
        since_last_visit(loaded, asked, found, ledger_of(loaded.study).entries())


def _numbers(loaded: Loaded, selection: Selection) -> tuple[Behind, ...]:
    """Return the numbers behind the cards and the tiles."""
    whole = selection.asking([rate.name for rate in headlines(loaded.study)])
    city = ask(loaded, whole, rates.with_change)
    districts = ask(loaded, whole.asking(whole.items, ("district",)), judged)
    origin = origin_of(loaded, whole, city)
    return (
        behind("cards", tr("四率"), verdict_table(city), origin),
        behind("tiles", tr("各区县"), verdict_table(districts, "district"), origin),
    )


def _glance(loaded: Loaded, selection: Selection) -> None:
    asked = headlines(loaded.study)
    whole = selection.asking([rate.name for rate in asked])
    by_district = whole.asking(whole.items, ("district",))
    city, districts = ask(loaded, whole, rates.with_change), ask(loaded, by_district, judged)
    if page.nobody(city):
        return
    objected = missing.objected(loaded.study, against_targets=True)
    found = () if objected else follow(loaded, by_district, districts, problems)
    steps = next_steps(sample_of(loaded, selection), selection.wave, date.today())
    found = as_entered(found, steps.entries)
    if not objected:
        st.html(head(words.headline(city, districts, found), words.lead(city, found, steps)))
        missing.checklist(loaded.study)
    st.html(rate_cards(city.table))
    st.html(
        _main(
            district_map(loaded, selection, trusted(loaded, selection, districts).table, found),
            problem_table([_row(loaded, one, steps) for one in found], words.nothing(districts).text)
            + people(loaded, whole, steps),
            found,
        )
    )
    origin = origin_of(loaded, whole, city)
    light = join([doubt_of(loaded, selection, districts), repeats(loaded, selection)])
    st.html(strip(light, address("quality"), words.unchanged(city), page.source(origin)))
    notes = [one for one in (entered(found, districts, steps), kept_out(lights_of(loaded, selection))) if one]
    page.explained(origin, definitions(loaded.study, asked), rates.precision(city), notes=notes)


def _main(where: str, table: str, found: Sequence[Problem]) -> str:
    """Return the districts at the left, the problems at the right; one below the other on a phone."""
    return f'<div class="silu-main">{where}<section><h2>{words.listing(found)}</h2>{table}</section></div>'


def _row(loaded: Loaded, one: Problem, steps: NextSteps) -> ProblemRow:
    """Return a problem in words; leaders see the state of the ledger without its link."""
    return ProblemRow(
        state=str(one.row["verdict"]),
        area=str(one.row["district"]),
        rate=str(one.row["label"]),
        now=str(words.now(one)),
        gap=str(words.gap(one)),
        since=str(words.since(one, loaded.study)),
        units=str(words.units(one)),
        items=str(words.items(one)),
        step=str(words.step(one, steps)),
        link=_link(one, steps) if address("ledger") else "",
        href=address("ledger"),
        sure=one.sure,
    )


def _link(one: Problem, steps: NextSteps) -> str:
    """Return what a click does about a problem: an entry is read, a confirmed weakness without one is entered."""
    if steps.entry(*one.place) is not None:
        return tr("看台账") if one.sure else ""
    return tr("去立项") if one.sure else ""


page.page("overview", body)
