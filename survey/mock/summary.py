"""Summary of the truth of a mock city for human readers, truth.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from survey.instrument.measure import MEASURES
from survey.mock.careless import CAREFUL
from survey.mock.city.people import family_settings, model
from survey.mock.city.truth import Truth, place_points
from survey.mock.drawing import MockCity

NOTICE = "模拟数据：城市、地名、居民和回答均为虚构，由程序按已知真值生成，不代表任何真实地区"
REFERENCE = "真值：对全部常住居民做入户面访会得到的比例（百分数）；网络自填相对入户面访的效应见 effects.csv"
Percent = Mapping[tuple[str, str], Mapping[str, float]]
"""Measure and wave -> true percentage by district, with that of the city under ""."""


def truth_summary(mock: MockCity) -> dict[str, Any]:
    """Return everything that was planted, with rates in percent."""
    percent = _percent(mock)
    return {
        "notice": NOTICE,
        "spec": asdict(mock.spec),
        "reference": REFERENCE,
        "city": _city(percent),
        "targets": {measure: MEASURES[measure].target for measure, _ in percent},
        "weak": _weak(mock, percent),
        "changes": _changes(mock, percent),
        "unchanged": sorted(set(mock.city.districts) - {change.district for change in mock.truth.plan.changes}),
        "themes": mock.truth.themes.to_dict("records"),
        "place_points": place_points(mock.truth.world, mock.questionnaire),
        "mode_logit": _modes(percent),
        "spread_logit": dict(model()["spread"]),
        "faults": _faults(mock.truth),
        "planted": _planted(mock.truth),
        "sampled_communities": _sampled(mock),
    }


def _percent(mock: MockCity) -> Percent:
    """Return the headline rates of the first and the last wave in percent, by measure and wave."""
    waves = dict.fromkeys((mock.spec.wave_names[0], mock.spec.wave_names[-1]))
    found = {(measure, wave): mock.truth.headline_shares(measure, wave) for measure in MEASURES for wave in waves}
    return {
        key: {name: round(100 * share, 3) for name, share in shares.items()} for key, shares in found.items() if shares
    }


def _city(percent: Percent) -> dict[str, dict[str, float]]:
    city: dict[str, dict[str, float]] = {}
    for (measure, wave), shares in percent.items():
        city.setdefault(measure, {})[wave] = shares[""]
    return city


def _weak(mock: MockCity, percent: Percent) -> list[dict[str, Any]]:
    last = mock.spec.wave_names[-1]
    return [
        {**asdict(weak), "target": MEASURES[weak.measure].target, "true": percent[weak.measure, last][weak.district]}
        for weak in mock.truth.plan.weak
    ]


def _changes(mock: MockCity, percent: Percent) -> list[dict[str, Any]]:
    waves = (mock.spec.wave_names[0], mock.spec.wave_names[-1])
    return [
        {**asdict(change), **{wave: percent[change.measure, wave][change.district] for wave in waves}}
        for change in mock.truth.plan.changes
    ]


def _modes(percent: Percent) -> dict[str, dict[str, float]]:
    measures = dict.fromkeys(measure for measure, _ in percent)
    return {name: {mode: family_settings(name)[mode] for mode in ("online", "organised")} for name in measures}


def _faults(truth: Truth) -> dict[str, int]:
    """Return fault/wave/mode -> number of responses."""
    columns = (truth.faults[name] for name in ("fault", "wave", "mode"))
    return dict(sorted(Counter("/".join(row) for row in zip(*columns, strict=True)).items()))


def _planted(truth: Truth) -> list[str]:
    """Return the fabricating interviewers and the coached communities."""
    named = truth.faults[truth.faults["fault"].isin(["fabricated", "coached", *CAREFUL])]
    return list(
        dict.fromkeys(f"{fault}：{where}" for fault, where in zip(named["fault"], named["detail"], strict=True))
    )


def _sampled(mock: MockCity) -> dict[str, list[int]]:
    return {
        wave: np.sort(mock.city.psu[stage.community]).tolist()
        for wave, stage in zip(mock.spec.wave_names, mock.stages, strict=True)
    }
