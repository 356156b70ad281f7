"""Change between waves: what may be compared, what moved, and whether listed weaknesses improved (回头看)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.areas.verdict import SILENT, Reason, Verdict, worst_first
from analysis.areas.verdicts import area_verdicts
from analysis.decisions.comparable_wording import Parts, of_wave, side_by_side
from analysis.estimation.contrasts import Comparison, between
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from analysis.numerals import interval, percent
from survey.errors import DesignError
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.study.plans.rectification import Entry, Remeasure
from survey.study.settings import FALSE_CALLS

SAME_POPULATION = 0.01
"""Waves whose weighted residents differ by more than this share do not represent the same population."""
FALSE_ALARMS = 0.10
"""Accepted share of false alarms among the districts reported to have moved (Benjamini-Hochberg)."""

Protection = Callable[[Estimates], Estimates]
"""Suppresses the numbers of a table that may not be shown."""


class ChangeOutcome(StrEnum):
    """The outcome of a weakness that an earlier wave listed."""

    MENDED = "已补上"
    BETTER = "有改善，还没达标"
    SAME = "看不出变化"
    WORSE = "更差了"
    UNCLEAR = "样本不足"
    RED_LIGHT = "待复访"
    NOT_COMPARABLE = "两轮不可比"


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
    inside = (sample.cells.keys["wave"].astype(str) == wave).to_numpy()
    known = [old[one] for one in fingerprints if one in old]
    whole = known and len(known) == len(fingerprints)
    wordings = {rate.name: of_wave(known, rate) for rate in rates} if whole else {}
    return WaveFacts(
        name=wave,
        fingerprints=frozenset(fingerprints),
        wordings=wordings,
        districts=frozenset(sample.cells.keys["district"][inside].astype(str)),
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


def changes(
    sample: Sample,
    rates: Sequence[Rate],
    waves: tuple[WaveFacts, WaveFacts],
    where: Mapping[str, Any],
    by: Sequence[str] = (),
    protected: Protection | None = None,
) -> Estimates:
    """Estimate later minus earlier wave over the districts that both have, with the detectable change.

    Args:
        sample: a sample that holds both waves.
        rates: the rates.
        waves: the earlier and the later wave.
        where: the domain without the wave.
        by: by-columns.
        protected: suppresses what may not be shown; small cells only when None.

    Returns:
        The table of `between`, protected, with `label` and `moved` ("up", "down" or ""): by the interval for a
        single comparison, by Benjamini-Hochberg over the rows of an item for several; "barred", with blanked numbers,
        where the waves must not be compared.
    """
    before, after = waves
    reasons = objections(before, after)
    common = sorted(before.districts & after.districts)
    question = Comparison([rate.name for rate in rates], tuple(by), {**where, "district": common})
    if "district" in where:
        question = Comparison([rate.name for rate in rates], tuple(by), dict(where))
    found = between(sample.basis, "wave", (before.name, after.name), question)
    found = protect(found, sample.suppression) if protected is None else protected(found)
    table = found.to_pandas()
    labels = {rate.name: rate.label for rate in rates}
    table["label"] = table["item"].map(labels)
    sure = (table["p_bh"] <= FALSE_ALARMS) if by else (table["p_value"] <= 0.05)
    up = np.where(table["estimate"].astype(float) > 0, "up", "down")
    table["moved"] = np.where(sure.fillna(False), up, "")
    refused = table["item"].map(lambda item: barred(reasons, str(item)))
    table.loc[refused, "moved"] = "barred"
    for name in ("estimate", "conf_low", "conf_high", "p_value", "p_bh", "p_holm", "detectable"):
        table[name] = table[name].astype(float).mask(refused)
    return Estimates(table, found.meta)


def look_back(verdicts: tuple[Estimates, Estimates], districts: Estimates) -> pd.DataFrame:
    """Report whether the weak or watched areas of the earlier wave improved in the later one.

    Args:
        verdicts: the verdicts of the districts in the earlier and in the later wave, from
            `analysis.areas.verdicts.area_verdicts`.
        districts: the changes by district, from `changes`.

    Returns:
        One row per weakness: district, item, label, verdict (then), verdict_now, reason_now, then, now, target, change,
        conf_low, conf_high, detectable, outcome.
    """
    old, new = (one.table for one in verdicts)
    listed = old[old["verdict"].isin([Verdict.WEAK, Verdict.WATCH])]
    moved = districts.table
    keys = ["district", "item"]
    rows = listed[[*keys, "label", "verdict", "estimate", "line", "gap", "prob_below"]].rename(
        columns={"estimate": "then", "line": "target"}
    )
    now = new[[*keys, "estimate", "verdict", "reason"]].rename(
        columns={"estimate": "now", "verdict": "verdict_now", "reason": "reason_now"}
    )
    step = moved[[*keys, "estimate", "conf_low", "conf_high", "detectable", "moved"]].rename(
        columns={"estimate": "change"}
    )
    numbers = [name for name in step if name not in (*keys, "moved")]
    step.loc[~step.set_index(keys).index.isin(_seen(new, keys)), numbers] = np.nan
    for part in (now, step):
        rows = rows.astype({"district": str}).merge(part.astype({"district": str}), on=keys, how="left")
    rows["outcome"] = [_outcome(row) for row in rows.to_dict("records")]
    first = rows["verdict"].eq(Verdict.WEAK)
    return pd.concat([worst_first(rows[first]), worst_first(rows[~first])], ignore_index=True).drop(columns="gap")


def _seen(rows: pd.DataFrame, keys: Sequence[str]) -> pd.Index[Any]:
    """Return the keys of rows that are shown: with a hidden one, the change would reveal it."""
    return rows[rows["estimate"].notna()].set_index(list(keys)).index


def _outcome(row: Mapping[Any, Any]) -> str:
    """Decide the outcome by the test: the line reached, or else the interval of the change."""
    if row["moved"] == "barred":
        return str(ChangeOutcome.NOT_COMPARABLE)
    if row["reason_now"] == Reason.RED_LIGHT:
        return str(ChangeOutcome.RED_LIGHT)
    if row["verdict_now"] == Verdict.MET:
        return str(ChangeOutcome.MENDED)
    if row["reason_now"] in SILENT or pd.isna(row["change"]):
        return str(ChangeOutcome.UNCLEAR)
    if row["conf_low"] > 0:
        return str(ChangeOutcome.BETTER)
    return str(ChangeOutcome.WORSE if row["conf_high"] < 0 else ChangeOutcome.SAME)


def measure_again(
    sample: Sample,
    rate: Rate,
    entry: Entry,
    wave: str,
    version: int,
    *,
    q: float = FALSE_CALLS,
    red: Collection[str] = (),
    hidden: Collection[str] = (),
) -> Remeasure:
    """Judge one entry of the ledger by a later wave, against the line written into the entry.

    Args:
        sample: a probability sample.
        rate: the rate of the entry.
        entry: the entry.
        wave: the later wave.
        version: the data version.
        q: accepted probability of a false call.
        red: districts with a red light in that wave.
        hidden: districts of which the reader may not see the rate.

    Raises:
        DesignError: the area has no answers in that wave, too few to show, or a red light.
    """
    targets = pd.DataFrame([{"measure": rate.measure, "item": rate.name, "district": "", "target": 100 * entry.target}])
    found = area_verdicts(sample, (rate,), targets, {"wave": wave}, q=q, red=red).table
    rows = found[found["district"].astype(str) == entry.area]
    if entry.area in red:
        raise DesignError("这一轮亮真实性红灯，独立复访前不能复测", where=f"{entry.area} · {rate.label}", got=wave)
    if rows.empty or rows["verdict"].eq("").any() or entry.area in hidden:
        raise DesignError("这一轮没有足够的答卷，不能复测", where=f"{entry.area} · {rate.label}", got=wave)
    row = rows.iloc[0].to_dict()
    improved = row["verdict"] == Verdict.MET
    reason = (
        f"{wave} 为 {percent(row['estimate'])}（{interval(row['conf_low'], row['conf_high'])}），目标"
        f" {entry.target:.0%}，没到的可能 {row['prob_below']:.0%}：{row['verdict']}"
    )
    low, high = float(row["conf_low"]), float(row["conf_high"])
    return Remeasure(wave, version, float(row["estimate"]), low, high, improved, reason)
