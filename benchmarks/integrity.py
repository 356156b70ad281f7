"""Integrity signals on mock cities with a known truth: power, false alarms and cost.

Each city is drawn twice from one seed, with and without planted faults, so that a fault can also be diluted: of the
interviews of the fabricator (or of the coached community) only a part is taken from the faulty city. `--cities N`
(20 in the documents). The rival of the speed table is percentmatch with its fixed 85 % rule, the plain way in numpy.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.matching import Bytes, Ints, likeness_of_more, padded
from analysis.integrity.report import Integrity, IntegrityInput, inspect
from analysis.integrity.shuffling import MATCH, Block, Pairs, Statistics, shuffle
from analysis.integrity.signals import SIGNALS
from benchmarks.careless import FIRST_SEED, print_careless, print_fabricators
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.quality.check import Context
from survey.quality.registry import CHECKS, flag_responses
from survey.quality.sheet import open_sheet
from survey.study.lexicon import official_phrases

LEVELS = ("interviewer", "area")
DILUTIONS = (1.0, 0.5, 0.25)
SPEAKS = 0.05
BUDGETS = {"report": 20.0, "null": 10.0}


def part(rows: pa.Table, wave: str, mode: str) -> pa.Table:
    return rows.filter(pc.and_(pc.equal(rows["wave"], wave), pc.equal(rows["mode"], mode)))


def report(city: MockCity, rows: pa.Table, texts: pa.Table) -> Integrity:
    return inspect(IntegrityInput(open_sheet(rows, city.questionnaire), city.city.areas, texts, official_phrases()))


def diluted(
    honest: pa.Table, faulty: pa.Table, labels: pd.DataFrame, share: float, rng: np.random.Generator
) -> pa.Table:
    """Return the honest rows with a share of the planted rows of the faulty city."""
    ids = labels["response_id"].to_numpy()
    taken = pa.array(rng.choice(ids, round(share * len(ids)), replace=False) if len(ids) else [], pa.string())
    kept = honest.filter(pc.invert(pc.is_in(honest["response_id"], taken)))
    return pa.concat_tables([kept, faulty.filter(pc.is_in(faulty["response_id"], taken))])


def places_of(rows: pa.Table, interviewer: str) -> set[str]:
    """Return the sampling points in which somebody worked."""
    return {str(code) for code in rows.filter(pc.equal(rows["interviewer"], interviewer))["psu"].unique().to_pylist()}


class Tally:
    """Counts of hits and units by key."""

    def __init__(self) -> None:
        """Start with no counts."""
        self.hits: dict[tuple[object, ...], int] = defaultdict(int)
        self.base: dict[tuple[object, ...], int] = defaultdict(int)

    def add(self, key: tuple[object, ...], flags: pd.Series) -> None:
        """Count flags under a key."""
        self.hits[key] += int(flags.sum())
        self.base[key] += len(flags)

    def share(self, *key: object) -> str:
        """Return the percentage of the units."""
        base = self.base[key]
        return f"{self.hits[key] / base:.1%}" if base else "—"

    def count(self, *key: object) -> str:
        """Return hits out of units."""
        return f"{self.hits[key]}/{self.base[key]}"


def collect(tally: Tally, found: Integrity, guilty: dict[str, set[str]], touched: set[str], case: object) -> None:
    """Count the flags of a report on the guilty and on the others."""
    for level, units in (("interviewer", found.interviewers), ("area", found.areas)):
        bad = units["unit"].isin(guilty[level])
        clean = ~bad & ~(units["unit"].isin(touched) if level == "area" else False)
        judged = units["light"] != "grey"
        for who, chosen in (("bad", bad & judged), ("clean", clean & judged)):
            for light in ("red", "amber"):
                tally.add((case, level, who, light), units.loc[chosen, "light"] == light)
        evidence = found.evidence[(found.evidence["level"] == level) & found.evidence["p"].notna()]
        for signal, rows in evidence.groupby("signal"):
            mine = rows["unit"].isin(guilty[level])
            tally.add((case, level, "bad", signal), rows.loc[mine, "p"] <= SPEAKS)
            fine = ~mine & ~(rows["unit"].isin(touched) if level == "area" else False)
            tally.add((case, level, "clean", signal), rows.loc[fine, "p"] <= SPEAKS)


def one_city(seed: int, tally: Tally) -> float:
    """Run all cases of one seed; return the CPU seconds of the whole report on the faulty city."""
    faulty, honest = draw(MockSpec(seed=seed)), draw(MockSpec(seed=seed, faults=False))
    labels = faulty.truth.faults
    texts, answers, plain = faulty.texts(), faulty.responses(), honest.responses()
    codes = {point.community: str(point.code) for point in faulty.city.areas.points}
    spent = 0.0
    rng = np.random.default_rng(seed)
    for wave, mode in (("W1", "household"), ("W2", "household"), ("W2", "online")):
        here = labels[(labels["wave"] == wave) & (labels["mode"] == mode)]
        planted = here[here["fault"].isin(["fabricated", "coached"])]
        makers = set(planted.loc[planted["fault"] == "fabricated", "detail"])
        coached = {codes[name] for name in planted.loc[planted["fault"] == "coached", "detail"]}
        good, bad = part(plain, wave, mode), part(answers, wave, mode)
        touched = set().union(*(places_of(bad, name) for name in makers))
        start = time.process_time()
        found = report(faulty, bad, texts)
        spent += time.process_time() - start
        if mode == "online":
            collect(tally, report(honest, good, honest.texts()), {level: set() for level in LEVELS}, set(), "online")
            continue
        guilty = {"interviewer": makers, "area": coached}
        collect(tally, found, guilty, touched, "planted")
        for share in DILUTIONS:
            mixed = diluted(good, bad, planted, share, rng)
            collect(tally, report(faulty, mixed, texts), guilty, touched, share)
        collect(tally, report(honest, good, honest.texts()), {level: set() for level in LEVELS}, set(), "honest")
    return spent


def single_responses(cities: int) -> pd.DataFrame:
    """Count the planted faults that each single-response check flags, and clean responses it flags."""
    parts = []
    for seed in range(1, cities + 1):
        city = draw(MockSpec(seed=seed, texts=False))
        rows = city.responses()
        fault = rows.select(["response_id"]).to_pandas()["response_id"]
        fault = fault.map(city.truth.faults.set_index("response_id")["fault"]).fillna("none")
        flags = flag_responses(Context(open_sheet(rows, city.questionnaire), city.city.areas))
        ids = rows["response_id"].to_pandas()
        parts.append(
            pd.DataFrame({name: ids.isin(flags.loc[flags["check"] == name, "response_id"]) for name in CHECKS}).assign(
                fault=fault
            )
        )
    return pd.concat(parts).groupby("fault").mean()


def null_speed() -> tuple[float, float]:
    """Return CPU seconds of the near-duplicate null of 10,000 responses x 30 items, and of the rival's maximum."""
    rng = np.random.default_rng(1)
    codes = (1 + (rng.random((10_000, 30)) > 0.6) + (rng.random((10_000, 30)) > 0.8)).astype(np.uint8)
    cluster = np.repeat(np.arange(1_000), 10)
    start = time.process_time()
    blocks = []
    for number in range(10):  # ten districts of twenty interviewers with five clusters each
        rows = slice(number * 1_000, (number + 1) * 1_000)
        pairs = _pairs(codes[rows], cluster[rows] - number * 100)
        places = {number * 20 + one: np.arange(one, 100, 20) for one in range(20)}
        blocks.append(Block(np.arange(number * 100, (number + 1) * 100), places, str(number), (MATCH,), pairs))
    size = np.full(1_000, 10.0)
    shuffle(tuple(blocks), Statistics({"pace": size * 0}, {"pace": size}, size), 200)
    mine = time.process_time() - start
    start = time.process_time()
    for row in range(500):
        alike = (codes == codes[row]).mean(axis=1)
        alike[row] = 0
        alike.max()
    return mine, (time.process_time() - start) * 20


def _pairs(codes: Bytes, cluster: Ints) -> Callable[[], Pairs]:
    """Return how the likeness of a district of 100 clusters is made."""

    def made() -> Pairs:
        nearest = likeness_of_more(codes, cluster, np.zeros((0, 100), dtype=np.uint8))
        return Pairs({}, padded(nearest, cluster), np.full(100, 10.0))

    return made


def print_lights(tally: Tally) -> None:
    """Print power and false alarms of the lights."""
    heads = " | ".join(f"faults at {share:.0%}" for share in DILUTIONS)
    print(f"| light | {heads} | others, same cities | honest cities |\n" + "|---" * (len(DILUTIONS) + 3) + "|")
    for level, name in zip(LEVELS, ("fabricating interviewer", "coached community"), strict=True):
        for light in ("red", "amber"):
            found = " | ".join(tally.count(share, level, "bad", light) for share in DILUTIONS)
            others, honest = tally.share("planted", level, "clean", light), tally.share("honest", level, "clean", light)
            base = tally.base["honest", level, "clean", light]
            print(f"| {name}: {light} | {found} | {others} | {honest} of {base:,} |")
    online, base = tally.share("online", "area", "clean", "red"), tally.base["online", "area", "clean", "red"]
    print(f"\nOnline form, honest: {online} of {base} communities with enough answers red\n")


def print_signals(tally: Tally) -> None:
    """Print how often each signal is significant."""
    heads = "fabricator | at 25 % | honest interviewers | coached community | at 25 % | honest communities"
    print(f"| signal at p <= {SPEAKS} | {heads} |\n" + "|---" * 7 + "|")
    cases = ((1.0, "bad"), (0.25, "bad"), ("honest", "clean"))
    for name, signal in SIGNALS.items():
        cells = [tally.share(case, level, kind, name) for level in LEVELS for case, kind in cases]
        print(f"| {name} {signal.label} | " + " | ".join(cells) + " |")


def print_checks(cities: int) -> None:
    """Print what the single-response checks flag."""
    table = single_responses(cities)
    print("\n| check of single responses | " + " | ".join(table.index) + " |\n|---" + "|---" * len(table) + "|")
    for name in CHECKS:
        print(f"| {name} | " + " | ".join(f"{value:.1%}" for value in table[name]) + " |")


def print_speed(spent: list[float]) -> None:
    """Print CPU seconds beside the budgets."""
    mine, rival = null_speed()
    print("\n| speed | CPU s | budget |\n|---|---|---|")
    print(f"| report of a mock city, 7,200 responses, 19,999 draws | {np.mean(spent):.1f} | {BUDGETS['report']:.0f} |")
    print(f"| near-duplicate null, 10,000 x 30, 199 to 19,999 draws | {mine:.1f} | {BUDGETS['null']:.0f} |")
    print(f"| rival: largest match of every response, no null at all, row by row in numpy | {rival:.1f} | |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cities", type=int, default=4)
    parser.add_argument("--checks", action="store_true", help="only the table of the checks of single responses")
    parser.add_argument(
        "--careless", action="store_true", help="only the tables of careless and carefully invented forms"
    )
    parser.add_argument("--fabricators", action="store_true", help="only the table of carefully invented forms")
    parser.add_argument("--first", type=int, default=FIRST_SEED, help="first seed of these tables")
    asked = parser.parse_args()
    seeds = range(asked.first, asked.first + asked.cities)
    if asked.careless or asked.fabricators:
        (print_careless if asked.careless else print_fabricators)(seeds)
        return
    if asked.checks:
        print_checks(asked.cities)
        return
    tally = Tally()
    spent = [one_city(seed, tally) for seed in range(1, asked.cities + 1)]
    print(f"{asked.cities} cities with planted faults and their honest twins; household interviews of two waves\n")
    print_lights(tally)
    print_signals(tally)
    print_checks(asked.cities)
    print_speed(spent)
    print_careless(seeds)


if __name__ == "__main__":
    main()
