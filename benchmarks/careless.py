"""Careless answers and careful fabricators on mock cities: what is found, who is flagged wrongly, what it costs.

The cuts were set on seeds 1 to 9 and looked at again on 101 to 116; these tables use seeds from 201. The Python package
insufficient-effort stands beside the checks: each of its indices is cut where it flags the same share of the honest
responses of the same city, which it could not know in a real survey.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.integrity.report import IntegrityInput, inspect
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import MockCity, draw
from survey.quality.check import Context
from survey.quality.effort.ordered import ABSENT, ordered
from survey.quality.effort_checks import CHECKS
from survey.quality.flag_groups import by_group
from survey.quality.sheet import ResponseSheet, open_sheet

FIRST_SEED = 201
KINDS = ("random", "random-grid", "zigzag", "late-line")
NOT_LATE = tuple(name for name in CHECKS if name != "lateline")
ALLOWED = 0.007
LARGE, BUDGET = 1_000_000, 15.0
Floats = npt.NDArray[np.float64]


def sheets(city: MockCity) -> Iterator[ResponseSheet]:
    """Yield the responses of each wave and mode, as pages and commands check them."""
    rows = city.responses()
    for draft in city.drafts:
        mine = pc.and_(pc.equal(rows["wave"], draft.people.wave), pc.equal(rows["mode"], draft.people.mode))
        yield open_sheet(rows.filter(mine), city.questionnaire)


def kinds_of(city: MockCity, sheet: ResponseSheet) -> pd.Series:
    """Return the planted kind of each response, "none" for honest ones."""
    labels = city.truth.faults.set_index("response_id")["fault"]
    return sheet.rows["response_id"].to_pandas().map(labels).fillna("none")


def flagged(seeds: Sequence[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the flags of all responses with their kinds, and those of the honest ones by group."""
    found, groups = [], []
    for seed in seeds:
        city = draw(MockSpec(seed=seed, texts=False, faults=KINDS))
        for sheet in sheets(city):
            context = Context(sheet)
            flags = pd.DataFrame({name: check.run(context).flag for name, check in CHECKS.items()})
            kind = kinds_of(city, sheet)
            found.append(flags.assign(kind=kind))
            honest = (kind == "none").to_numpy()
            for what, group, inside in by_group(sheet):
                groups.append(flags[honest & inside].assign(what=what, group=group))
    return pd.concat(found, ignore_index=True), pd.concat(groups, ignore_index=True)


def print_checks(found: pd.DataFrame) -> None:
    """Print the share of each kind that is flagged."""
    count = found["kind"].value_counts()
    names = ["none", *KINDS]
    print("| check | " + " | ".join(f"{name} (n={count[name]:,})" for name in names) + " |\n" + "|---" * 6 + "|")
    rows = {name: found[name] for name in CHECKS}
    rows["any but lateline"], rows["any"] = found[list(NOT_LATE)].any(axis=1), found[list(CHECKS)].any(axis=1)
    for name, flags in rows.items():
        print(f"| {name} | " + " | ".join(f"{flags[found['kind'] == kind].mean():.2%}" for kind in names) + " |")


def print_groups(groups: pd.DataFrame) -> None:
    """Print the false rates by group, and the largest ratio of two groups."""
    print("\n| honest responses | n | any but lateline | lateline |\n|---|---|---|---|")
    table = groups.assign(false=groups[list(NOT_LATE)].any(axis=1)).groupby(["what", "group"], sort=False)
    rates = table.agg(n=("false", "size"), false=("false", "mean"), late=("lateline", "mean"))
    for (what, group), row in rates.iterrows():
        print(f"| {what} {group} | {row['n']:,.0f} | {row['false']:.2%} | {row['late']:.2%} |")
    for what, rows in rates[rates["n"] >= 500].groupby("what", sort=False):
        ratios = [f"{rows[name].max() / rows[name].min():.2f}" for name in ("false", "late")]
        print(f"\n{what}: highest over lowest {ratios[0]} (any but lateline), {ratios[1]} (lateline)")


def rivals(sheet: ResponseSheet) -> Mapping[str, Callable[[], Floats]]:
    """Return the indices of insufficient-effort on the longest grid; high is careless.

    Three of them judge only complete rows, and random answers hardly ever are: their gaps are filled with the median.
    """
    import ier

    answers = ordered(sheet)
    place = answers.place[:, max(answers.scales, key=len)].astype(float)
    place[place == ABSENT] = np.nan
    filled = np.where(np.isnan(place), np.nanmedian(place, axis=0), place)
    return {
        "irv": lambda: ier.irv(place),
        "lz": lambda: -ier.lz(place),
        "gpoly, gaps filled": lambda: ier.gpoly(filled, scale_min=0, scale_max=4),
        "u3poly, gaps filled": lambda: ier.u3poly(filled, scale_min=0, scale_max=4),
        "mahad, gaps filled": lambda: ier.mahad(filled),
        "person_total": lambda: -ier.person_total(place),
        "longstring_pattern": lambda: ier.longstring_pattern(place, max_pattern_length=5),
        "autocorrelation": lambda: ier.autocorrelation(place),
        "markov (low entropy)": lambda: -ier.markov(place),
        "onset (late)": lambda: ier.onset(place),
    }


def print_rivals(seeds: Sequence[int]) -> None:
    """Print what each index of the package finds at the same share of false flags."""
    try:
        import ier
    except ImportError:
        print("\ninsufficient-effort is not installed: pip install -r requirements/bench.txt")
        return
    shares: dict[str, list[list[float]]] = {}
    for seed in seeds:
        city = draw(MockSpec(seed=seed, texts=False, online=False, waves=1, faults=KINDS))
        sheet = next(sheets(city))
        kind = kinds_of(city, sheet).to_numpy()
        for name, index in rivals(sheet).items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                value = np.nan_to_num(np.asarray(index(), dtype=float), nan=-np.inf)
            cut = np.quantile(value[kind == "none"], 1 - ALLOWED)
            shares.setdefault(name, []).append([float(np.mean(value[kind == one] > cut)) for one in KINDS])
    print(f"\n| insufficient-effort {ier.__version__} at {ALLOWED:.1%} false | " + " | ".join(KINDS) + " |")
    print("|---" * 5 + "|")
    for name, rows in shares.items():
        print(f"| {name} | " + " | ".join(f"{value:.0%}" for value in np.mean(rows, axis=0)) + " |")


def print_fabricators(seeds: Sequence[int]) -> None:
    """Print the lights of interviewers who copy real answers item by item, and of honest ones."""
    lights: dict[str, list[str]] = {"careful": [], "careful-half": [], "the others of these cities": []}
    for seed in seeds:
        for kind in ("careful", "careful-half"):
            city = draw(MockSpec(seed=seed, texts=False, online=False, faults=(kind,)))
            maker = set(city.truth.faults["detail"])
            for sheet in sheets(city):
                people = inspect(IntegrityInput(sheet, city.city.areas)).interviewers
                bad = people["unit"].isin(maker)
                lights[kind] += list(people.loc[bad, "light"])
                lights["the others of these cities"] += list(people.loc[~bad, "light"])
    print("\n| interviewer, wave | red | amber | of |\n|---|---|---|---|")
    for name, found in lights.items():
        print(f"| {name} | {found.count('red')} | {found.count('amber')} | {len(found):,} |")


def print_speed() -> None:
    """Print the CPU seconds of the checks of a million responses."""
    city = draw(MockSpec(seed=FIRST_SEED, texts=False, online=False, waves=1, faults=KINDS))
    small = next(sheets(city))
    chosen = np.random.default_rng(1).integers(0, len(small), LARGE)
    rows = small.rows.select(["wave", "mode", "seconds"]).take(pa.array(chosen))
    large = type(small)(rows, small.questionnaire, small.items, np.asfortranarray(small.codes[chosen]))
    total, context = 0.0, Context(large)
    print(f"\n| {LARGE:,} responses | CPU s |\n|---|---|")
    for name, check in CHECKS.items():
        start = time.process_time()
        check.run(context)
        total += time.process_time() - start
        print(f"| {name} | {time.process_time() - start:.1f} |")
    print(f"| all (budget {BUDGET:.0f}) | {total:.1f} |")


def print_careless(seeds: Sequence[int]) -> None:
    """Print all tables."""
    print(f"\n{len(seeds)} cities, seeds from {seeds[0]}, 2 % of each kind\n")
    found, groups = flagged(seeds)
    print_checks(found)
    print_groups(groups)
    print_rivals(seeds[:4])
    print_fabricators(seeds)
    print_speed()
