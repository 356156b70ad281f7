"""Whether two waves may be compared: districts, residents, weighting and wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.decisions.waves.comparable_wording import Parts, of_wave, side_by_side
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate

SAME_POPULATION = 0.01
"""Waves whose weighted residents differ by more than this share do not represent the same population."""


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """The facts that decide whether a wave may be compared with another.

    Attributes:
        name: the wave.
        fingerprints: of the questionnaires with which its answers were imported.
        wordings: rate -> its wording by part; empty where the questionnaire of that time is not available.
        districts: the districts with answers.
        residents: sum of the weights.
        weighting: deviations from the planned weighting, in Chinese.
    """

    name: str
    fingerprints: frozenset[str] = frozenset()
    wordings: Mapping[str, Parts] = field(default_factory=dict)
    districts: frozenset[str] = frozenset()
    residents: float = 0.0
    weighting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason against comparing two waves.

    Attributes:
        text: in Chinese.
        items: the rates it concerns; None for all.
        grave: whether the comparison is refused; otherwise the objection is only reported.
    """

    text: str
    items: frozenset[str] | None = None
    grave: bool = True


def wave_facts(
    sample: Sample, wave: str, fingerprints: Sequence[str], old: Mapping[str, Questionnaire], rates: Sequence[Rate]
) -> WaveFacts:
    """Collect the facts of one wave.

    Args:
        sample: a sample that holds the wave.
        wave: its name.
        fingerprints: of the questionnaires of its imports.
        old: fingerprint -> questionnaire, as far as available.
        rates: the rates to compare.
    """
    inside = (sample.cells.keys["wave"] == wave).to_numpy()
    known = [old[one] for one in fingerprints if one in old]
    whole = known and len(known) == len(fingerprints)
    wordings = {rate.name: of_wave(known, rate) for rate in rates} if whole else {}
    return WaveFacts(
        name=wave,
        fingerprints=frozenset(fingerprints),
        wordings=wordings,
        districts=frozenset(map(str, sample.cells.keys["district"][inside].unique())),
        residents=float((sample.cells.weight * sample.weights.factor)[inside].sum()),
        weighting=tuple(note for note in sample.notes if wave in note and "缺少分类" not in note),
    )


def objections(before: WaveFacts, after: WaveFacts, *, detailed: bool = True) -> tuple[Objection, ...]:
    """Return all objections to comparing two waves of one mode.

    Args:
        before: the earlier wave.
        after: the later wave.
        detailed: whether to name the groups that were weighted otherwise; they are groups of a few people.

    Raises:
        DesignError: the waves have no district in common.
    """
    common = before.districts & after.districts
    if not common:
        raise DesignError(
            "两轮没有共同的区县，不能比较",
            got=f"{before.name}：{'、'.join(sorted(before.districts))}；{after.name}：{'、'.join(sorted(after.districts))}",
            cure="选择覆盖相同区县的两轮",
        )
    found = [*_wordings(before, after)]
    only = sorted(before.districts ^ after.districts)
    if only:
        found.append(Objection(f"{'、'.join(only)}只在一轮有答卷，只比较两轮都有的区县", grave=False))
    elif abs(after.residents / max(before.residents, 1e-9) - 1) > SAME_POPULATION:
        found.append(Objection("两轮加权后的人口总数不同，总体口径变了"))
    if before.weighting != after.weighting:
        weighting = "：" + "；".join(dict.fromkeys((*before.weighting, *after.weighting))) if detailed else ""
        found.append(Objection(f"两轮加权有差别{weighting}", grave=False))
    return tuple(found)


def reworded(before: WaveFacts, after: WaveFacts) -> pd.DataFrame:
    """Return what was asked or counted differently: item, part, before, after; empty where unknown."""
    known = before.wordings and after.wordings and before.fingerprints != after.fingerprints
    return side_by_side(before.wordings if known else {}, after.wordings)


def _wordings(before: WaveFacts, after: WaveFacts) -> list[Objection]:
    if before.fingerprints == after.fingerprints:
        return []
    if not before.wordings or not after.wordings:
        return [Objection("两轮用的问卷不是同一份，旧问卷不在手边，不能确认题目没有改动")]
    changed = frozenset(reworded(before, after)["item"])
    if not changed:
        return [Objection("两轮问卷不是同一份，但要比较的项目逐字相同，可以比较", grave=False)]
    return [Objection(f"{'、'.join(sorted(changed))} 的题目、选项或算法在两轮之间改了，不能比较", changed)]


def barred(found: Sequence[Objection], item: str) -> bool:
    """Return whether the comparison of a rate is refused."""
    return any(one.grave and (one.items is None or item in one.items) for one in found)
