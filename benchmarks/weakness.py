"""Weak districts and streets on simulated surveys with a known truth: the tables of docs/weakness.md.

A district is truly weak when its true rate lies below the target. FDR = mean share of false calls among the districts
called, power = share of truly weak districts that are called. `--surveys N` (400 in the documents); `--only NAME`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from analysis.areas.further_interviews import further_interviews
from analysis.areas.models.beta_binomial import fit
from analysis.areas.ranking import rank
from analysis.areas.verdict import decide
from benchmarks.areas.continued import continued_table
from benchmarks.areas.differences import differences_table
from benchmarks.areas.exact_answers import exact_table
from benchmarks.areas.streets import coverage_table, error_table, street_seconds
from benchmarks.areas.verdict_rules import margin_table, rules_table

WIDE = (0.40, 0.60)  # spreads of districts and streets of the second grid, in logits


def speed() -> Iterator[str]:
    """Yield the CPU seconds of all verdicts from given rates, and of the street model."""
    rng = np.random.default_rng(1)
    yield "| work | CPU s |\n|---|---|"
    for areas, items, label in ((40, 4, "40 districts x 4 rates"), (400, 60, "400 streets x 60 items")):
        share, n = rng.beta(17, 3, (items, areas)), rng.uniform(20, 200, areas)
        start = time.process_time()
        for row in share:
            posterior = fit(row, n)
            decide(posterior.below(0.8), row, 0.8)
            posterior.interval()
            rank(row, n)
            further_interviews(posterior.beta, (row, n), np.full(areas, 1.5), np.full(areas, 0.8), 0.1)
        yield f"| verdicts, intervals, ranks, further interviews: {label} | {time.process_time() - start:.3f} |"
    yield street_seconds()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--surveys", type=int, default=100)
    tables: Mapping[str, Callable[[int], Iterator[str]]] = {
        "rules": rules_table,
        "exact": lambda surveys: exact_table(2 * surveys),
        "margin": margin_table,
        "continued": continued_table,
        "differences": lambda surveys: differences_table(max(surveys // 10, 1)),
        "coverage": lambda _: coverage_table(),
        "wide": lambda _: coverage_table(WIDE),
        "error": lambda _: error_table(),
        "speed": lambda _: speed(),
    }
    parser.add_argument("--only", choices=list(tables), action="append")
    asked = parser.parse_args()
    for name in asked.only or tables:
        start = time.process_time()
        print(f"### {name}\n")
        for line in tables[name](asked.surveys):
            print(line, flush=True)
        print(f"\n({time.process_time() - start:.0f} CPU s)\n", flush=True)


if __name__ == "__main__":
    main()
