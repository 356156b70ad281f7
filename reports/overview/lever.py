"""Forecast with its lever: the rate whose improvement raises the probability most, and who acts on it first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from math import isnan

from analysis.areas.verdict import Verdict
from analysis.decisions.passing.pass_forecast import CONFIDENT, Forecast
from analysis.estimation.estimates import Estimates
from reports.labels import short
from reports.overview.problems import Problem, own_units, problems
from reports.owners import in_charge
from reports.plans.pass_forecast import OfficialSample, PassForecast, pass_forecast
from reports.plans.rectification import ledger_of
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import passing as words
from reports.sentences.formats import Format
from reports.sentences.notes import reaching
from reports.sentences.sentence import Row, Sentence, field, join, rows_of
from reports.verdicts import judged
from survey.study.plans.letterhead import letterhead


@dataclass(frozen=True, slots=True)
class Lever:
    """The step that helps most.

    Attributes:
        at: position of the rate in `Forecast.item_gain`; None where no step helps by more than the error.
        area: the district that lies furthest below its line in this rate; where no step helps and the survey may fail,
            the worst district of all rates with the name of its rate; "" where none lies below.
        items: labels of its worst items there, the worst first.
        units: the units in charge of them, of the rate itself, or of its open entry in the ledger.
        row: the verdict of the rate there; None where no district is named.
        line: the line of the city in this rate, a share; NaN where `reached` is.
        reached: probability of passing everything if the district reached that line; NaN where it adds too little to be
            told, or no district is named.
        lead: the lead unit of the district; "" for none.
        others: the verdicts of the next worst districts below that line, up to where nine in ten are likely.
        leads: their lead units.
        together: probability of passing everything if these districts reached that line too; NaN for none.
    """

    at: int | None
    area: str = ""
    items: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    row: Row | None = None
    line: float = float("nan")
    reached: float = float("nan")
    lead: str = ""
    others: tuple[Row, ...] = ()
    leads: tuple[str, ...] = ()
    together: float = float("nan")

    @property
    def further(self) -> Sentence:
        """Return what the next worst districts add; empty for none."""
        line, chance = field(self, "line", Format.TARGET), field(self, "together", Format.CHANCE)
        return reaching.further(self.others, self.leads, line, chance)

    @property
    def second(self) -> Sentence:
        """Name what the next worst districts reach; empty for none."""
        return reaching.also(self.others, field(self, "line", Format.TARGET)) if self.others else Sentence()

    @property
    def likely(self) -> bool:
        """Return whether nine in ten are likely with the districts that are named."""
        return max(self.reached, self.together, key=lambda chance: -1.0 if isnan(chance) else chance) >= CONFIDENT

    @property
    def title(self) -> Sentence:
        """Return the rate of the district now and the line; empty where reaching it cannot be told to help."""
        if self.row is None or isnan(self.reached):
            return Sentence()
        return reaching.title(self.row, field(self, "line", Format.TARGET))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The forecast and its lever, as page and command show them.

    Attributes:
        forecast: the forecast.
        lever: the step that helps most.
        lead: what raises the probability most, and who acts on which items.
        brief: the same without the items, for a page that lists them; the next step may follow it.
        rest: what the next worst districts add, and by how much the rate must rise everywhere for nine in ten; may be
            empty.
        rise: the rise of the rate everywhere for nine in ten, as a step; empty where the steps before suffice, or no
            rise does.
        close: why what is met may still fail; may be empty.
    """

    forecast: PassForecast
    lever: Lever
    lead: Sentence
    brief: Sentence
    rest: Sentence
    rise: Sentence
    close: Sentence

    @property
    def sentence(self) -> Sentence:
        """Return headline and lead in one."""
        return self.forecast.headline + "。" + self.lead


def foreseen(
    gathered: StudySample, selection: Selection, official: OfficialSample, lines: Mapping[str, float]
) -> Foreseen:
    """Simulate the official survey and find the step that helps most; arguments as for `pass_forecast`."""
    answer = pass_forecast(gathered, selection, official, lines)
    step = lever(gathered, selection, answer.found, lines)
    if step.row is not None and step.title:
        chance = field(step, "reached", Format.CHANCE)
        what, area = reaching.first(step.row, field(step, "line", Format.TARGET), chance), ""
    else:
        what, area = words.raising(answer.found, answer.rates), step.area
    lead, brief = (join([what, words.acting(area, items, step.units, step.lead)], "：") for items in (step.items, ()))
    city = answer.city.table
    verdicts = dict(zip(city["label"], city["verdict"], strict=True))
    short = dict(zip(city["item"], city["label"], strict=True))
    close = words.close(answer.found, [short.get(gate, gate) for gate in answer.labels], verdicts)
    enough = rise = Sentence()
    if step.at is not None and answer.found.everything < CONFIDENT and not step.likely:
        enough, rise = (named(answer.rates[step.at], answer.found) for named in (reaching.enough, reaching.rise))
    rest = join([step.further, enough])
    return Foreseen(answer, step, join([lead, rest], "。") + "。", brief, rest, rise, close)


def lever(gathered: StudySample, selection: Selection, found: Forecast, lines: Mapping[str, float]) -> Lever:
    """Return the rate that raises the probability most, its worst district and who acts there.

    Args:
        gathered: the sample.
        selection: the rates in the order of `found.item_gain`, one wave, and the people.
        found: the forecast of the city.
        lines: rate -> line of the city, a share; NaN for none.
    """
    best = words.best_lever(found)
    if best is None and found.everything >= CONFIDENT:
        return Lever(None)
    own = () if best is None else own_units(gathered.rate(selection.items[best]))
    if "district" in selection.where:
        return Lever(best, units=own)
    by_district = selection.asking(selection.items, ("district",))
    every = judged(gathered, by_district)
    first = _worst(gathered, by_district, every, "" if best is None else selection.items[best])
    if first is None:
        return Lever(best, units=own)
    area, rate = first.place[0], gathered.rate(first.place[1])
    named = area if best is not None else f"{area}{short(rate)}"
    proposed, entries = first.units if rate.overall else own_units(rate), ledger_of(gathered.study).entries()
    units = in_charge(*first.place, proposed, entries)
    own_items = first.items if rate.overall else ()
    if best is None:
        return Lever(best, named, own_items, units, first.row, lead=first.lead)
    chances = dict(zip(gathered.study.areas.population(), found.at_line[:, best].tolist(), strict=True))
    line, reached = lines[rate.name], chances[area]
    if not (reached >= found.everything + words.WORTHWHILE and float(str(first.row["estimate"])) < line):
        return Lever(best, named, own_items, units, first.row, lead=first.lead)
    chain = dict(zip(gathered.study.areas.population(), found.together[:, best].tolist(), strict=True))
    others, together = _others(every, rate.name, line, area, chain)
    heads = letterhead(gathered.study)
    leads = tuple(dict.fromkeys(name for one in others if (name := heads.named_lead_of(str(one["district"])))))
    return Lever(best, named, own_items, units, first.row, line, reached, first.lead, others, leads, together)


def _others(
    every: Estimates, item: str, line: float, area: str, chain: Mapping[str, float]
) -> tuple[tuple[Row, ...], float]:
    """Return the districts below the line after the worst one, and the probability if all of them reached it.

    Args:
        every: the verdicts by district.
        item: name of the rate.
        line: the line of the city, a share.
        area: the worst district.
        chain: district -> `Forecast.together` of the rate.

    Returns:
        Empty and NaN where the model expects another district to be the worst; up to the first that has no verdict or
        lies at the line in this survey, or to the first with which nine in ten are likely.
    """
    order = sorted((name for name, chance in chain.items() if not isnan(chance)), key=lambda name: chain[name])
    table = every.table[every.table["item"].eq(item) & every.table["verdict"].isin(list(Verdict))]
    below = set(table["district"][table["estimate"] < line].astype(str))
    if order[:1] != [area] or chain[area] >= CONFIDENT:
        return (), float("nan")
    some: list[str] = []
    for name in takewhile(below.__contains__, order[1:]):
        some.append(name)
        if chain[name] >= CONFIDENT:
            break
    if not some:
        return (), float("nan")
    chosen = table.set_index(table["district"].astype(str)).loc[some]
    return rows_of(every, chosen, "district", "item"), chain[some[-1]]


def _worst(gathered: StudySample, by_district: Selection, every: Estimates, item: str) -> Problem | None:
    """Return the worst 确认薄弱 or 观察 of one rate, of all rates where none is named; None where there is none."""
    below = every.table["verdict"].isin([Verdict.WEAK, Verdict.WATCH])
    if item:
        below &= every.table["item"].eq(item)
    some = problems(gathered, by_district, Estimates(every.table[below], every.meta), 1)
    return some[0] if some else None
