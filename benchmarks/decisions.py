"""CPU seconds of the decisions: verdicts, streets by model, pass simulator, sample selection, outreach plan.

Rivals in the same run: the same verdicts one district at a time, and the same selection unit by unit in plain Python.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.areas.models.beta_binomial import fit
from analysis.areas.models.nested_model import fit as fit_nested
from analysis.areas.verdicts import area_verdicts
from analysis.decisions.budget import Campaign, plan
from analysis.decisions.passing.official_survey import Gate, OfficialSample
from analysis.decisions.passing.pass_forecast import forecast
from analysis.decisions.sample_plan import SampleGoal, plan_sample, select
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.instrument.rate import Rate
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw

REPEATS = 5
WAVE = {"wave": "W1"}


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def city() -> tuple[MockCity, Sample, tuple[Rate, ...]]:
    mock = draw(MockSpec(districts=40, waves=1, online=False, texts=False, communities_per_street=2))
    asked = mock.questionnaire
    heads = asked.headlines()
    sample = prepare(
        mock.responses(), asked, mock.city.areas, mock.margins, SampleOptions(rates=tuple(r.name for r in heads))
    )
    return mock, sample, heads


def streets() -> None:
    rng = np.random.default_rng(1)
    truth = rng.beta(40, 8, (60, 400))
    n = rng.integers(10, 60, (60, 400)).astype(float)
    share = rng.binomial(n.astype(int), truth) / n
    population, covariates = rng.uniform(2e4, 8e4, 400), rng.normal(size=(400, 2))
    district = np.arange(400) // 10
    for item in range(60):
        fit_nested(share[item], n[item], district, covariates=covariates).benchmarked(population, 0.83).interval()


def passing() -> None:
    rng = np.random.default_rng(1)
    posteriors = [fit(rng.beta(40, 8, 40), np.full(40, 80.0)) for _ in range(4)]
    gates = [Gate(str(at), (at,), 0.8) for at in range(4)]
    forecast(posteriors, np.full(40, 1e5), OfficialSample(1000), gates, draws=10_000)


def frame() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    at = np.arange(10_000)
    return pd.DataFrame(
        {
            "psu": 990_100_000_000 + at,
            "district": [f"区{number}" for number in at // 250],
            "street": [f"街{number}" for number in at // 25],
            "community": [f"社区{number}" for number in at],
            "place": "其他",
            "stratum": [f"层{number}" for number in at // 125],
            "population": rng.integers(1500, 9000, len(at)),
        }
    )


def plain_selection(population: list[int]) -> list[int]:
    """Select communities one at a time by the cumulated residents (the rival)."""
    step, drawn = sum(population) / 160, []
    edge, total = random.random() * step, 0
    for at, residents in enumerate(population):
        total += residents
        while total > edge:
            drawn.append(at)
            edge += step
    return drawn


def outreach() -> None:
    rng = np.random.default_rng(1)
    unaware = rng.uniform(2000, 12_000, 40)
    contact = unaware[:, None] * rng.uniform(0.02, 0.2, (40, 15))
    campaign = Campaign(unaware, contact, rng.uniform(0, 0.1, 15), rng.uniform(500, 8000, 15))
    plan(campaign, budget=300_000, activities=200)


def main() -> None:
    mock, sample, heads = city()
    targets, big = mock.targets, frame()
    goal = SampleGoal(rate=0.8, total=160 * 18, take=18)
    design = plan_sample(big, goal)
    area_verdicts(sample, heads, targets, WAVE)

    def one_by_one() -> None:
        for name in mock.city.districts:
            area_verdicts(sample, heads, targets, {**WAVE, "district": name})

    rows = [
        (
            "verdicts, 40 districts x 4 rates, from cells",
            best(lambda: area_verdicts(sample, heads, targets, WAVE)),
            0.05,
        ),
        ("rival: the same, one district at a time", best(one_by_one), None),
        ("model estimates, 400 streets x 60 items", best(streets), 2.0),
        ("pass simulator, 10,000 draws, 40 districts x 4 rates, all what-ifs", best(passing), 2.0),
        (
            f"sample of {design.communities} from 10,000 communities, with spares",
            best(lambda: select(big, design, 1)),
            1.0,
        ),
        (
            "rival: plain Python, one stratum, no spares",
            best(lambda: plain_selection(big["population"].tolist())),
            None,
        ),
        ("outreach plan, 40 streets x 15 channels", best(outreach), 5.0),
    ]
    print("| work | CPU s | budget |")
    print("|---|---|---|")
    for name, seconds, budget in rows:
        print(f"| {name} | {seconds:.3f} | {'' if budget is None else budget} |")


if __name__ == "__main__":
    main()
