"""Evaluation of outreach: draw and keep a random roll-out order, and estimate the effect between two waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.budget import roll_out
from analysis.decisions.effect import CAUSE, effect_sheet
from reports.audience.heard import Heard
from reports.disclosure import refusal
from reports.selection import Selection
from reports.sentences import groups as words
from reports.sentences.sentence import Sentence
from survey.errors import ArgumentError
from survey.study.plans.rollout import RollOut, RollOuts
from survey.study.study import Study


def draw(streets: pd.DataFrame, steps: int, seed: int) -> dict[str, int]:
    """Return street -> batch (from 0), randomized within districts."""
    groups = pd.factorize(streets["district"])[0].astype(np.int64)
    start = roll_out(len(streets), steps, groups=groups, seed=seed)
    return {str(street): int(batch) for street, batch in zip(streets["street"], start, strict=True)}


def proposed(heard: Heard, streets: pd.DataFrame, steps: int, seed: int) -> RollOut:
    """Return a random order of streets in `steps` batches; it takes effect only once kept."""
    gathered = heard.gathered
    return RollOut(seed, steps, draw(streets, steps, seed), gathered.waves[-1], gathered.version)


def draws(study: Study) -> tuple[RollOut, ...]:
    """Return the kept orders, oldest first."""
    return RollOuts(study.root).draws()


def keep(heard: Heard, drawn: RollOut, *, who: str) -> RollOut:
    """Write an order into the study permanently.

    Raises:
        ArgumentError: `who` is empty.
    """
    return RollOuts(heard.gathered.study.root).keep(drawn, who=who)


def order_table(start: Mapping[str, int], streets: pd.DataFrame) -> pd.DataFrame:
    """Return streets by batch."""
    districts = dict(zip(streets["street"].astype(str), streets["district"].astype(str), strict=True))
    rows = [(batch + 1, districts.get(street, ""), street) for street, batch in start.items()]
    table = pd.DataFrame(rows, columns=["批次", "区县", "街道"])
    return table.sort_values(["批次", "区县"], kind="stable").reset_index(drop=True)


def basis_of(study: Study, before: str, after: str) -> tuple[RollOut | None, str]:
    """Return the newest order that identifies the effect between two waves; or None, with the reason."""
    kept = draws(study)
    if not kept:
        return None, "研究里没有保存过随机分批"
    first, second = study.wave(before), study.wave(after)
    reasons = [one.objection(first.end, second.start) for one in kept]
    fit = [one for one, reason in zip(kept, reasons, strict=True) if not reason]
    return (fit[-1], "") if fit else (None, reasons[-1])


@dataclass(frozen=True, slots=True)
class Effect:
    """Estimated effect of outreach between two waves.

    Attributes:
        sentence: 效果 after a kept random order, else 关联.
        arms: the change in both arms and the smallest detectable difference.
        causal: whether streets were randomized.
    """

    sentence: Sentence
    arms: Sentence
    causal: bool


def pair_of(heard: Heard, wave: str) -> tuple[str, str] | None:
    """Return the preceding wave and the wave; None for the first wave."""
    there = heard.gathered.before(wave)
    return (there[-1], wave) if there else None


def effect(heard: Heard, pair: tuple[str, str], treated: Sequence[str], kept: RollOut | None = None) -> Effect:
    """Compare streets where outreach had started with the others (difference in differences).

    Args:
        heard: the sample of awareness.
        pair: earlier and later wave.
        treated: streets where outreach had started before the later wave.
        kept: the random order behind `treated`; None where streets were not randomized.

    Raises:
        ArgumentError: the reader is not an analyst and chose the streets, whose rates could be subtracted.
        DesignError: one arm has no street or no answers in a wave.
    """
    if kept is None and Selection().reserved:
        raise refusal("自己挑街道看效果", "、".join(treated), "按保存的随机分批看（--random）")
    audience, among = heard.audience, None if kept is None else list(kept.start)
    item = audience.channels.aware.name
    found = effect_sheet(audience.sample, item, treated, pair, random=kept is not None, among=among)
    return Effect(words.effect(found), words.arms(found), found.word == CAUSE)


def kept_order(study: Study, pair: tuple[str, str]) -> RollOut:
    """Return the random order that identifies the effect between two waves.

    Raises:
        ArgumentError: there is none; the error gives the reason.
    """
    kept, reason = basis_of(study, *pair)
    if kept is None:
        cure = "用 --treated 列出街道，那样只说关联"
        raise ArgumentError(f"不能按随机分批看效果：{reason}", where="--random", cure=cure)
    return kept
