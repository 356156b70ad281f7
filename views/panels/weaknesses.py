"""The blocks of 薄弱区域: cards of confirmed weaknesses, the heat table, and the watched rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.areas.beside import lowest_first, rows_by_area
from reports.areas.places import children, find
from reports.overview import headline as words
from reports.overview import weak_words as own
from reports.overview.next_step import NextSteps, Place, place_of, unlisted
from reports.overview.weaknesses import Weakness, Weaknesses
from reports.plans.rectification import by_place
from reports.rates import Estimates
from reports.selection import Selection
from reports.sentences.briefing import distance
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Row
from reports.sentences.weak import merged
from reports.verdicts import Verdict
from views.blocks.weak.confirmed import ConfirmedCard, Item, confirmed_cards
from views.blocks.weak.heat_table import heat_table
from views.blocks.weak.watched import WatchedRow, fold, watched_rows
from views.cached.areas import four_of
from views.panels.addresses import address, address_of_area
from views.visitor.session import Loaded

BAR = ("estimate", "conf_low", "conf_high", "line", "verdict", "reason")
"""Columns of a verdict that its bar shows."""


def confirmed(found: Weaknesses, steps: NextSteps, streets: Mapping[Place, Sequence[Row]]) -> str:
    """Return the cards; leaders see the state of the ledger without its link.

    Args:
        found: what is listed of the verdicts.
        steps: the next steps.
        streets: place -> the streets of the district that are confirmed weak in the rate, the lowest first.
    """
    cards = [_card(one, steps, streets.get(one.problem.place, ())) for one in found.confirmed]
    return confirmed_cards(cards, own.more(found.more_confirmed, Verdict.WEAK), own.by_rate(found.more_confirmed))


def weak_streets(loaded: Loaded, selection: Selection, found: Weaknesses) -> Mapping[Place, Sequence[Row]]:
    """Return the streets that are confirmed weak in each confirmed weakness; none under a condition on people."""
    if selection.where or not found.confirmed:
        return {}
    areas, four = loaded.study.areas, four_of(loaded, selection, "street")
    rows = {}
    for district, item in (one.problem.place for one in found.confirmed):
        below = lowest_first(rows_by_area(four, children(areas, find(areas, [district])), item))
        rows[district, item] = [row for row in below.values() if row["verdict"] == Verdict.WEAK]
    return rows


def _card(one: Weakness, steps: NextSteps, streets: Sequence[Row]) -> ConfirmedCard:
    problem = one.problem
    ledger = address("ledger")
    return ConfirmedCard(
        row={name: problem.row[name] for name in BAR},
        area=problem.place[0],
        href=address_of_area(problem.place[0]),
        rate=str(problem.row["label"]),
        now=str(words.now(problem)),
        gap=str(own.gap(problem)),
        certainty=str(own.certainty(problem)),
        items_title=str(own.items_title(problem)),
        items=[
            Item(str(row["label"]), str(own.share(row)), float(str(row["estimate"])), float(str(row["line"])))
            for row in problem.worst
        ],
        where_title=str(own.where_title(one.where, streets)),
        where=[str(phrase) for phrase in own.groups(one.where, streets)],
        units=str(words.units(problem)),
        state=str(words.step(problem, steps)),
        action=(tr("看台账") if steps.entry(*problem.place) else tr("去立项")) if ledger else "",
        target=ledger,
    )


def table_and_watched(table: Estimates, judged: Estimates, found: Weaknesses, steps: NextSteps) -> str:
    """Return the heat table at the left, the watched rates at the right; the watched first on a phone.

    Args:
        table: the verdicts, marked by the lights of the areas.
        judged: the verdicts.
        found: what is listed of them.
        steps: the next steps.
    """
    judged_ = set(judged.table["verdict"]) & set(Verdict)
    note = merged(words.KIND) if judged_ else ""
    heat = heat_table(table.table, "district", address_of_area, own.further, note)
    listed = [one.place for one in (*(card.problem for card in found.confirmed), *found.watched)]
    others = unlisted(steps, by_place(judged), listed)
    watched = [_watched(one.row, words.units(one), steps) for one in found.watched]
    entered = [_watched(row, steps.owner(*place_of(row)), steps) for row in others]
    rows = watched_rows(watched, words.nothing(judged)) + _entered(entered)
    shown = [(str(row["district"]), str(row["label"])) for row in others]
    sooner = [said for one in found.watched if (said := own.decided_by(one, steps))]
    folds = (
        fold(own.sooner(sooner), sooner),
        fold(own.more(found.more_watched, Verdict.WATCH), own.by_rate(found.more_watched)),
        fold(own.unclear(found.unclear, shown), own.by_rate([one for one in found.unclear if one not in shown])),
    )
    title = tr("观察：多半没到，还不能确认") if found.watched else tr("观察")
    click = tr('<small class="silu-do">点开任一格看这个区县的档案</small>') if address_of_area("") else ""
    return (
        f'<div class="silu-weak-main"><section><h2>{tr("各区县四率")}{click}</h2>{heat}</section>'
        f"<section><h2>{title}</h2>{rows}{''.join(folds)}</section></div>"
    )


def _entered(rows: Sequence[WatchedRow]) -> str:
    """Return the rates with an open entry that are neither confirmed nor watched; "" for none."""
    return f"<h2>{tr('另在整改')}</h2>{watched_rows(rows, '')}" if rows else ""


def _watched(row: Row, units: object, steps: NextSteps) -> WatchedRow:
    district, item = place_of(row)
    return WatchedRow(
        state=str(row["verdict"] or row["reason"]),
        area=district,
        href=address_of_area(district),
        rate=str(row["label"]),
        now=str(own.share(row)),
        gap=str(distance(row)),
        units=str(units),
        step=str(steps.of(district, item, row)),
    )
