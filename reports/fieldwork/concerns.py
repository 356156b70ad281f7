"""Concerns: interviewers and communities with a red or amber light, one each, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.integrity.combine import Light
from analysis.integrity.lights import AreaLight
from analysis.integrity.signals import SIGNALS
from reports.fieldwork.integrity import LEVELS, Integrity, units
from reports.sentences import fieldwork as words
from reports.sentences.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Concern:
    """One interviewer or community whose answers differ from the others of its district.

    Attributes:
        light: red or amber.
        where: kind and name, with the number of answers.
        district: its district.
        what: the signals that speak.
        who: the unit in charge, and whom it sends.
        step: what to do.
    """

    light: Light
    where: Sentence
    district: str
    what: Sentence
    who: Sentence
    step: Sentence


@dataclass(frozen=True, eq=False, slots=True)
class Charge:
    """Who has interviews repeated, and by when.

    Attributes:
        unit: the unit in charge.
        day: the deadline, "12月11日前".
    """

    unit: str
    day: Sentence


def concerns(found: Integrity, lights: Mapping[str, AreaLight], by: Charge) -> tuple[Concern, ...]:
    """Return the concerns of a wave and mode, red ones first, interviewers before communities.

    Args:
        found: the signals and lights.
        lights: district -> its light.
        by: who has interviews repeated, and by when.
    """
    some = [
        (Light(row["light"]), level, row)
        for level, table in units(found).items()
        for row in table[table["light"].isin([str(Light.RED), str(Light.AMBER)])].to_dict("records")
    ]
    some.sort(key=lambda one: one[0] is not Light.RED)
    return tuple(_concern(light, LEVELS[level], row, lights, by) for light, level, row in some)


def _concern(
    light: Light, level: str, row: Mapping[object, object], lights: Mapping[str, AreaLight], by: Charge
) -> Concern:
    signals = [SIGNALS[name] for name in str(row["signals"]).split(",") if name]
    district = str(row["district"])
    red = light is Light.RED
    innocent = signals[0].innocent if signals else ""
    return Concern(
        light=light,
        where=words.unit(level, str(row["name"]), float(str(row["n"]))),
        district=district,
        what=words.signals([one.label for one in signals]),
        who=words.sent(by.unit, words.INDEPENDENT if red else words.CHECKER),
        step=words.again(district, lights.get(district), by.day) if red else words.rule_out(innocent, by.day),
    )
