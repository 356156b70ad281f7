"""Change between two waves: later minus earlier, with what could have been detected."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.decisions.waves.comparable_waves import WaveFacts, barred, objections
from analysis.estimation.contrasts import Comparison, between
from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from survey.instrument.rate import Rate

FALSE_ALARMS = 0.10
"""Accepted share of false alarms among the districts reported to have moved (Benjamini-Hochberg)."""

Protection = Callable[[Estimates], Estimates]
"""Suppresses the numbers of a table that may not be shown."""


def changes(
    sample: Sample,
    rates: Sequence[Rate],
    waves: tuple[WaveFacts, WaveFacts],
    where: Mapping[str, Any],
    by: Sequence[str] = (),
    protected: Protection | None = None,
) -> Estimates:
    """Estimate later minus earlier wave over the districts that both have, with the detectable change.

    Args:
        sample: a sample that holds both waves.
        rates: the rates.
        waves: the earlier and the later wave.
        where: the domain without the wave.
        by: by-columns.
        protected: suppresses what may not be shown; small cells only when None.

    Returns:
        The table of `between`, protected, with `label` and `moved` ("up", "down" or ""): by the interval for a
        single comparison, by Benjamini-Hochberg over the rows of an item for several; "barred", with blanked numbers,
        where the waves must not be compared.
    """
    before, after = waves
    reasons = objections(before, after)
    common = sorted(before.districts & after.districts)
    question = Comparison([rate.name for rate in rates], tuple(by), {**where, "district": common})
    if "district" in where:
        question = Comparison([rate.name for rate in rates], tuple(by), dict(where))
    found = between(sample.basis, "wave", (before.name, after.name), question)
    found = protect(found, sample.suppression) if protected is None else protected(found)
    table = found.to_pandas()
    labels = {rate.name: rate.label for rate in rates}
    table["label"] = table["item"].map(labels)
    sure = (table["p_bh"] <= FALSE_ALARMS) if by else (table["p_value"] <= 0.05)
    up = np.where(table["estimate"].astype(float) > 0, "up", "down")
    table["moved"] = np.where(sure.fillna(False), up, "")
    refused = table["item"].map(lambda item: barred(reasons, str(item)))
    table.loc[refused, "moved"] = "barred"
    for name in ("estimate", "conf_low", "conf_high", "p_value", "p_bh", "p_holm", "detectable"):
        table[name] = table[name].astype(float).mask(refused)
    return Estimates(table, found.meta)
