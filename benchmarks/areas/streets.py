"""Streets by model: coverage over a grid of rates, answers, streets and design effects; error on mock cities."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from analysis.areas.models.nested_model import fit
from analysis.areas.street_sizes import street_sizes
from analysis.areas.streets import model_streets, places_of
from analysis.design.design import make_design
from analysis.design.labels import unique_names
from analysis.estimation.linear import means
from analysis.estimation.rates import rates
from analysis.estimation.sample import Sample, SampleOptions, prepare
from analysis.estimation.weighted_design import WeightedDesign
from analysis.weights.weights import base_weights
from benchmarks.areas.rivals import fay_herriot, samplics_area
from benchmarks.areas.surveys import cells_of
from benchmarks.areas.verdict_rules import SEED
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw

RATES = (0.5, 0.7, 0.85, 0.95, 0.98)
ANSWERS = ((2, 6), (2, 10), (3, 12), (10, 30))
STREETS = {20: 30, 60: 15, 400: 12}  # streets -> simulated cities
EFFECTS = {1: (0.0, 0.0), 2: (0.1, 0.43), 3: (0.1, 1.14)}  # design effect -> correlation, squared CV of the weights
SPREADS = (0.25, 0.35)  # of districts and of streets within them, in logits
POINT = 5  # answers of a sampling point


def coverage_table(spreads: tuple[float, float] = SPREADS) -> Iterator[str]:
    """Yield coverage by design effect and answers: mean and minimum over rates and numbers of streets."""
    found = [
        (*cell, _coverage(*cell, spreads, seed)) for seed, cell in enumerate(product(RATES, ANSWERS, STREETS, EFFECTS))
    ]
    table = pd.DataFrame(found, columns=["rate", "answers", "streets", "deff", "covered"])
    table[["silu", "rival"]] = table["covered"].tolist()
    yield "| answers of a street | " + " | ".join(f"deff {deff}" for deff in EFFECTS) + " | Fay-Herriot, deff 1 |"
    yield "|---" * (len(EFFECTS) + 2) + "|"
    for answers, rows in table.groupby("answers", sort=False):
        cells = [f"{one['silu'].mean():.3f} / {one['silu'].min():.3f}" for _, one in rows.groupby("deff")]
        rival = rows.loc[rows["deff"] == 1, "rival"]
        low, high = answers
        yield f"| {low} to {high} | " + " | ".join(cells) + f" | {rival.mean():.3f} / {rival.min():.3f} |"
    worst = table.loc[table["silu"].idxmin()]
    yield (
        f"\nAll {len(table)} cells: mean {table['silu'].mean():.3f}, minimum {table['silu'].min():.3f} "
        f"(rate {worst['rate']}, {worst['answers']} answers, {worst['streets']} streets, deff {worst['deff']}); "
        f"Fay-Herriot mean {table['rival'].mean():.3f}, minimum {table['rival'].min():.3f}."
    )


def _coverage(
    rate: float, answers: tuple[int, int], streets: int, deff: int, spreads: tuple[float, float], seed: int
) -> tuple[float, float]:
    """Return the share of true street rates inside the benchmarked 95 % interval, ours and Fay-Herriot."""
    rng = np.random.default_rng([SEED, 300, seed])
    covered = []
    for _ in range(STREETS[streets]):
        district = np.arange(streets) // 8
        level = spreads[0] * rng.standard_normal(district.max() + 1)[district]
        truth = expit(logit(rate) + level + spreads[1] * rng.standard_normal(streets))
        frame = _frame(truth, rng.integers(*answers, streets, endpoint=True), EFFECTS[deff], rng)
        cells = cells_of(frame, "street")
        table = rates(cells, item="y", by=["street"]).table.sort_values("street")
        share, n_eff = table["estimate"].to_numpy(), table["n_pooled"].to_numpy()
        whole = float(rates(cells, item="y").table["estimate"].iloc[0])
        residents = frame.groupby("street")["w"].sum().to_numpy()
        basis = WeightedDesign(cells, make_design(cells), base_weights(cells))
        size = (
            street_sizes(means(basis, ["y"], by=("street",)), basis, "y")
            .reindex(table["street"].astype(str))
            .to_numpy()
        )
        limits = fit(share, size, district).benchmarked(residents, whole).interval()
        covered.append(
            [((low <= truth) & (truth <= high)).mean() for low, high in (limits, fay_herriot(share, n_eff)[1:])]
        )
    ours, rival = np.mean(covered, axis=0)
    return float(ours), float(rival)


def _frame(truth: np.ndarray, n: np.ndarray, effect: tuple[float, float], rng: np.random.Generator) -> pd.DataFrame:
    """Draw answers of streets in sampling points of five, with correlation and weights."""
    correlation, squared_cv = effect
    street = np.repeat(np.arange(len(n)), n)
    inside = np.arange(len(street)) - np.repeat(np.cumsum(n) - n, n)
    psu = np.unique(street * 1000 + inside // POINT, return_inverse=True)[1]
    rate = truth[street[np.unique(psu, return_index=True)[1]]]
    if correlation:
        size = 1 / correlation - 1
        rate = rng.beta(rate * size, (1 - rate) * size)
    frame = pd.DataFrame({"street": street, "psu": psu, "stratum": 0})
    frame["y"] = (rng.random(len(psu)) < rate[psu]).astype(float)
    frame["w"] = rng.lognormal(0.0, np.sqrt(np.log1p(squared_cv)), len(psu))
    return frame


def error_table() -> Iterator[str]:
    """Yield errors and coverage on three mock cities of 8 districts x 5 streets, four headline rates each."""
    found: dict[str, list[tuple[float, float]]] = {}
    asked: list[int] = []
    for seed in (1, 2, 3):
        mock = draw(MockSpec(seed=seed, waves=2, online=False, faults=False, texts=False, responses=3400))
        heads = mock.questionnaire.headlines()
        options = SampleOptions(rates=tuple(rate.name for rate in heads))
        sample = prepare(mock.responses(), mock.questionnaire, mock.city.areas, mock.margins, options)
        for rate in heads:
            for name, (estimate, low, high), truth, n in _estimates(mock, sample, rate.name):
                covered = float(((low <= truth) & (truth <= high)).mean()) if low is not None else np.nan
                found.setdefault(name, []).append((float(((estimate - truth) ** 2).mean()), covered))
                asked += n.tolist()
    yield f"Answers of a street: {min(asked)} to {max(asked)}.\n"
    yield "| estimate of a street | RMSE, mean of 12 | RMSE, pooled | coverage |"
    yield "|---|---|---|---|"
    for name, rows in found.items():
        error, covered = np.array(rows).T
        single, pooled = 100 * np.sqrt(error).mean(), 100 * np.sqrt(error.mean())
        yield f"| {name} | {single:.2f} | {pooled:.2f} | {covered.mean():.3f} |"


def _estimates(mock: MockCity, sample: Sample, name: str) -> Iterator[tuple[str, tuple, np.ndarray, np.ndarray]]:
    """Yield every estimate of the streets in the second wave: name, (estimate, low, high), truth, answers."""
    rate, frame = mock.questionnaire.rate(name), unique_names(mock.city.areas)
    rows = mock.truth.rates.query("rate == @name and wave == 'W2' and level == 'street'").set_index("area")["share"]
    now, before = {"wave": "W2"}, {"wave": "W1"}
    models = {
        "silu": model_streets(sample, rate, frame, now),
        "silu, with the wave before": model_streets(sample, rate, frame, now, earlier=before),
    }
    street = models["silu"]["street"]
    truth = street.map(rows).to_numpy(float)
    table = sample.rates(item=name, by=("street",), where=now).table
    direct = table.set_index(table["street"].astype(str)).reindex(street)
    share, n = direct["estimate"].to_numpy(float), direct["n"].to_numpy(int)
    yield "direct", (share, direct["conf_low"].to_numpy(float), direct["conf_high"].to_numpy(float)), truth, n
    yield "Fay-Herriot", fay_herriot(share, direct["n_pooled"].to_numpy(float)), truth, n
    error, district = direct["std_error"].to_numpy(float), pd.get_dummies(models["silu"]["district"], dtype=float)
    for label, known in (
        ("shares of weak places and villages", places_of(frame)),
        ("districts", district.to_numpy()[:, 1:]),
    ):
        if (rival := samplics_area(share, error, known)) is not None:
            yield f"samplics, {label} as covariates", rival, truth, n
    for label, one in models.items():
        yield label, tuple(one[column].to_numpy(float) for column in ("estimate", "conf_low", "conf_high")), truth, n


def street_seconds() -> str:
    """Return the CPU seconds of 400 streets with three covariates, the best of five."""
    rng = np.random.default_rng(1)
    n = rng.integers(2, 30, 400).astype(float)
    share = rng.binomial(n.astype(int), rng.beta(17, 3, 400)) / n
    times = []
    for _ in range(5):
        start = time.process_time()
        fit(share, n, np.arange(400) // 10, covariates=rng.normal(size=(400, 3))).benchmarked(n, 0.85).interval()
        times.append(time.process_time() - start)
    return f"| street model, 400 streets in 40 districts, 3 covariates | {min(times):.3f} |"
