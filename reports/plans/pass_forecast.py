"""Probability of passing the official survey, and what would raise it most."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

import numpy as np
import pandas as pd

from analysis.decisions.passing.official_survey import Gate, OfficialSample, gates_of
from analysis.decisions.passing.pass_forecast import Forecast, foresee, foresee_districts
from analysis.decisions.passing.rehearsal import Rehearsal, rehearse
from analysis.estimation.estimates import Estimates
from reports.definitions import whole_gates
from reports.disclosure import hidden_areas
from reports.fieldwork.area_lights import MARK, NOTE, red_areas
from reports.labels import CHANCE, short
from reports.missing import require_own_parts
from reports.provenance import Provenance, provenance
from reports.rates import target_of
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import passing as words
from reports.sentences.sentence import Sentence
from reports.sentences.weak import after_revisit, left_out
from reports.verdicts import Reason, judged, said
from survey.instrument.questionnaire import Rate
from survey.study.plans.letterhead import letterhead
from survey.study.study import Study

__all__ = ["STEP", "OfficialSample", "PassForecast", "no_lines", "pass_forecast", "pass_table"]

STEP = 0.02
"""Improvement assumed in the what-if scenarios, a share."""
EVERYTHING = "全部达标"


@dataclass(frozen=True)
class PassForecast:
    """Forecast of the official survey.

    Attributes:
        found: probabilities of the city.
        city: the rates of this survey with their verdicts against the same lines.
        alone: makes `districts`.
        labels: gate -> its name.
        rates: short names of the rates, in the order of `found.item_gain`.
        official: the expected official sample.
        headline: the probability of passing everything, and the lines in doubt.
        method: method and conditions of the forecast.
        reason: why the least certain line is in doubt; may be empty.
        remarks: meaning of the mark, where the table has one.
        provenance: provenance of the rates.
        exam: the first day of the official survey; None where study.toml does not say it.
    """

    found: Forecast
    city: Estimates
    alone: Callable[[], pd.DataFrame]
    labels: Mapping[str, str]
    rates: tuple[str, ...]
    official: OfficialSample
    headline: Sentence
    method: Sentence
    reason: Sentence
    remarks: tuple[str, ...]
    provenance: Provenance
    exam: date | None = None

    @cached_property
    def districts(self) -> pd.DataFrame:
        """Return the probabilities of each district if the official survey drew its share of the sample there.

        Districts with a red light are marked and have none. They are made when somebody asks for them.
        """
        return self.alone()


def lines_of(study: Study, rates: Sequence[Rate]) -> dict[str, float]:
    """Return the line of each rate for the whole city, a share; NaN where there is none."""
    return {rate.name: target_of(study, rate) for rate in rates}


def no_lines(study: Study, lines: Mapping[str, float]) -> bool:
    """Return whether no line is set, so that nothing can be passed or failed."""
    return not whole_gates(study) and all(np.isnan(line) for line in lines.values())


def pass_forecast(
    gathered: StudySample, selection: Selection, official: OfficialSample, lines: Mapping[str, float]
) -> PassForecast:
    """Simulate the official survey; the last forecast is kept with the sample, since page and documents share it.

    Args:
        gathered: a probability sample.
        selection: the wave and the rates that the official survey measures.
        official: the sample that it is expected to draw.
        lines: rate -> line, a share; NaN for none.

    Raises:
        DesignError: self-selected answers, too few answers, no line, or one outside 0 to 100 %.
    """
    cache, known = gathered.sample.cells.cache, tuple((name, repr(line)) for name, line in lines.items())
    key = (selection, official, known, gathered.unchecked)
    study, last, found = cache.get("pass forecast", (None, None, None))
    if study is not gathered.study or last != key:
        found = _simulated(gathered, selection, official, lines)
        cache["pass forecast"] = (gathered.study, key, found)
    answer: PassForecast = found
    return answer


def _simulated(
    gathered: StudySample, selection: Selection, official: OfficialSample, lines: Mapping[str, float]
) -> PassForecast:
    """Simulate the official survey; see `pass_forecast`."""
    study, rates = gathered.study, [gathered.rate(name) for name in selection.items]
    require_own_parts(study, against_targets=no_lines(study, lines))
    residents = {name: float(count) for name, count in study.areas.population().items()}
    red = red_areas(gathered, selection.waves)
    unseen = hidden_areas(gathered, selection.asking(selection.items, ("district",)))
    rehearsal = rehearse(gathered.sample, rates, residents, selection.domain, red | unseen)
    gates = gates_of(rates, lines, whole_gates(study))
    found = foresee(rehearsal, gates, official, step=STEP)
    names = {rate.name: short(rate) for rate in rates}
    labels = {gate.name: str(words.gate(gate, names.get(gate.name, gate.name))) for gate in gates}
    city = _city(gathered, selection, lines)
    return PassForecast(
        found,
        city,
        partial(_alone, (rehearsal, gates, official, found), selection.scope, red),
        labels,
        tuple(names.values()),
        official,
        words.headline(found, [names.get(gate.name, gate.name) for gate in gates]),
        words.method(official),
        words.reason(found, gates, [names.get(gate.name, gate.name) for gate in gates], official, _left(city, red)),
        (NOTE, left_out(sorted(red)).text) if red else (),
        provenance(gathered, selection, city),
        letterhead(study).exam,
    )


def _alone(
    made_from: tuple[Rehearsal, Sequence[Gate], OfficialSample, Forecast],
    scope: Collection[str] | None,
    red: Collection[str],
) -> pd.DataFrame:
    """Return `PassForecast.districts` of the readers of some districts, of all when None."""
    districts = foresee_districts(*made_from)
    if scope is not None:
        districts = districts[districts["district"].isin(scope)].reset_index(drop=True)
    return districts.assign(district=[f"{name}{MARK}" if name in red else name for name in districts["district"]])


def _city(gathered: StudySample, selection: Selection, lines: Mapping[str, float]) -> Estimates:
    """Return the city judged against these lines, in the order of its rates."""
    return judged(gathered, selection.asking(selection.items), lines=lines)


def _left(city: Estimates, red: Collection[str]) -> words.LeftOut | None:
    """Return the districts that the forecast leaves out, and the rates whose verdict hangs on them."""
    if not red:
        return None
    hang = city.table.loc[city.table["reason"] == Reason.DOUBTED, "item"].astype(str)
    return words.LeftOut(sorted(red), dict.fromkeys(hang, after_revisit(sorted(red))))


def pass_table(answer: PassForecast) -> pd.DataFrame:
    """Return the probabilities formatted for readers, in percent: the city, then the districts."""
    found = answer.found
    whole = {"district": "全市", "n": answer.official.n, "everything": found.everything}
    city = pd.DataFrame([whole | dict(zip(answer.labels, found.gate, strict=True))])
    rows = pd.concat([city, answer.districts], ignore_index=True)
    table = pd.DataFrame({"区县": rows["district"], "官方份数": rows["n"]})
    for name, label in {**answer.labels, "everything": EVERYTHING}.items():
        table[f"{label}{CHANCE}"] = (100 * rows[name].astype(float)).round(4)
    return table


def verdict_line(answer: PassForecast) -> Sentence:
    """Return the verdicts of this survey on the same lines, which the forecast does not replace."""
    rows = answer.city.table
    return words.verdicts(tuple(zip(rows["label"], said(rows), strict=True)))
