"""Significant changes between two waves, and whether listed weaknesses improved (回头看)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.decisions.waves.change import Protection, changes
from analysis.decisions.waves.comparable_waves import Objection, WaveFacts, barred, objections, reworded, wave_facts
from analysis.decisions.waves.look_back import ChangeOutcome, look_back
from analysis.estimation.estimates import Estimates
from reports.definitions import headlines
from reports.disclosure import shown
from reports.fieldwork.area_lights import MARK, NOTE, red_areas
from reports.labels import short
from reports.provenance import Provenance, provenance
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import change as words
from reports.sentences.sentence import Row, Sentence, rows_of
from reports.verdicts import Reason, judged, named
from survey.errors import ArgumentError
from survey.instrument.archive import kept_questionnaires
from survey.storage.store import ResponseStore

__all__ = ["WORDS", "Change", "ChangeOutcome", "change", "change_table", "facts", "look_back_table"]

WORDS = {"up": "上升", "down": "下降", "": "看不出变化", "barred": "不可比", "red": str(Reason.RED_LIGHT)}


@dataclass(frozen=True, slots=True)
class Change:
    """Comparison of two waves.

    Attributes:
        before, after: the waves.
        city: the changes of the four rates in the whole city, see `analysis.decisions.waves.change.changes`.
        districts: the same by district, marked where a light is red ("red" in `moved`).
        district_origins: rate -> provenance of these numbers.
        looks: outcome of weaknesses listed before, see `look_back`; with `label`.
        objections: reasons against the comparison.
        reworded: items asked or counted differently: item, label, part, before, after.
        remarks: meaning of the mark of districts with a red light, where there are any.
        sentence: what changed and what to continue.
        headline: how many weaknesses are closed, and how many are not.
        provenance: provenance of the numbers.
    """

    before: str
    after: str
    city: Estimates
    districts: Estimates
    district_origins: Mapping[str, Provenance]
    looks: pd.DataFrame
    objections: tuple[Objection, ...]
    reworded: pd.DataFrame
    remarks: tuple[str, ...]
    sentence: Sentence
    headline: Sentence
    provenance: Provenance

    def of_districts(self, item: str) -> Provenance:
        """Return the provenance of the changes of a rate by district."""
        return self.district_origins[item]

    def moved(self, item: str, label: str) -> Sentence:
        """Return the sentence on the districts where a rate changed."""
        return words.districts(self.districts, item, label)

    def lead(self, first: words.Pursuit) -> Sentence:
        """Return the line below the headline; `first` is who goes on with the weakness that it names."""
        return words.lead(self.city, self.looks, first, [one.text for one in self.objections if one.grave])

    @property
    def ordered(self) -> tuple[Row, ...]:
        """Return the listed weaknesses, the one to press on first."""
        return rows_of(self.looks, words.in_order(self.looks), "district", "item") if len(self.looks) else ()

    def barred(self, item: str) -> bool:
        """Return whether the comparison of a rate is refused."""
        return barred(self.objections, item)


def change(gathered: StudySample, selection: Selection, before: str = "") -> Change:
    """Compare a wave with an earlier one; see `change_since`."""
    names = [rate.name for rate in headlines(gathered.study)]
    return change_since(gathered, selection, judged(gathered, selection.asking(names, ("district",))), before)


def change_since(gathered: StudySample, selection: Selection, now: Estimates, before: str = "") -> Change:
    """Compare a wave, whose verdicts are known, with an earlier one.

    Args:
        gathered: a probability sample.
        selection: the later wave, and the people looked at.
        now: the verdicts of the four rates by district in the later wave, from `reports.verdicts.judged`.
        before: the earlier wave; the preceding one when "".

    Raises:
        ArgumentError: there is no such earlier wave.
        DesignError: the two have no district in common.
    """
    first = _before(gathered, selection.wave, before)
    rates = headlines(gathered.study)
    asked = selection.asking([rate.name for rate in rates]).in_wave(first, selection.wave)
    pair = (facts(gathered, first, asked), facts(gathered, selection.wave, asked))
    reasons = objections(*pair, detailed=not selection.reserved)
    study, where = gathered.study, selection.where
    city, found = (
        named(changes(gathered.sample, rates, pair, where, by, _protection(gathered, asked, by)), gathered)
        for by in ((), ("district",))
    )
    red = red_areas(gathered, (first, selection.wave))
    districts = _doubted(found, red)
    labels = {rate.name: short(rate) for rate in rates}
    looks = look_back((judged(gathered, asked.asking(asked.items, ("district",)).in_wave(first)), now), found)
    looks["label"] = looks["item"].map(labels)
    altered = reworded(*pair)
    grave = [one.text for one in reasons if one.grave]
    return Change(
        first,
        selection.wave,
        city,
        districts,
        {rate.name: _origin(gathered, asked, districts, rate.name) for rate in rates},
        looks,
        reasons,
        altered.assign(label=altered["item"].map(labels)),
        (NOTE,) if red & set(found.table["district"].astype(str)) else (),
        words.city(city, looks, grave, aimed=len(study.targets) > 0),
        words.headline(city, looks, aimed=len(study.targets) > 0),
        provenance(gathered, asked, Estimates(city.table, {**city.meta, "false_calls": study.false_calls})),
    )


def _protection(gathered: StudySample, asked: Selection, by: tuple[str, ...]) -> Protection:
    """Return what suppresses the changes that the reader may not see in either wave."""
    return lambda found: shown(found, gathered, asked.asking(asked.items, by))


def weak_over_waves(gathered: StudySample, selection: Selection) -> Estimates:
    """Return the rates of every district in every wave up to that of the selection, protected."""
    waves = (*gathered.before(selection.wave), selection.wave)
    every = selection.asking(selection.items, ("district", "wave")).in_wave(*waves)
    return named(shown(gathered.estimates(every), gathered, every), gathered)


def _doubted(districts: Estimates, red: Collection[str]) -> Estimates:
    """Mark the districts with a red light in either wave; they have neither risen nor fallen."""
    name = districts.table["district"].astype(str)
    hit = name.isin(red)
    table = districts.table.assign(
        district=name.where(~hit, name + MARK), moved=districts.table["moved"].where(~hit, "red")
    )
    return Estimates(table, districts.meta)


def _origin(gathered: StudySample, asked: Selection, found: Estimates, item: str) -> Provenance:
    rows = found.table[found.table["item"] == item]
    return provenance(gathered, asked, Estimates(rows, found.meta))


def _before(gathered: StudySample, wave: str, before: str) -> str:
    there = gathered.before(wave)
    if not there:
        raise ArgumentError("这一轮之前没有可比的一轮", got=wave, cure="下一轮用同一份问卷、同样的方式调查后再比较")
    if before and before not in there:
        raise ArgumentError("没有更早的这一轮", got=before, expected="、".join(there))
    return before or there[-1]


def facts(gathered: StudySample, wave: str, selection: Selection) -> WaveFacts:
    """Return what decides whether a wave is comparable: its questionnaires, districts, residents, weights.

    Imports keep the questionnaire of each wave in the folder `questionnaires` of the study. They are kept with the
    sample, since no condition on people changes them.
    """
    cache, key = gathered.sample.cells.cache, ("facts of a wave", wave, selection.items)
    if key not in cache:
        cache[key] = _facts(gathered, wave, selection.items)
    found: WaveFacts = cache[key]
    return found


def _facts(gathered: StudySample, wave: str, items: Sequence[str]) -> WaveFacts:
    study = gathered.study
    imports = ResponseStore(study.root / "store").lineage(gathered.version)
    prints = {str(one.meta.get("questionnaire", "")) for one in imports if one.meta.get("wave") == wave}
    old = kept_questionnaires(study.root, study.questionnaire)
    rates = [gathered.rate(name) for name in items]
    return wave_facts(gathered.sample, wave, sorted(prints), old, rates)


def change_table(found: Change) -> pd.DataFrame:
    """Return city and districts formatted for readers, in percentage points."""
    parts = (found.city.table.assign(district="全市"), found.districts.table.astype({"district": str}))
    rows = pd.concat(parts, ignore_index=True)
    points = {
        name: (100 * rows[name].astype(float)).round(1) for name in ("estimate", "conf_low", "conf_high", "detectable")
    }
    return pd.DataFrame(
        {
            "区县": rows["district"],
            "指标": rows["label"],
            "结论": rows["moved"].map(WORDS),
            "变化(百分点)": points["estimate"],
            "下限": points["conf_low"],
            "上限": points["conf_high"],
            "看得出的最小变化": points["detectable"],
        }
    )


def look_back_table(looks: pd.DataFrame) -> pd.DataFrame:
    """Return the outcome of listed weaknesses formatted for readers, in percent and percentage points."""
    percent = {
        name: (100 * looks[name].astype(float)).round(1) for name in ("then", "now", "target", "change", "detectable")
    }
    return pd.DataFrame(
        {
            "区县": looks["district"],
            "指标": looks["label"],
            "当时判断": looks["verdict"],
            "结论": looks["outcome"],
            "当时(%)": percent["then"],
            "现在(%)": percent["now"],
            "目标(%)": percent["target"],
            "变化(百分点)": percent["change"],
            "看得出的最小变化": percent["detectable"],
        }
    )
