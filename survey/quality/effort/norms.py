"""Norms: what single responses are measured against, from the responses themselves or from an even part of them."""

from __future__ import annotations

from dataclasses import dataclass

from survey.quality.effort.distance import Common, common_of, distance
from survey.quality.effort.graded import GradedScale
from survey.quality.effort.null import LEAST, Spread, spread_of
from survey.quality.effort.ordered import ordered
from survey.quality.effort.person_fit import Levels, models_of, placed
from survey.quality.effort.sequence import Shuffled, Starts, shuffled_of, starts_of
from survey.quality.sheet import ResponseSheet, UsualPace


@dataclass(frozen=True, slots=True)
class Norms:
    """What is usual among responses.

    Attributes:
        pace: median durations.
        models: a model for every scale.
        common: means, deviations and factors of the items; None with too few items.
        misfit, distance, variability: the bulk of these indices; None with too few responses.
        shuffled, starts: repetitions and straight lines by chance; None with too few responses, or without scales.
    """

    pace: UsualPace
    models: tuple[GradedScale, ...]
    common: Common | None
    misfit: Spread | None
    distance: Spread | None
    variability: Spread | None
    shuffled: Shuffled | None
    starts: Starts | None


def norms_of(sheet: ResponseSheet, fitted: Levels | None = None) -> Norms:
    """Return what is usual among responses; `fitted` are their graded items with their models, where known."""
    answers = ordered(sheet) if fitted is None else fitted.answers
    own = placed(answers, models_of(answers)) if fitted is None else fitted
    common, enough = common_of(answers), len(answers) >= LEAST
    return Norms(
        pace=sheet.usual_pace,
        models=own.models,
        common=common,
        misfit=spread_of(own.misfit),
        distance=spread_of(distance(answers, common)),
        variability=spread_of(own.variability),
        shuffled=shuffled_of(answers) if enough else None,
        starts=starts_of(answers) if enough else None,
    )
