"""The next sample: parameters from earlier answers, sample size by area, and undecided districts."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.decisions.sample_plan import (
    DEFAULT_ICC,
    MODE_COSTS,
    UNKNOWN,
    SampleGoal,
    SamplePlan,
    intra_cluster,
    plan_sample,
    top_up,
)
from analysis.decisions.sample_size import LABELS
from reports.definitions import headlines
from reports.provenance import Provenance, origin, provenance
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import sampling as words
from reports.sentences.sentence import Sentence, say
from reports.sentences.weak import LIMIT
from reports.verdicts import judged
from reports.weak_areas import undecided
from survey.study.study import Study

__all__ = [
    "DEFAULT_ICC",
    "LABELS",
    "MODE_COSTS",
    "UNKNOWN",
    "Earlier",
    "SampleGoal",
    "SamplePlan",
    "basis",
    "earlier",
    "foot",
    "plan_sample",
    "sentence",
    "top_up_plan",
]

FEW = 100
"""Minimum number of answers; with fewer, the assumed correlation is more reliable."""
BY_HAND = say("手工填写")
ASSUMED = say("还没有答卷，是假定")


@dataclass(frozen=True, slots=True)
class Earlier:
    """Design parameters estimated from earlier answers.

    Attributes:
        icc: intra-cluster correlation.
        source: description of its source.
        rate: expected share, between 2 and 98 %.
        provenance: provenance of both; None where they are assumed.
    """

    icc: float = DEFAULT_ICC
    source: Sentence = ASSUMED
    rate: float = UNKNOWN
    provenance: Provenance | None = None


def earlier(gathered: StudySample, selection: Selection) -> Earlier:
    """Return correlation and rate of the most clustered of the four rates; assumed values where not estimable."""
    if gathered.sample.opt_in:
        return Earlier(source=say("网络自填看不出，用默认值"))
    rates = headlines(gathered.study)
    asked = selection.everyone().asking([rate.name for rate in rates])
    found = gathered.estimates(asked)
    if int(found.table["n"].min()) < FEW:
        return Earlier(source=words.of_few(FEW))
    correlation = {rate.name: intra_cluster(gathered.sample, rate.name)[0] for rate in rates}
    worst = max(correlation, key=lambda name: correlation[name])
    share = float(found.table.loc[found.table["item"] == worst, "estimate"].iloc[0])
    source = words.of_item(gathered.rate(worst).label)
    rate = min(max(share, 0.02), 0.98)
    return Earlier(correlation[worst], source, rate, provenance(gathered, asked, found))


def top_up_plan(gathered: StudySample, selection: Selection, goal: SampleGoal) -> SamplePlan:
    """Return further interviews for undecided districts: the maximum that any of the four rates needs.

    Raises:
        DesignError: self-selected answers, or no district is undecided.
    """
    rates = [rate.name for rate in headlines(gathered.study)]
    rows = undecided(judged(gathered, selection.everyone().asking(rates, ("district",))))
    rows = rows[rows["more"] <= LIMIT]
    most = rows.groupby(rows["district"].astype(str))["more"].max()
    further = [(str(name), int(number)) for name, number in most.items()]
    return top_up(further, goal, gathered.study.areas.frame)


def sentence(plan: SamplePlan, known: Earlier) -> Sentence:
    """Return what the plan costs, gives and rests on, in one."""
    return words.headline(plan) + "。" + words.lead(plan) + basis(plan, known) + "。"


def example_prices(goal: SampleGoal) -> bool:
    """Return whether the prices of a goal are those that the program ships."""
    return (goal.community_cost, goal.interview_cost) in MODE_COSTS.values()


def basis(plan: SamplePlan, known: Earlier) -> Sentence:
    """Return what the precision rests on; note a typed correlation that differs from the estimated one."""
    same = round(plan.goal.icc, 3) == round(known.icc, 3)
    return words.basis(plan, known.source if same else BY_HAND)


def foot(study: Study, plan: SamplePlan) -> Sentence:
    """Return the foot of the figure of a plan, which states that a plan is not a result."""
    frame = origin(study.mock) if study.mock else "真实抽样框"
    rule = LABELS[plan.goal.rule]
    return words.foot(study.title, rule, frame)
