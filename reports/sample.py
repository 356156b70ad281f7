"""From a study to the sample that decisions stand on. No Streamlit here: commands use it too."""

from __future__ import annotations

from dataclasses import replace

from analysis.areas.importance import importance_rates, opposite_rates
from analysis.decisions.change import WaveFacts, wave_facts
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.errors import StudyError
from survey.instrument.archive import kept_questionnaires
from survey.instrument.questionnaire import Rate
from survey.quality import exclusions
from survey.storage.store import ResponseStore
from survey.study.study import Study


def gather(study: Study, version: int | None, mode: str) -> Sample:
    """All waves of one mode, with every rate, its opposites, and what people want mended most."""
    rows = exclusions.counted_responses(study, version=version)
    asked = study.questionnaire
    every = (*asked.rates, *opposite_rates(asked), *importance_rates(asked))
    plan = SampleOptions.of(study, modes=(mode,))
    return prepare(rows, replace(asked, rates=every), study.areas, study.margins, plan)


def headlines(study: Study) -> tuple[Rate, ...]:
    """The headline rate of each measure that is asked.

    Raises:
        StudyError: the questionnaire asks none.
    """
    rates = study.questionnaire.headlines()
    if not rates:
        raise StudyError("问卷里没有四率的总体题", where="questionnaire.json", cure="给总体题加上 measureOverall")
    return rates


def facts(study: Study, sample: Sample, wave: str, version: int | None, rates: tuple[Rate, ...]) -> WaveFacts:
    """What decides whether a wave may be compared: its questionnaires, districts, residents, weights.

    Questionnaires of earlier waves were kept in the folder `questionnaires` of the study when answers were imported.
    """
    imports = ResponseStore(study.root / "store").lineage(version)
    prints = {str(one.meta.get("questionnaire", "")) for one in imports if one.meta.get("wave") == wave}
    old = {**kept_questionnaires(study.root), study.questionnaire.fingerprint: study.questionnaire}
    return wave_facts(sample, wave, sorted(prints), old, rates)


def whole_gates(study: Study) -> dict[str, float]:
    """Thresholds about the whole study (no measure, no item), such as a gate of 85 points: name -> share."""
    return {one.name: one.value / 100 for one in study.thresholds if not one.measure and not one.item}
