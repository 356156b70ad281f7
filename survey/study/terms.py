"""The terms of an assessment: its waves, the thresholds it is judged by, and its official approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from survey.errors import StudyError
from survey.instrument.measure import MEASURES
from survey.instrument.questionnaire import Questionnaire
from survey.study.modes import MODES
from survey.study.settings import Settings


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of fieldwork; both dates are included."""

    name: str
    title: str
    start: date
    end: date
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold of the assessment in percent, with its source (rule R-18).

    `measure` is a key of MEASURES, `item` the name of a rate; both are "" for a threshold of the whole study.
    """

    name: str
    value: float
    source: str
    date: date
    measure: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Official approval of the survey (rule R-20)."""

    number: str
    authority: str = ""
    expires: date | None = None
    lock: bool = True

    def objection(self, day: date) -> str:
        """Return why the form may not be fielded on a day, in Chinese; "" if it may."""
        if not self.number:
            return "没有填写批准文号"
        if self.expires is None:
            return "没有填写批准的有效期"
        return f"批准已于 {self.expires.isoformat()} 到期" if day > self.expires else ""


def read_waves(settings: Settings) -> tuple[Wave, ...]:
    """Return the waves of [[waves]] in order of start.

    Raises:
        StudyError: two waves share a name, one ends before it starts, or a mode is unknown.
    """
    waves: list[Wave] = []
    for index, entry in enumerate(settings.tables["waves"]):
        wave = Wave(**{**entry, "modes": tuple(entry["modes"])})
        if any(wave.name == other.name for other in waves):
            raise StudyError("两个轮次代号相同", where=settings.place("waves", index, "name"), got=wave.name)
        if wave.end < wave.start:
            raise StudyError(
                "结束日期早于开始日期",
                where=settings.place("waves", index, "end"),
                got=wave.end.isoformat(),
                expected=f"{wave.start.isoformat()} 或之后",
            )
        if unknown := [mode for mode in wave.modes if mode not in MODES]:
            expected = "、".join(f"{mode}（{label}）" for mode, label in MODES.items())
            raise StudyError(
                "不认识的调查方式",
                where=settings.place("waves", index, "modes"),
                got="、".join(unknown),
                expected=expected,
            )
        waves.append(wave)
    return tuple(sorted(waves, key=lambda wave: (wave.start, wave.name)))


def read_thresholds(settings: Settings, questionnaire: Questionnaire) -> tuple[Threshold, ...]:
    """Return [[thresholds]]; raise StudyError where one names a measure or a rate that does not exist."""
    thresholds = tuple(Threshold(**entry) for entry in settings.tables.get("thresholds", ()))
    rates = [rate.name for rate in questionnaire.rates]
    for index, threshold in enumerate(thresholds):
        for key, value, known in (("measure", threshold.measure, list(MEASURES)), ("item", threshold.item, rates)):
            if value and value not in known:
                raise StudyError(
                    "门槛说的指标不存在",
                    where=settings.place("thresholds", index, key),
                    got=value,
                    expected="、".join(known),
                )
    return thresholds
