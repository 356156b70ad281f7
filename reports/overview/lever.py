"""Forecast with its lever: the rate whose improvement raises the probability most, and who acts on it first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.areas.verdict import Verdict
from analysis.decisions.pass_forecast import Forecast
from analysis.estimation.estimates import Estimates
from reports.overview.problems import problems
from reports.plans.pass_forecast import OfficialSample, PassForecast, pass_forecast
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import passing as words
from reports.sentences.sentence import Sentence
from reports.verdicts import judged


@dataclass(frozen=True, slots=True)
class Lever:
    """The step that helps most.

    Attributes:
        at: position of the rate in `Forecast.item_gain`; None where no step helps by more than the error.
        area: the district that lies furthest below its line in this rate; "" where none does.
        items: labels of its worst items there, the worst first.
        units: the units in charge of them, or of the rate itself.
    """

    at: int | None
    area: str = ""
    items: tuple[str, ...] = ()
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The forecast and its lever, as page and command show them.

    Attributes:
        forecast: the forecast.
        lever: the step that helps most.
        lead: what raises the probability most, and who acts.
    """

    forecast: PassForecast
    lever: Lever
    lead: Sentence

    @property
    def sentence(self) -> Sentence:
        """Return headline and lead in one."""
        return self.forecast.headline + "。" + self.lead


def foreseen(
    gathered: StudySample, selection: Selection, official: OfficialSample, lines: Mapping[str, float]
) -> Foreseen:
    """Simulate the official survey and find the step that helps most; arguments as of `pass_forecast`."""
    answer = pass_forecast(gathered, selection, official, lines)
    step = lever(gathered, selection, answer.found)
    acting = words.acting(step.area, step.items, step.units)
    return Foreseen(answer, step, words.lead(answer.found, answer.rates, acting))


def lever(gathered: StudySample, selection: Selection, found: Forecast) -> Lever:
    """Return the rate that raises the probability most, its worst district and who acts there.

    Args:
        gathered: the sample.
        selection: the rates in the order of `found.item_gain`, one wave, and the people.
        found: the forecast of the city.
    """
    best = words.best_lever(found)
    if best is None:
        return Lever(None)
    rate = gathered.rate(selection.items[best])
    own = (rate.unit or rate.group,) if rate.unit or rate.group else ()
    if "district" in selection.where:
        return Lever(best, units=own)
    by_district = selection.asking(selection.items, ("district",))
    every = judged(gathered, by_district)
    below = every.table["verdict"].isin([Verdict.WEAK, Verdict.WATCH]) & every.table["item"].eq(rate.name)
    worst = problems(gathered, by_district, Estimates(every.table[below], every.meta), 1)
    if not worst:
        return Lever(best, units=own)
    first = worst[0]
    return Lever(best, first.place[0], first.items if rate.overall else (), first.units if rate.overall else own)
