"""Audience: who does not know, which channels reach them, and what is associated with having been reached."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.areas.decomposition import opposite
from analysis.decisions.channel_reach import ChannelPatterns, Folding
from analysis.decisions.contacts import LACK, OFF, ON, REACH, Channels, ContactReader, channels_of
from analysis.decisions.standardised_gap import ArmGap, arm_gap
from analysis.estimation.intervals import log_limits, t_limits
from analysis.estimation.linear import totals
from analysis.estimation.respondents import WEIGHT, answered, codes_of, respondent_weights
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.errors import DesignError
from survey.instrument.questionnaire import Questionnaire
from survey.study.areas import Areas

Answers = Callable[[str, Sequence[str]], Iterable[pa.Table]]
"""Yields columns of the respondents of a wave, some respondents at a time; columns that there are not are left out."""


@dataclass(frozen=True, slots=True)
class Audience:
    """A sample with the contact of its respondents with each channel.

    Attributes:
        sample: holds the awareness rate and four rates per channel.
        channels: the channels.
        answers: reads the respondents behind it.
    """

    sample: Sample
    channels: Channels
    answers: Answers

    def patterns(self, wave: str, *, unaware: bool) -> ChannelPatterns:
        """Return who uses which channels in one wave; only people who do not know, or everyone."""
        names, aware = list(self.channels.labels), self.channels.aware
        folding = Folding(names)
        for rows in self.answers(wave, [*self.sample.grouped.columns, WEIGHT, *aware.columns, *names]):
            known, knows = answered(rows, aware)
            weight = np.where(known, respondent_weights(self.sample, rows), 0.0)
            some = (weight > 0) & ~(knows & unaware)
            uses = np.column_stack([known & (codes_of(rows, name) > 0) for name in names])
            folding.add(uses[some], weight[some])
        return folding.patterns()


def audience_of(sample: Sample, channels: Channels, answers: Answers) -> Audience:
    """Return the audience of a sample of the rates of its channels.

    Raises:
        DesignError: self-selected answers.
    """
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能估计渠道覆盖", cure="换成入户或电话")
    return Audience(sample, channels, answers)


def build_audience(
    responses: pa.Table,
    questionnaire: Questionnaire,
    areas: Areas,
    margins: pd.DataFrame,
    plan: SampleOptions | None = None,
) -> Audience:
    """Make the audience sample from coded responses.

    Args:
        responses: coded responses.
        questionnaire: the questionnaire.
        areas: the sampling frame.
        margins: population margins.
        plan: modes and suppression; opt-in answers are refused.

    Raises:
        DesignError: no question on channels, or self-selected answers.
    """
    channels = channels_of(questionnaire)
    asked = replace(questionnaire, rates=channels.rates)
    whole = ContactReader(responses.select, channels)([*responses.column_names, *channels.made])
    sample = prepare(whole, asked, areas, margins, plan)

    def answers(wave: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        there = [name for name in dict.fromkeys(columns) if name in responses.column_names]
        yield responses.select(there).filter(pc.equal(responses["wave"].cast(pa.string()), wave))

    return audience_of(sample, channels, answers)


def reach_table(audience: Audience, where: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate every channel: reach, unaware people in contact with it, and the associated awareness.

    Returns:
        item, label, n, reach, reach_low, reach_high, persons, persons_low, persons_high (unaware residents in contact
        with it), effect, effect_low, effect_high, effect_error (difference of awareness, shares), adjusted (by what),
        bookable (whether activities can be ordered), seen (whether the interval of the effect lies above zero).
        Largest reach first; channels asked of too few people are left out.
    """
    sample, names = audience.sample, list(audience.channels.labels)
    found = sample.rates(item=[name + REACH for name in names], where=where).table
    lack = totals(sample.basis, [name + LACK for name in names], where=where)
    low, high = log_limits(lack.estimate, lack.std_error, np.maximum(lack.df, 1))
    effects = pd.DataFrame([_effect(sample, name, where) for name in names])
    table = pd.DataFrame(
        {
            "item": names,
            "label": list(audience.channels.labels.values()),
            "n": found["n"].to_numpy(),
            "reach": found["estimate"].to_numpy(),
            "reach_low": found["conf_low"].to_numpy(),
            "reach_high": found["conf_high"].to_numpy(),
            "persons": lack.estimate,
            "persons_low": low,
            "persons_high": high,
        }
    )
    bookable = [name in audience.channels.bookable for name in names]
    whole = pd.concat([table, effects], axis=1).assign(bookable=bookable, seen=effects["effect_low"] > 0)
    shown = whole[(whole["n"] >= sample.suppression) & whole["reach"].notna()]
    return shown.sort_values("reach", ascending=False, kind="stable").reset_index(drop=True)


def audience_reach(audience: Audience, by: str, where: Mapping[str, Any]) -> pd.DataFrame:
    """Tabulate the reach by channel and group: group, item, label, estimate, conf_low, conf_high, n, flag."""
    names = audience.channels.labels
    found = audience.sample.rates(item=[name + REACH for name in names], by=(by,), where=where).table
    item = found["item"].astype(str).str.removesuffix(REACH)
    return pd.DataFrame(
        {
            "group": found[by].astype(str),
            "item": item,
            "label": item.map(names),
            **{name: found[name] for name in ("estimate", "conf_low", "conf_high", "n", "n_pooled", "flag")},
        }
    )


def unaware_residents(audience: Audience, where: Mapping[str, Any]) -> tuple[float, float, float]:
    """Estimate the residents who do not know: estimate and limits."""
    item = audience.channels.aware.name
    found = totals(opposite(audience.sample.basis, item), [item], where=where)
    low, high = t_limits(found.estimate, found.std_error, np.maximum(found.df, 1))
    return float(found.estimate[0]), max(float(low[0]), 0.0), float(high[0])


def channel_gap(sample: Sample, name: str, where: Mapping[str, Any]) -> ArmGap:
    """Return awareness of those in contact with a channel minus the others, at the residents' age and education.

    It is kept with the sample, because a table of channels and the plan after it ask for the same.
    """
    values = ((key, (one,) if isinstance(one, str) else tuple(one)) for key, one in sorted(where.items()))
    cache, key = sample.cells.cache, ("channel gap", name, tuple(values))
    if key not in cache:
        cache[key] = arm_gap(sample.basis, (name + ON, name + OFF), where)
    found: ArmGap = cache[key]
    return found


def _effect(sample: Sample, name: str, where: Mapping[str, Any]) -> dict[str, Any]:
    gap = channel_gap(sample, name, where)
    low, high = gap.interval()
    return {"effect": gap.value, "effect_low": low, "effect_high": high, "effect_error": gap.error, "adjusted": gap.by}
