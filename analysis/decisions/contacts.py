"""Contacts: the channels of a questionnaire, and who was in touch with each and knows, as columns that rates count.

For every channel four rates are derived from the answers, so that reach, overlap and effect come from one sample with
its design: contact; contact and unaware; aware among those in contact; aware among the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analysis.estimation.respondents import Flags, answered, codes_of
from survey.errors import DesignError
from survey.instrument.measure import knowledge
from survey.instrument.questionnaire import Questionnaire
from survey.instrument.rate import Rate

REACH, LACK, ON, OFF = ".contact", ".lack", ".on", ".off"
_PLACES = {REACH: ((2, 3), ()), LACK: ((2,), ()), ON: ((3,), (0, 1)), OFF: ((1,), (2, 3))}
"""Rate of a channel -> the places in its numerator, and those outside its base: twice the contact plus awareness."""
_DERIVED: Any = {"base": "valid", "overall": False}
Read = Callable[[Sequence[str]], pa.Table]
"""Returns columns of some respondents."""


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

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Return the awareness rate, and four rates of each channel on the columns of `ContactReader`."""
        derived = (
            replace(self.aware, name=name + suffix, terms=((name + REACH, inner),), missing=outer, **_DERIVED)
            for name in self.labels
            for suffix, (inner, outer) in _PLACES.items()
        )
        return (self.aware, *derived)

    @property
    def made(self) -> tuple[str, ...]:
        """Return the columns that `ContactReader` makes."""
        return tuple(name + REACH for name in self.labels)


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


class ContactReader:
    """Reads columns of some respondents; `Channels.made` are made from their answers when they are asked for.

    A made column holds twice the contact with the channel plus awareness; NULL for those who did not answer either.
    """

    def __init__(self, read: Read, channels: Channels) -> None:
        """Take how to read the stored columns."""
        self._read, self._channels = read, channels
        self._aware: tuple[Flags, npt.NDArray[np.int8]] | None = None

    def __call__(self, columns: Sequence[str]) -> pa.Table:
        """Return some columns, in this order."""
        made = {name: name.removesuffix(REACH) for name in columns if name in self._channels.made}
        stored = self._read(list(dict.fromkeys(made.get(name, name) for name in columns)))
        return pa.table({name: self._made(stored, made[name]) if name in made else stored[name] for name in columns})

    def _made(self, stored: pa.Table, channel: str) -> pa.Array:
        if self._aware is None:  # two bytes a respondent, for all channels
            answers = self._read(list(self._channels.aware.columns))
            inside, knows = answered(answers, self._channels.aware)
            self._aware = inside, knows.astype(np.int8)
        known, aware = self._aware
        codes = codes_of(stored, channel)
        return pa.array(2 * (codes > 0).astype(np.int8) + aware, mask=~(known & (codes >= 0)))
