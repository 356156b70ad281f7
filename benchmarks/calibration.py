"""Calibration against a known truth: changes, channel effects, outreach plans and pass probabilities of mock cities.

`python -m benchmarks.calibration [SEEDS]`, 200 by default. For each seed a city is drawn in memory; the estimates are
compared with the parameters that generated the city.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.decisions.audience import build_audience, reach_table
from analysis.decisions.budget import gains
from analysis.decisions.passing.official_survey import OfficialSample, gates_of
from analysis.decisions.passing.pass_forecast import forecast
from analysis.decisions.passing.rehearsal import rehearse
from analysis.estimation.contrasts import Comparison, between
from analysis.estimation.sample import SampleOptions, prepare
from reports.plans.campaign import Limit, plan_campaign
from reports.plans.prices import price_list
from survey.instrument.measure import AWARENESS, MEASURES
from survey.mock.city.probabilities import chance
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw

SEEDS, NOISE = 200, 400
EDGES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
OFFICIAL = OfficialSample(1000)


def changes(mock: MockCity, sample: object, names: dict[str, str]) -> pd.DataFrame:
    """Return every district and rate: estimate and interval of the change, the truth, and whether it was planted."""
    found = between(sample.basis, "wave", ("W1", "W2"), Comparison(tuple(names), ("district",))).table  # type: ignore[attr-defined]
    truth = {
        measure: {wave: mock.truth.headline_shares(measure, wave) for wave in ("W1", "W2")} for measure in MEASURES
    }
    planted = {(one.measure, one.district) for one in mock.truth.plan.changes}
    rows = found.assign(district=found["district"].astype(str), measure=found["item"].map(names))
    rows["true"] = [
        truth[m]["W2"][d] - truth[m]["W1"][d] for m, d in zip(rows["measure"], rows["district"], strict=True)
    ]
    rows["planted"] = [(m, d) in planted for m, d in zip(rows["measure"], rows["district"], strict=True)]
    return rows[["measure", "estimate", "conf_low", "conf_high", "true", "planted"]]


def true_effects(mock: MockCity) -> dict[str, float]:
    """Return channel item -> the share that would know if everyone were in contact minus that if nobody were."""
    world = mock.truth.world
    rate = mock.questionnaire.headline(AWARENESS)
    assert rate is not None
    assert world.channels.question is not None
    effects = {}
    for at, code in enumerate(world.channels.codes):
        shares = []
        for value in (1.0, 0.0):
            reach = world.channels.reach.copy()
            reach[at] = value
            found = chance(replace(world, channels=replace(world.channels, reach=reach)), rate, 1)
            shares.append(found.hits.sum() / found.base.sum())
        effects[f"{world.channels.question.name}.{code}"] = float(shares[0] - shares[1])
    return effects


def channels(mock: MockCity) -> pd.DataFrame:
    """Return every channel: estimate and interval of the associated awareness, and the truth."""
    audience = build_audience(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, SampleOptions())
    table = reach_table(audience, {"wave": "W2"})
    truth = true_effects(mock)
    rows = table[[len(by) == 2 for by in table["adjusted"]]]
    return pd.DataFrame(
        {
            "estimate": rows["effect"],
            "conf_low": rows["effect_low"],
            "conf_high": rows["effect_high"],
            "true": rows["item"].map(truth),
        }
    )


def planned(mock: MockCity) -> pd.DataFrame:
    """Return the gain of an outreach plan for 100,000 yuan: estimate and interval, plain estimate, and the truth."""
    audience = build_audience(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, SampleOptions())
    table = reach_table(audience, {"wave": "W2"})
    found = plan_campaign(mock.city.areas, audience, "W2", (table, price_list(table)), Limit(budget=100_000))
    if not found.count or np.isnan(found.low):
        return pd.DataFrame()
    known = table.set_index("label").loc[list(found.channels)]
    true, plain = known["item"].map(true_effects(mock)), known["effect"].clip(0, 1)
    gain = [
        float(gains(replace(found.campaign, effect=one.to_numpy(float)), found.plan.activities).sum())
        for one in (true, plain)
    ]
    return pd.DataFrame(
        {
            "estimate": [found.gained],
            "conf_low": found.low,
            "conf_high": found.high,
            "true": gain[0],
            "plain": gain[1],
        }
    )


def passing(mock: MockCity, sample: object, rng: np.random.Generator) -> pd.DataFrame:
    """Return the predicted probability to pass lines around the truth, and the true probability."""
    rates = mock.questionnaire.headlines()
    residents = {name: float(count) for name, count in mock.city.areas.population().items()}
    rehearsal = rehearse(sample, rates, residents, {"wave": "W2"})  # type: ignore[arg-type]
    rows = []
    for _ in range(3):
        true = np.array([mock.truth.headline_shares(rate.measure, "W2")[""] for rate in rates])
        lines = np.clip(true + rng.uniform(-0.05, 0.05, len(rates)), 0.01, 0.995)
        gates = gates_of(rates, {rate.name: float(line) for rate, line in zip(rates, lines, strict=True)})
        predicted = forecast(rehearsal.posteriors, rehearsal.population, OFFICIAL, gates, draws=4000)
        seen = rng.binomial(OFFICIAL.n_eff, true, (NOISE, len(rates))) / OFFICIAL.n_eff
        rows += list(zip(predicted.gate, (seen >= lines).mean(axis=0), strict=True))
        rows.append((predicted.everything, (seen >= lines).all(axis=1).mean()))
    return pd.DataFrame(rows, columns=["predicted", "passed"])


def coverage(rows: pd.DataFrame) -> str:
    inside = (rows["conf_low"] <= rows["true"]) & (rows["true"] <= rows["conf_high"])
    bias = float((rows["estimate"] - rows["true"]).mean())
    return f"{len(rows):,} | {inside.mean():.3f} | {100 * bias:+.2f}"


def simulate(seed: int) -> tuple[pd.DataFrame, ...]:
    """Return changes, channel effects, outreach plans and pass probabilities of one mock city."""
    mock = draw(MockSpec(seed=seed, districts=8, streets_per_district=3, online=False, faults=False, texts=False))
    heads = {rate.name: measure for measure in MEASURES if (rate := mock.questionnaire.headline(measure)) is not None}
    wanted = SampleOptions(rates=tuple(heads))
    sample = prepare(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, wanted)
    return (
        changes(mock, sample, heads),
        channels(mock),
        planned(mock),
        passing(mock, sample, np.random.default_rng(seed)),
    )


def report(cities: list[tuple[pd.DataFrame, ...]]) -> None:
    """Print the coverage of the intervals and the reliability table."""
    moved, effects, plans, passed = (pd.concat(parts) for parts in zip(*cities, strict=True))
    print(f"{len(cities)} mock cities, 8 districts, 24 streets, 1,728 interviews per wave, nominal level .95\n")
    print("| interval of | estimates | truth inside | mean error, points |\n|---|---|---|---|")
    print(f"| change of a district, planted | {coverage(moved[moved['planted']])} |")
    print(f"| change of a district, none planted | {coverage(moved[~moved['planted']])} |")
    print(f"| channel and awareness, standardised by age and education | {coverage(effects)} |")
    inside = (plans["conf_low"] <= plans["true"]) & (plans["true"] <= plans["conf_high"])
    shrunk, plain = (plans[name].sum() / plans["true"].sum() for name in ("estimate", "plain"))
    print(f"\n{len(plans)} outreach plans with an interval: true gain inside {inside.mean():.3f};")
    print(f"expected over true gain {shrunk:.2f}, from plain differences {plain:.2f}")
    bands = pd.cut(passed["predicted"], EDGES, include_lowest=True)
    print("\n| predicted chance to pass | forecasts | mean predicted | passed |\n|---|---|---|---|")
    for band, part in passed.groupby(bands, observed=True):
        edges = f"{max(band.left, 0.0):.1f} to {band.right:.1f}"
        print(f"| {edges} | {len(part):,} | {part['predicted'].mean():.3f} | {part['passed'].mean():.3f} |")


if __name__ == "__main__":
    report([simulate(seed) for seed in range(1, (int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS) + 1)])
