"""Sensitivity: the headline rates with and without the responses that somebody left out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.sample import Plan, prepare
from analysis.estimation.suppression import protect
from survey.instrument.questionnaire import Questionnaire
from survey.study.areas import Areas


def with_and_without(
    responses: pa.Table,
    out: frozenset[str],
    questionnaire: Questionnaire,
    areas: Areas,
    margins: pd.DataFrame,
    plan: Plan,
) -> pd.DataFrame:
    """Headline rates of one wave, from all responses and from those that stay.

    Args:
        responses: coded responses of the wave.
        out: ids of the responses to be left out.
        questionnaire: gives the rates.
        areas: the frame.
        margins: population margins; weights are made anew without the responses left out.
        plan: modes and suppression.

    Returns:
        item, measure, n, estimate, conf_low, conf_high (shares), and the same with `_without`; a cell that may not be
        shown has NaN.
    """
    heads = tuple(rate.name for rate in questionnaire.rates if rate.overall)
    wanted = replace(plan, rates=heads, roles=())
    kept = responses.filter(pc.invert(pc.is_in(responses["response_id"], pa.array(sorted(out), pa.string()))))
    columns = ["item", "measure", "n", "estimate", "conf_low", "conf_high"]
    tables = [
        protect(prepare(rows, questionnaire, areas, margins, wanted).rates(item=heads)).table[columns]
        for rows in (responses, kept)
    ]
    merged: pd.DataFrame = tables[0].merge(tables[1].drop(columns="measure"), on="item", suffixes=("", "_without"))
    return merged
