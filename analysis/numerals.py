"""Numerals: how numbers are written in Chinese, the same on a page, in a chart, a command and a briefing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from numbers import Integral

DASH = "—"
CODES = 10**9


def percent(share: float, decimals: int = 1) -> str:
    """Format a share in [0, 1] as "77.3%"; "—" where it is missing."""
    return DASH if _missing(share) else f"{100 * share:.{decimals}f}%"


def whole(share: float) -> str:
    """Format a share in [0, 1] for a glance: "77%", below a tenth "7.3%"; "—" where it is missing."""
    return DASH if _missing(share) else percent(share, 0 if share >= 0.1 else 1)


def whole_interval(low: float, high: float) -> str:
    """Format an interval of shares for a glance: "75%—77%"; "—" where it is missing."""
    return DASH if _missing(low) or _missing(high) else f"{whole(low)}{DASH}{whole(high)}"


def shortfall(share: float, line: float) -> str:
    """Format how far a share lies from its line, as the difference of both as printed: "10 个百分点".

    A reader can check it. "不到 1 个百分点" where both are printed alike; "—" where one is missing.
    """
    if _missing(share) or _missing(line):
        return DASH
    gap = round(abs(float(whole(share).rstrip("%")) - round(100 * line, 4)), 4)
    return f"{gap:g} 个百分点" if gap >= 1 else "不到 1 个百分点"


def moved(before: float, now: float) -> str:
    """Format how far two shares lie apart, as the difference of both as printed: "9 个百分点" for 61% and 70%."""
    return DASH if _missing(now) else shortfall(before, round(float(whole(now).rstrip("%")) / 100, 4))


def target(share: float) -> str:
    """Format a target as it was typed: "85%", "87.5%"; "—" where it is missing."""
    return DASH if _missing(share) else f"{round(100 * share, 4):g}%"


def chance(probability: float) -> str:
    """Format a probability in [0, 1] without false certainty: "<1%", "37%", ">99%"; "—" where it is missing."""
    if _missing(probability):
        return DASH
    return "<1%" if probability < 0.01 else ">99%" if probability > 0.99 else f"{probability:.0%}"


def percent_pair(first: float, second: float) -> str:
    """Format two shares that are compared: "7.2% 与 2.0%"; "—" where one is missing."""
    return DASH if _missing(first) or _missing(second) else f"{percent(first)} 与 {percent(second)}"


def spoken_chance(probability: float) -> str:
    """Format a probability for a sentence: "不到 1%", "约 37%", "超过 99%"; "—" where it is missing."""
    if _missing(probability):
        return DASH
    return "不到 1%" if probability < 0.01 else "超过 99%" if probability > 0.99 else f"约 {probability:.0%}"


def interval(low: float, high: float) -> str:
    """Format an interval of shares as "75.0%—77.3%"; "—" where it is missing."""
    if _missing(low) or _missing(high):
        return DASH
    return f"{percent(low)}{DASH}{percent(high)}"


def chance_gain(before: float, after: float) -> str:
    """Format how much a probability rises, in whole points between both as printed: "+20", "不到 1", "0".

    A reader can check it against the two probabilities; "—" where one is missing.
    """
    if _missing(before) or _missing(after):
        return DASH
    gain = int(f"{100 * after:.0f}") - int(f"{100 * before:.0f}")
    if gain >= 1:
        return f"+{gain}"
    return "不到 1" if after > before else "0"


def points(difference: float) -> str:
    """Format the size of a difference of two shares as "3.8 个百分点"; "—" where it is missing."""
    return DASH if _missing(difference) else f"{_tenths(abs(difference))} 个百分点"


def signed(difference: float) -> str:
    """Format a difference of two shares in percentage points, without the unit: "+3.8", "−3.8", "0.0"."""
    if _missing(difference):
        return DASH
    text = _tenths(difference)
    return text if text == "0.0" or difference < 0 else f"+{text}"


def change(difference: float) -> str:
    """Format a difference of two shares with its sign: "+3.8 个百分点"; "—" where it is missing."""
    return DASH if _missing(difference) else f"{signed(difference)} 个百分点"


def points_interval(low: float, high: float) -> str:
    """Format an interval of differences, in percentage points: "−15.7 至 −1.4"; "—" where it is missing."""
    return DASH if _missing(low) or _missing(high) else f"{_tenths(low)} 至 {_tenths(high)}"


def estimate(share: float, low: float, high: float) -> str:
    """Format a share with its interval as "76.1%（75.0%—77.3%）"; only the share where the interval is missing."""
    spread = interval(low, high)
    return percent(share) if spread == DASH else f"{percent(share)}（{spread}）"


def difference(value: float, low: float, high: float) -> str:
    """Format a difference with its interval, in percentage points: "+3.8（−0.9 至 8.5）"; "—" where it is missing."""
    return DASH if _missing(value) else f"{signed(value)}（{points_interval(low, high)}）"


def step(difference: float) -> str:
    """Format a difference that was typed, such as an improvement assumed: "2 个百分点"."""
    return DASH if _missing(difference) else f"{round(100 * difference, 4):g} 个百分点"


def margin(half_width: float) -> str:
    """Format half the width of an interval as "±2.1 个百分点"; "—" where it is missing."""
    return DASH if _missing(half_width) else f"±{points(half_width)}"


def count(number: float) -> str:
    """Format a count as "1,234"; "—" where it is missing."""
    return DASH if _missing(number) else f"{number:,.0f}"


def count_interval(low: float, high: float) -> str:
    """Format a range of counts as "319—2,848", one count where both read the same; "—" where one is missing."""
    if _missing(low) or _missing(high):
        return DASH
    return count(high) if round(low) == round(high) else f"{count(low)}{DASH}{count(high)}"


def people(number: float) -> str:
    """Format an estimated number of residents without false precision: "1.2 万人", "3,400 人", "120 人"."""
    if _missing(number):
        return DASH
    if number >= 9_950:
        return f"{number / 10_000:.1f} 万人"
    digits = 10 if number < 995 else 100
    return f"{round(number / digits) * digits:,} 人"


def people_interval(low: float, high: float) -> str:
    """Format an interval of numbers of residents as "3,400 人—1.2 万人"; "—" where it is missing."""
    return DASH if _missing(low) or _missing(high) else f"{people(low)}{DASH}{people(high)}"


def money(yuan_spent: float) -> str:
    """Format a budget as "3.5 万元" or "20 万元", below 10,000 yuan as "3,200 元"; "—" where it is missing."""
    if _missing(yuan_spent) or yuan_spent < 10_000:
        return yuan(yuan_spent)
    return f"{f'{yuan_spent / 10_000:.1f}'.removesuffix('.0')} 万元"


def yuan(price: float) -> str:
    """Format a price as "1,500 元", below 10 yuan as "1.5 元"; "—" where it is missing."""
    return DASH if _missing(price) else f"{price:,.{int(price < 9.95)}f} 元"


def yuan_interval(low: float, high: float) -> str:
    """Format an interval of prices as "50 元—120 元"; "很高" for an upper end without limit."""
    if _missing(low) or _missing(high):
        return DASH
    return f"{yuan(low)}{DASH}{'很高' if math.isinf(high) else yuan(high)}"


def spread(low: float, high: float) -> str:
    """Format an interval of shares in a document as "62.7%至76.5%"; "—" where it is missing."""
    return DASH if _missing(low) or _missing(high) else f"{percent(low)}至{percent(high)}"


def figures(*shares: float) -> str:
    """Format a share, or an interval, in a column headed %: "88.2", "86.7—89.6"; "—" where one is missing."""
    return DASH if any(map(_missing, shares)) else DASH.join(percent(one).rstrip("%") for one in shares)


def gap(difference: float) -> str:
    """Format the size of a difference of two shares in a document as "10.0个百分点"; "—" where it is missing."""
    return points(difference).replace(" ", "")


def signed_spread(low: float, high: float) -> str:
    """Format an interval of differences in a document, in percentage points: "−1.6至3.8"; "—" where it is missing."""
    return points_interval(low, high).replace(" ", "")


def odds(probability: float) -> str:
    """Format a probability in a document without false certainty: "84.5%", "不到0.1%", "超过99.9%"."""
    if _missing(probability):
        return DASH
    return "不到0.1%" if probability < 0.001 else "超过99.9%" if probability > 0.999 else percent(probability)


def headcount(number: float) -> str:
    """Format a count in a document: "2880", from five digits on "23.9万"; "—" where it is missing."""
    return DASH if _missing(number) else f"{number:.0f}" if number < 9_999.5 else f"{number / 10_000:.1f}万"


def p_value(probability: float) -> str:
    """Format a p-value as "p = 0.023" or "p < 0.001"; "—" where it is missing."""
    if _missing(probability):
        return DASH
    return "p < 0.001" if probability < 0.001 else f"p = {probability:.3f}"


def decimal(number: float) -> str:
    """Format a coefficient as "0.05"; "—" where it is missing."""
    return DASH if _missing(number) else f"{number:.2f}"


def cell(number: float, decimals: int) -> str:
    """Format a number of a table as "1,234" or "−0.5", without a negative zero; "—" where it is missing.

    A whole number of ten digits or more is a code and has no separators.
    """
    if _missing(number):
        return DASH
    if decimals == 0 and abs(number) >= CODES:
        return f"{number:.0f}"
    return f"{round(number, decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def decimals(column: Iterable[float]) -> int:
    """Return the decimals of a column of a table, the same for all its numbers: 0 for integers, else 1 to 4."""
    known = [number for number in column if not _missing(number)]
    if all(isinstance(number, Integral) for number in known):
        return 0
    return max(1, *(len(f"{number:.4f}".rstrip("0").partition(".")[2]) for number in known))


def names(items: Sequence[str], most: int = 6) -> str:
    """Join names as "甲、乙、丙"; after `most` of them "等 9 个"."""
    shown = "、".join(items[:most])
    return shown if len(items) <= most else f"{shown}等 {len(items)} 个"


def _tenths(difference: float) -> str:
    """Return a difference of shares in percentage points, one decimal, a true minus sign, and no negative zero."""
    return f"{round(100 * difference, 1) + 0.0:.1f}".replace("-", "−")


def _missing(value: float) -> bool:
    return value is None or math.isnan(value)
