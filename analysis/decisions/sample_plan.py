"""Sample plan of the next survey: how many interviews, in which districts and communities, at what cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.decisions.sample_size import (
    allocate,
    design_effect,
    detectable_change,
    for_change,
    for_interval,
    to_contact,
)
from analysis.estimation.intervals import half_width
from analysis.estimation.linear import means
from analysis.estimation.sample import Sample
from survey.errors import DesignError
from survey.study.plans.sampling import inclusion, systematic

MODE_COSTS: Mapping[str, tuple[float, float]] = {
    "household": (600.0, 45.0),
    "street": (300.0, 25.0),
    "phone": (0.0, 18.0),
}
"""Mode -> yuan per visit to a community, yuan per interview; replace them with local prices."""
DEFAULT_ICC, UNKNOWN = 0.05, 0.8
"""Correlation and rate assumed while there are no answers."""
RESERVES = 1  # spare communities for each stratum of a district


@dataclass(frozen=True, slots=True)
class SampleGoal:
    """The precision and costs that the next survey must meet.

    Attributes:
        rate: expected rate, a share.
        half_width: required half-width of the city's interval, a share; or
        change: smallest change to detect with a power of 80 %, a share.
        minimum: smallest number of interviews in a district.
        take: interviews per community.
        icc: intra-cluster correlation.
        rule: a name of `analysis.decisions.sample_size.RULES`.
        response: expected response rate, a share.
        community_cost: yuan per visit to a community.
        interview_cost: yuan per interview.
        total: total interviews where fixed; None to compute them.
    """

    rate: float
    half_width: float | None = 0.03
    change: float | None = None
    minimum: int = 0
    take: int = 18
    icc: float = DEFAULT_ICC
    rule: str = "compromise"
    response: float = 0.6
    community_cost: float = 600.0
    interview_cost: float = 45.0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """A sample plan.

    Attributes:
        goal: the requirements.
        deff: expected design effect.
        districts: district, population, interviews, communities, contacts, half_width, detectable, cost.
        further: whether the interviews are added to those of some districts, so that they say nothing about the city.
    """

    goal: SampleGoal
    deff: float
    districts: pd.DataFrame
    further: bool = False

    @property
    def interviews(self) -> int:
        """Total interviews."""
        return int(self.districts["interviews"].sum())

    @property
    def communities(self) -> int:
        """Total communities."""
        return int(self.districts["communities"].sum())

    @property
    def cost(self) -> float:
        """Total cost in yuan."""
        return float(self.districts["cost"].sum())

    @property
    def half_width(self) -> float:
        """Half-width of the city's 95 % interval under this allocation, a share."""
        spread = self.goal.rate * (1 - self.goal.rate) * self.deff
        return float(half_width(np.sqrt(spread * self._thinness), np.inf))

    @property
    def detectable(self) -> float:
        """Smallest change of the city between two such samples that is detected with a power of 80 %, a share."""
        return detectable_change(self.goal.rate, 1 / self._thinness, deff=self.deff)

    @property
    def _thinness(self) -> float:
        """One over the interviews of a proportional sample that is as precise for the city as this allocation."""
        share = self.districts["population"] / self.districts["population"].sum()
        return float((share**2 / self.districts["interviews"].clip(lower=1)).sum())


def intra_cluster(sample: Sample, item: str) -> tuple[float, float]:
    """Estimate the intra-cluster correlation of an earlier survey and its answers per community.

    From the design effect over districts: icc = (deff - 1) / (m - 1), m = sum n² / sum n (Kish 1965, 5.4),
    including the effect of the weights. At least 0; `DEFAULT_ICC` where communities hold one answer each.
    """
    found = means(sample.basis, [item], by=("wave", "district"))
    simple = found.simple_variance("plain")
    usable = (found.df > 0) & (simple > 0)
    clusters = (
        pd.Series(sample.cells.n).groupby([sample.cells.keys["wave"].astype(str), sample.cells.keys["psu"]]).sum()
    )
    take = float((clusters**2).sum() / clusters.sum())
    if not usable.any() or take <= 1.5:
        return DEFAULT_ICC, take
    deff = float(found.variance[usable].sum() / simple[usable].sum())
    return float(np.clip((deff - 1) / (take - 1), 0.0, 0.5)), take


def plan_sample(frame: pd.DataFrame, goal: SampleGoal) -> SamplePlan:
    """Compute a sample plan.

    Args:
        frame: `Areas.frame`: district, population, one row per community.
        goal: the requirements.

    Raises:
        DesignError: impossible numbers, or more communities than a district has.
    """
    if goal.take < 1:
        raise DesignError("每个社区至少访问一人", got=str(goal.take))
    deff = design_effect(goal.take, goal.icc)
    table = frame.groupby("district", sort=False).agg(population=("population", "sum"), points=("psu", "size"))
    counts = allocate(
        max(_total(goal, deff), goal.minimum * len(table)),
        table["population"].to_numpy(float), rule=goal.rule, rate=goal.rate, minimum=goal.minimum,
    )  # fmt: skip
    communities = np.maximum(1, np.ceil(counts / goal.take).astype(int))
    if (communities > table["points"]).any():
        name = table.index[communities > table["points"]][0]
        raise DesignError(
            "抽样框里的社区不够",
            where=str(name),
            got=f"需要 {communities[table.index == name][0]} 个社区，只有 {table.loc[name, 'points']} 个",
            cure="增加每个社区的访问人数，或降低精度要求",
        )
    spread = goal.rate * (1 - goal.rate) * deff / np.maximum(counts, 1)
    districts = pd.DataFrame(
        {
            "district": table.index.astype(str),
            "population": table["population"].to_numpy(),
            "interviews": counts,
            "communities": communities,
            "contacts": [to_contact(int(one), goal.response) for one in counts],
            "half_width": half_width(np.sqrt(spread), np.inf),
            "detectable": [detectable_change(goal.rate, max(int(one), 1), deff=deff) for one in counts],
            "cost": communities * goal.community_cost + counts * goal.interview_cost,
        }
    )
    return SamplePlan(goal, deff, districts)


def _total(goal: SampleGoal, deff: float) -> int:
    if goal.total is not None:
        return goal.total
    if goal.change is not None:
        down = goal.rate + abs(goal.change) >= 1
        return for_change(goal.rate, -abs(goal.change) if down else abs(goal.change), deff=deff)
    if goal.half_width is None:
        raise DesignError("请给出想要的误差、想看出的变化或总份数", cure="填写其中一项")
    return for_interval(goal.rate, goal.half_width, deff=deff)


def top_up(plan: Sequence[tuple[str, int]], goal: SampleGoal, frame: pd.DataFrame) -> SamplePlan:
    """Plan further interviews in some districts alone.

    Args:
        plan: (district, further interviews), from the column `more` of the verdicts.
        goal: gives take, costs, response rate.
        frame: `Areas.frame`.

    Raises:
        DesignError: no further interviews.
    """
    wanted = {name: number for name, number in plan if number > 0}
    if not wanted:
        raise DesignError("没有需要补充样本的区县", cure="已能下结论，或离线太近、补样本也分不清")
    residents = frame.groupby("district", sort=False)["population"].sum()
    counts = np.array(list(wanted.values()))
    deff = design_effect(goal.take, goal.icc)
    spread = np.sqrt(goal.rate * (1 - goal.rate) * deff / counts)
    communities = np.maximum(1, np.ceil(counts / goal.take).astype(int))
    districts = pd.DataFrame(
        {
            "district": list(wanted),
            "population": [int(residents[name]) for name in wanted],
            "interviews": counts,
            "communities": communities,
            "contacts": [to_contact(int(one), goal.response) for one in counts],
            "half_width": half_width(spread, np.inf),
            "detectable": [detectable_change(goal.rate, int(one), deff=deff) for one in counts],
            "cost": communities * goal.community_cost + counts * goal.interview_cost,
        }
    )
    return SamplePlan(goal, deff, districts, further=True)


def select(frame: pd.DataFrame, plan: SamplePlan, seed: int) -> pd.DataFrame:
    """Draw the communities: systematic PPS within each district, strata in order, with spares.

    The frame is sorted by stratum, street and code, so that the sample spreads over them in proportion.

    Args:
        frame: `Areas.frame`.
        plan: communities and interviews of each district.
        seed: the same seed draws the same sample.

    Returns:
        One row per community: order, role ("正选" or "备用"), district, street, community, psu, place, stratum,
        population, probability, interviews, weight (residents per interview, NaN for spares).
    """
    parts: list[pd.DataFrame] = []
    for at, row in enumerate(plan.districts.to_dict("records")):
        rng = np.random.default_rng([seed, at])
        own = frame[frame["district"] == row["district"]].sort_values(["stratum", "street", "psu"], kind="stable")
        probability = inclusion(own["population"].to_numpy(), int(row["communities"]))
        picked = systematic(rng, probability)
        rest = np.setdiff1d(np.arange(len(own)), picked)
        spare = _spares(rng, own, rest, picked)
        share = _split(int(row["interviews"]), len(picked))
        chosen = own.iloc[picked].assign(role="正选", probability=probability[picked], interviews=share)
        chosen["weight"] = chosen["population"] / (chosen["probability"] * chosen["interviews"].clip(lower=1))
        spares = own.iloc[spare].assign(role="备用", probability=np.nan, interviews=0, weight=np.nan)
        parts += [chosen, spares]
    table = pd.concat(parts, ignore_index=True)
    table["order"] = np.arange(1, len(table) + 1)
    return table


def _spares(rng: np.random.Generator, own: pd.DataFrame, rest: np.ndarray, picked: np.ndarray) -> np.ndarray:
    """Draw spare communities by PPS from those not drawn, in strata that were drawn from."""
    strata = own["stratum"].to_numpy()
    spare: list[int] = []
    for name in dict.fromkeys(strata[picked]):
        left = rest[strata[rest] == name]
        if len(left):
            size = min(RESERVES, len(left))
            spare += left[systematic(rng, inclusion(own["population"].to_numpy()[left], size))].tolist()
    return np.array(spare, dtype=np.int64)


def _split(total: int, parts: int) -> list[int]:
    return [total // parts + (at < total % parts) for at in range(parts)]


def quotas(margins: pd.DataFrame, plan: SamplePlan) -> pd.DataFrame:
    """Divide each district's interviews by age and sex in proportion to residents, adding up exactly.

    Args:
        margins: a margin table with district, age and sex labelled, and population; other margins give no quotas.
        plan: interviews of each district.

    Returns:
        district, age, sex, interviews; empty where the margins do not hold all three.
    """
    if not {"district", "age", "sex", "population"} <= set(margins.columns):
        return pd.DataFrame(columns=["district", "age", "sex", "interviews"])
    parts = []
    for row in plan.districts.to_dict("records"):
        own = margins[margins["district"] == row["district"]].copy()
        if own["population"].sum() > 0:
            exact = own["population"] / own["population"].sum() * int(row["interviews"])
            counts = np.floor(exact).astype(int)
            extra = (counts - exact).sort_values(kind="stable").index[: int(row["interviews"]) - int(counts.sum())]
            counts.loc[extra] += 1
            parts.append(own[["district", "age", "sex"]].assign(interviews=counts))
    return (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["district", "age", "sex", "interviews"])
    )
