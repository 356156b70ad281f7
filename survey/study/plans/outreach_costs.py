"""Costs and reach of outreach activities as recorded in study.toml.

[outreach]
source = "..."              source of the figures
unusable = ["报纸"]          words in the names of further channels that cannot be booked (see `bookable` of options)
[outreach.price]            word in the name of a channel = yuan per activity and street
[outreach.touch]            word in the name of a channel = percent of its users reached by one activity
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey.errors import StudyError
from survey.study.study import Study

SECTION = "outreach"
KEYS = ("source", "unusable", "price", "touch")


@dataclass(frozen=True, slots=True)
class Tariff:
    """Figures of the study, by a word in the name of the channel.

    Attributes:
        price: yuan per activity and street.
        touch: percent of the users of the channel reached by one activity.
        unusable: words in the names of channels that cannot be booked, besides those of the questionnaire.
        source: source of the figures.
    """

    price: Mapping[str, float] = field(default_factory=dict)
    touch: Mapping[str, float] = field(default_factory=dict)
    unusable: tuple[str, ...] = ()
    source: str = ""


def tariff_of(study: Study, channels: Sequence[str]) -> Tariff:
    """Return the tariff of a study; an empty one if study.toml has none.

    Args:
        study: the study.
        channels: names of the channels in the questionnaire.

    Raises:
        StudyError: an unknown key, a word that matches no channel, a price not above 0, or a share outside 0 to 100.
    """
    raw: Any = study.sections.get(SECTION)
    if raw is None:
        return Tariff()
    if not isinstance(raw, dict) or set(raw) - set(KEYS):
        raise _fault(
            "", "、".join(sorted(set(raw) - set(KEYS))) if isinstance(raw, dict) else str(raw), "、".join(KEYS)
        )
    unusable = raw.get("unusable", [])
    if not (isinstance(unusable, list) and all(isinstance(one, str) for one in unusable)):
        raise _fault(" unusable", str(unusable), '渠道名的列表，例如 ["报纸"]')
    if not isinstance(raw.get("source", ""), str):
        raise _fault(" source", str(raw["source"]), "一段文字（写在引号里）")
    return Tariff(
        price=_figures(raw, "price", (1e-9, 1e9, "大于 0 的数（元）"), channels),
        touch=_figures(raw, "touch", (0.0, 100.0, "0 到 100 之间的数（百分数）"), channels),
        unusable=tuple(unusable),
        source=raw.get("source", ""),
    )


def _figures(
    raw: Mapping[str, Any], key: str, limits: tuple[float, float, str], channels: Sequence[str]
) -> Mapping[str, float]:
    table: Any = raw.get(key, {})
    low, high, expected = limits
    if not isinstance(table, dict):
        raise _fault(f".{key}", str(table), f"渠道名 = {expected}")
    for word, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise _fault(f".{key} {word}", str(value), expected)
        if not any(word in channel for channel in channels):
            raise _fault(f".{key}", word, f"问卷里的渠道：{'、'.join(channels)}")
    return {word: float(value) for word, value in table.items()}


def _fault(place: str, got: str, expected: str) -> StudyError:
    return StudyError("宣传单价或触达写得不对", where=f"study.toml [{SECTION}{place}]", got=got, expected=expected)
