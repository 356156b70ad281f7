"""The proof of outreach: a random order drawn and kept, and what came of it between two waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.budget import roll_out
from analysis.decisions.effect import CAUSE, effect_sheet, sentence
from analysis.numerals import points
from reports.change import earlier
from reports.plans.outreach import Heard
from survey.errors import ArgumentError
from survey.study.rollout import RollOut, RollOuts
from survey.study.study import Study


def draw(streets: pd.DataFrame, steps: int, seed: int) -> dict[str, int]:
    """Street -> batch (from 0), at random within districts."""
    groups = pd.factorize(streets["district"])[0].astype(np.int64)
    start = roll_out(len(streets), steps, groups=groups, seed=seed)
    return {str(street): int(batch) for street, batch in zip(streets["street"], start, strict=True)}


def proposed(heard: Heard, streets: pd.DataFrame, steps: int, seed: int) -> RollOut:
    """A random order of streets in so many batches; it counts only once it is kept."""
    gathered = heard.gathered
    return RollOut(seed, steps, draw(streets, steps, seed), gathered.waves[-1], gathered.version)


def draws(study: Study) -> tuple[RollOut, ...]:
    """The orders that were kept, oldest first."""
    return RollOuts(study.root).draws()


def keep(heard: Heard, drawn: RollOut, *, who: str) -> RollOut:
    """Write an order into the study, for good.

    Raises:
        ArgumentError: nobody is named.
    """
    return RollOuts(heard.gathered.study.root).keep(drawn, who=who)


def order_table(start: Mapping[str, int], streets: pd.DataFrame) -> pd.DataFrame:
    """Streets by batch."""
    districts = dict(zip(streets["street"].astype(str), streets["district"].astype(str), strict=True))
    rows = [(batch + 1, districts.get(street, ""), street) for street, batch in start.items()]
    table = pd.DataFrame(rows, columns=["批次", "区县", "街道"])
    return table.sort_values(["批次", "区县"], kind="stable").reset_index(drop=True)


def basis_of(study: Study, before: str, after: str) -> tuple[RollOut | None, str]:
    """The newest draw that bears witness to the change between two waves; or None, and why there is none."""
    kept = draws(study)
    if not kept:
        return None, "研究里没有保存过随机分批"
    first, second = study.wave(before), study.wave(after)
    reasons = [one.objection(first.end, second.start) for one in kept]
    fit = [one for one, reason in zip(kept, reasons, strict=True) if not reason]
    return (fit[-1], "") if fit else (None, reasons[-1])


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of outreach between two waves.

    Attributes:
        sentence: 效果 after a kept random order, else 关联.
        arms: the change on both sides and the smallest difference that would show.
        causal: chance decided which streets started first.
    """

    sentence: str
    arms: str
    causal: bool


def pair_of(heard: Heard, wave: str) -> tuple[str, str] | None:
    """The wave and the one before it; None in a first wave."""
    there = earlier(heard.gathered, wave)
    return (there[-1], wave) if there else None


def effect(heard: Heard, pair: tuple[str, str], treated: Sequence[str], kept: RollOut | None = None) -> Effect:
    """Compare streets where outreach had started with the others.

    Args:
        heard: the sample of awareness.
        pair: earlier and later wave.
        treated: streets where outreach had started before the later wave.
        kept: the random order that decided so; None where chance did not.

    Raises:
        DesignError: one side has no street or no answers in a wave.
    """
    audience, among = heard.audience, None if kept is None else list(kept.start)
    item = audience.channels.aware.name
    found = effect_sheet(audience.sample, item, treated, pair, random=kept is not None, among=among)
    changes = [points(found[name], signed=True) for name in ("treated_change", "control_change")]
    least = f"小于 {points(found['detectable'])}的差别这样的样本看不出来"
    arms = f"知晓率：开展过的 {changes[0]}，其余 {changes[1]}；{least}。"
    return Effect(sentence(found), arms, found["word"] == CAUSE)


def kept_order(study: Study, pair: tuple[str, str]) -> RollOut:
    """The random order that bears witness to the change between two waves.

    Raises:
        ArgumentError: there is none; the error says why.
    """
    kept, reason = basis_of(study, *pair)
    if kept is None:
        cure = "用 --treated 列出街道，那样只说关联"
        raise ArgumentError(f"不能按随机分批看效果：{reason}", where="--random", cure=cure)
    return kept
