"""The weighting of a study: [weighting] in study.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Method = Literal["rake", "poststratify", "calibrate"]
METHODS: tuple[Method, ...] = get_args(Method)
METHOD_LABELS: Mapping[Method, str] = {
    "rake": "迭代加权，满足全部人口结构表",
    "poststratify": "事后分层，只用第一张人口结构表",
    "calibrate": "线性校准，满足全部人口结构表",
}


@dataclass(frozen=True, slots=True)
class Weighting:
    """The weighting chosen by a study.

    Attributes:
        method: method of fitting weights to the population margins.
        trim: weights above median + trim x interquartile range of their wave and mode are trimmed; None for none.
    """

    method: Method = "rake"
    trim: float | None = None
