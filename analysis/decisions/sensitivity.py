"""Sensitivity: the headline rates with and without a set of left-out responses, and of insiders against others.

Insiders work for the campaign or a rated unit, or live with somebody who does; they are reported apart (rule R-09).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.disclosure.suppression import protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample, SampleOptions, prepare
from survey.errors import ArgumentError
from survey.instrument.questionnaire import Questionnaire
from survey.study.areas import Areas


def with_and_without(
    responses: pa.Table,
    out: frozenset[str],
    questionnaire: Questionnaire,
    areas: Areas,
    margins: pd.DataFrame,
    plan: SampleOptions,
) -> pd.DataFrame:
    """Return the headline rates of one wave, from all responses and without those left out, see `side_by_side`.

    Args:
        responses: coded responses of the wave.
        out: ids of the responses to leave out.
        questionnaire: gives the rates.
        areas: the frame.
        margins: population margins; the weights are recomputed without the responses left out.
        plan: modes and suppression.
    """
    heads = tuple(rate.name for rate in questionnaire.rates if rate.overall)
    wanted = replace(plan, rates=heads, roles=())
    kept = responses.filter(pc.invert(pc.is_in(responses["response_id"], pa.array(sorted(out), pa.string()))))
    return side_by_side(*(prepare(rows, questionnaire, areas, margins, wanted) for rows in (responses, kept)))


def side_by_side(whole: Sample, kept: Sample) -> pd.DataFrame:
    """Return the rates of a sample, and of the same sample without some responses.

    Returns:
        item, measure, n, estimate, conf_low, conf_high (shares), and the same with `_without`; a cell that must not be
        shown is NaN.
    """
    columns = ["item", "measure", "n", "estimate", "conf_low", "conf_high"]
    tables = [
        protect(sample.rates(item=[one.name for one in sample.cells.items])).table[columns] for sample in (whole, kept)
    ]
    merged: pd.DataFrame = tables[0].merge(tables[1].drop(columns="measure"), on="item", suffixes=("", "_without"))
    return merged


ROLE = "insider"


def by_insider(
    responses: Any,
    questionnaire: Questionnaire,
    areas: Areas,
    margins: pd.DataFrame,
    wave: str,
    plan: SampleOptions | None = None,
) -> Estimates:
    """Return the headline rates of insiders and of everybody else, side by side.

    Library only: no page or command shows this table.

    Args:
        responses: the coded responses of every wave.
        questionnaire: defines the rates; must ask who is an insider.
        areas: the frame.
        margins: population margins.
        wave: name of the wave.
        plan: modes and suppression; roles and rates are set here.

    Returns:
        Protected estimates by insider; people who refused to answer are in neither group.

    Raises:
        ArgumentError: the questionnaire does not ask who is an insider.
    """
    if ROLE not in questionnaire.roles:
        raise ArgumentError("问卷没有询问受访者是否为相关人员", cure="加一道 role 为 insider 的题目（规则 R-09）")
    heads = tuple(rate.name for rate in questionnaire.rates if rate.overall)
    wanted = replace(plan or SampleOptions(), rates=heads, roles=(ROLE,))
    sample = prepare(responses, questionnaire, areas, margins, wanted)
    return protect(sample.rates(item=heads, by=(ROLE,), where={"wave": wave}))
