"""Audience: who does not know, which channels reach them, and what is associated with having been reached.

For every channel four rates are derived from the answers, so that reach, overlap and effect come from one sample with
its design: contact; contact and unaware; aware among those in contact; aware among the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from analysis.areas.decomposition import opposite
from analysis.decisions.channel_reach import ChannelPatterns, fold
from analysis.decisions.standardised_gap import ArmGap, arm_gap
from analysis.design.cells import FloatArray
from analysis.estimation.intervals import log_limits, t_limits
from analysis.estimation.linear import totals
from analysis.estimation.respondents import answered, codes_of, respondent_weights
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.errors import DesignError
from survey.instrument.measure import knowledge
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate
from survey.study.areas import Areas

REACH, LACK, ON, OFF = ".contact", ".lack", ".on", ".off"
_PLACES = {REACH: ((2, 3), ()), LACK: ((2,), ()), ON: ((3,), (0, 1)), OFF: ((1,), (2, 3))}
"""Rate of a channel -> the places in its numerator, and those outside its base: twice the contact plus awareness."""
_DERIVED: Any = {"base": "valid", "overall": False}


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels of a questionnaire.

    Attributes:
        labels: item -> label, without "none of these".
        aware: the headline rate of what residents know.
        bookable: items of the channels where activities can be ordered.
    """

    labels: Mapping[str, str]
    aware: Rate
    bookable: frozenset[str]


@dataclass(frozen=True, slots=True)
class Audience:
    """A sample with the contact of its respondents with each channel.

    Attributes:
        sample: holds the awareness rate and four rates per channel.
        channels: the channels.
        uses: (respondents, channels) booleans. aware: (respondents,) booleans. weight: residents behind each.
        wave: (respondents,) wave of each.
    """

    sample: Sample
    channels: Channels
    uses: NDArray[np.bool_]
    aware: NDArray[np.bool_]
    weight: FloatArray
    wave: NDArray[Any]

    def patterns(self, wave: str, *, unaware: bool) -> ChannelPatterns:
        """Return who uses which channels in one wave; only people who do not know, or everyone."""
        rows = (self.wave == wave) & (self.weight > 0) & ~(self.aware & unaware)
        return fold(self.uses[rows], self.weight[rows], list(self.channels.labels))


def channels_of(questionnaire: Questionnaire) -> Channels:
    """Return the channels of a questionnaire, and the headline rate of what residents know.

    Raises:
        DesignError: the questionnaire lacks one of the two.
    """
    aware = next(iter(questionnaire.headlines(knowledge())), None)
    question = next((one for one in questionnaire.with_role("channel") if one.type.several), None)
    if aware is None or question is None:
        raise DesignError(
            "问卷里没有渠道多选题或知晓率总体题，不能规划宣传",
            expected="一道 role 为 channel 的多选题",
            cure="在问卷里加上这样的题，下一轮调查后再来规划",
        )
    labels, bookable = {}, set()
    for item in question.items:
        choice = None if item.option is None else question.choice(item.option)
        if choice is not None and not choice.exclusive and choice.missing is None:
            labels[item.name] = item.label
            bookable |= {item.name} if choice.bookable else set()
    return Channels(labels, aware, frozenset(bookable))


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
    known, aware = answered(responses, channels.aware)
    uses, rates = [], [channels.aware]
    for name in channels.labels:
        codes = codes_of(responses, name)
        inside, contact = known & (codes >= 0), codes > 0
        place = pa.array(2 * contact.astype(np.int8) + aware, mask=~inside)
        responses = responses.append_column(name + REACH, place)
        rates += [
            replace(channels.aware, name=name + suffix, terms=((name + REACH, inner),), missing=outer, **_DERIVED)
            for suffix, (inner, outer) in _PLACES.items()
        ]
        uses.append(contact & inside)
    sample = prepare(responses, replace(questionnaire, rates=tuple(rates)), areas, margins, plan)
    if sample.opt_in:
        raise DesignError("网络自填是参与者意见，不能估计渠道覆盖", cure="换成入户或电话")
    weight = np.where(known, respondent_weights(sample, responses), 0.0)
    return Audience(sample, channels, np.column_stack(uses), aware, weight, _waves(responses))


def _waves(responses: pa.Table) -> NDArray[Any]:
    """Return the wave of each respondent; each name is one object, since a million of them would take 60 MB."""
    encoded = responses["wave"].cast(pa.string()).combine_chunks().dictionary_encode()
    names = np.array(encoded.dictionary.to_pylist(), dtype=object)
    return np.asarray(names[encoded.indices.to_numpy()])


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
    """Return awareness of those in contact with a channel minus the others, at the residents' age and education."""
    return arm_gap(sample.basis, (name + ON, name + OFF), where)


def _effect(sample: Sample, name: str, where: Mapping[str, Any]) -> dict[str, Any]:
    gap = channel_gap(sample, name, where)
    low, high = gap.interval()
    return {"effect": gap.value, "effect_low": low, "effect_high": high, "effect_error": gap.error, "adjusted": gap.by}
