"""Formats: the one way in which each kind of number is written in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from analysis import numerals


class Format(StrEnum):
    """A kind of number. Shares, probabilities and differences are given in [0, 1] and [-1, 1]."""

    PERCENT = "percent"
    PERCENT_PAIR = "percent pair"
    WHOLE = "whole percent"
    SHORTFALL = "shortfall of a pair"
    MOVED = "difference of a pair"
    TARGET = "target"
    CHANCE = "chance"
    INTERVAL = "interval"
    WHOLE_INTERVAL = "whole interval"
    POINTS = "points"
    CHANGE = "change"
    CHANGE_INTERVAL = "change interval"
    STEP = "step"
    MARGIN = "margin"
    COUNT = "count"
    COUNT_INTERVAL = "count interval"
    PEOPLE = "people"
    PEOPLE_INTERVAL = "people interval"
    MONEY = "money"
    YUAN = "yuan"
    YUAN_INTERVAL = "yuan interval"
    DECIMAL = "decimal"
    P_VALUE = "p-value"
    SPREAD = "interval in a document"
    FIGURES = "figures of a column"
    GAP = "gap in a document"
    SIGNED = "signed points"
    SIGNED_SPREAD = "signed interval in a document"
    ODDS = "chance in a document"
    PLAIN = "count in a document"

    def write(self, *values: float) -> str:
        """Return the values as they stand in a sentence; a dash where one is missing."""
        return WRITERS[self](*values)


WRITERS: Mapping[Format, Callable[..., str]] = {
    Format.PERCENT: numerals.percent,
    Format.PERCENT_PAIR: numerals.percent_pair,
    Format.WHOLE: numerals.whole,
    Format.SHORTFALL: numerals.shortfall,
    Format.MOVED: numerals.moved,
    Format.TARGET: numerals.target,
    Format.CHANCE: numerals.spoken_chance,
    Format.INTERVAL: numerals.interval,
    Format.WHOLE_INTERVAL: numerals.whole_interval,
    Format.POINTS: numerals.points,
    Format.CHANGE: numerals.change,
    Format.CHANGE_INTERVAL: numerals.points_interval,
    Format.STEP: numerals.step,
    Format.MARGIN: numerals.margin,
    Format.COUNT: numerals.count,
    Format.COUNT_INTERVAL: numerals.count_interval,
    Format.PEOPLE: numerals.people,
    Format.PEOPLE_INTERVAL: numerals.people_interval,
    Format.MONEY: numerals.money,
    Format.YUAN: numerals.yuan,
    Format.YUAN_INTERVAL: numerals.yuan_interval,
    Format.DECIMAL: numerals.decimal,
    Format.P_VALUE: numerals.p_value,
    Format.SPREAD: numerals.spread,
    Format.FIGURES: numerals.figures,
    Format.GAP: numerals.gap,
    Format.SIGNED: numerals.signed,
    Format.SIGNED_SPREAD: numerals.signed_spread,
    Format.ODDS: numerals.odds,
    Format.PLAIN: numerals.headcount,
}
