"""Columns of an export with which other programs reproduce the published rates: weights, design, areas, 0/1 rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.labels import unique_names
from analysis.estimation.respondents import answered, cell_of, respondent_weights
from analysis.estimation.sample import OPT_IN, Sample
from reports.sample import Counted, options
from reports.selection import Selection
from survey.errors import CalibrationError, DesignError
from survey.formats.codebook import ExportVariable
from survey.instrument.questionnaire import Rate
from survey.quality.exclusions import decisions_of
from survey.study.study import Study

FINAL, STRATUM, EXCLUDED, HELD = "final_weight", "stratum", "excluded", "held"
YES_NO = {0: "否", 1: "是"}
AREAS = {"district": "区县", "street": "街道", "community": "社区"}
DECLARED = (
    "分析用 final_weight（已加权到总体），weight 只是基础权重",
    "final_weight 空：不进加权结果（网络自填、缺抽样点）",
    "held 为 1：集中提交，不计入（rate_ 列空）",
    "rate_ 开头的列：1 计入分子，0 只在分母，空 不在分母",
    "R: d <- subset(d, !is.na(final_weight))",
    "R: options(survey.lonely.psu='adjust')",
    "R: svydesign(~psu, strata=~stratum, weights=~final_weight, data=d, nest=TRUE)",
    "SPSS: WEIGHT BY final_weight.",
    "SPSS: CSPLAN ANALYSIS /PLAN FILE='p.csaplan'",
    "SPSS:  /PLANVARS ANALYSISWEIGHT=final_weight",
    "SPSS:  /DESIGN STRATA=stratum CLUSTER=psu /ESTIMATOR TYPE=WR.",
    "Stata: svyset psu [pw=final_weight], strata(stratum) singleunit(centered)",
    "svy: Design(stratum='stratum', psu='psu', wgt='final_weight')",
)
"""How to declare the design, one line each; the notes of an SPSS file hold 80 bytes."""


@dataclass(frozen=True, slots=True)
class DesignColumns:
    """What an export carries besides the answers.

    Attributes:
        variables: the codebook of the added columns.
        rows: the responses with these columns.
        notes: how to declare the design, or why there is no final weight.
    """

    variables: tuple[ExportVariable, ...]
    rows: pa.Table
    notes: tuple[str, ...]


def with_design(counted: Counted, selection: Selection, held: pa.Table) -> DesignColumns:
    """Add final weight, stratum, areas, flags of exclusion and bursts, and one 0/1 column per rate to the responses.

    The final weight is that of the published rates: all probability modes together, whose ratios within a mode are
    those of that mode alone. It is missing for responses outside of every weighted sample: self-selected ones, those
    without a sampling point, and those of bursts, which are also in no base of a rate.

    Args:
        counted: the responses of all waves and modes.
        selection: only version and exclusions apply.
        held: the responses of bursts that are outside the results; they follow the others.
    """
    study, rows = counted.study, counted.rows
    sample, reason = _sample(counted, selection)
    in_results: list[tuple[ExportVariable, Any]] = [
        *_weight_columns(sample, rows),
        *(_rate_column(rate, rows) for rate in study.questionnaire.rates),
    ]
    apart = np.repeat(np.array([0, 1], dtype=np.int8), [len(rows), len(held)])
    every = pa.concat_tables([rows, held])
    flag = ExportVariable(HELD, "集中提交（刷票嫌疑），没有计入结果", "code", YES_NO, stored=HELD)
    about: list[tuple[ExportVariable, Any]] = [
        *_area_columns(study, every),
        (ExportVariable(EXCLUDED, "已由人决定剔除", "code", YES_NO, stored=EXCLUDED), _excluded(study, every)),
        (flag, pa.array(apart)),
    ]
    padded = [(variable, _followed(values, len(held))) for variable, values in in_results]
    columns = [*padded[:2], *about, *padded[2:]]
    rows = every
    for variable, values in columns:
        rows = rows.append_column(variable.stored, values)
    notes = DECLARED if sample is not None else (f"没有最终权重：{reason}",)
    return DesignColumns(tuple(variable for variable, _ in columns), rows, notes)


def _followed(values: pa.Array, nothing: int) -> pa.ChunkedArray:
    """Return the values followed by this many missing ones."""
    return pa.chunked_array([values, pa.nulls(nothing, values.type)])


def _sample(counted: Counted, selection: Selection) -> tuple[Sample | None, str]:
    """Return the weighted sample behind the published rates, or the reason why there is none."""
    try:
        sample = counted.sample(options(counted.study, replace(selection, mode="")))
    except (DesignError, CalibrationError) as error:
        return None, error.what
    return (None, "只有网络自填的参与者意见") if sample.modes == (OPT_IN,) else (sample, "")


def _weight_columns(sample: Sample | None, rows: pa.Table) -> list[tuple[ExportVariable, Any]]:
    weight, stratum = pa.nulls(len(rows), pa.float64()), pa.nulls(len(rows), pa.string())
    if sample is not None:
        final, cell = respondent_weights(sample, rows), cell_of(sample, rows)
        weight = pa.array(final, mask=cell < 0)
        names = sample.cells.keys["stratum"].astype(str).to_numpy(dtype=object)
        stratum = pa.array(np.append(names, "")[cell], pa.string(), mask=cell < 0)
    return [
        (ExportVariable(FINAL, "最终权重（分析用，已加权到总体）", "decimal", stored=FINAL), weight),
        (ExportVariable(STRATUM, "抽样层（与社区编码 psu 一起声明抽样设计）", "text", stored=STRATUM), stratum),
    ]


def _area_columns(study: Study, rows: pa.Table) -> list[tuple[ExportVariable, Any]]:
    """Return the areas under the names that published tables use; missing without a sampling point."""
    frame = unique_names(study.areas).set_index("psu")
    at = frame.index.get_indexer(pd.Index(rows["psu"].to_pandas().astype("Int64")))
    found = []
    for name, label in AREAS.items():
        values = np.append(frame[name].astype(str).to_numpy(dtype=object), "")[at]
        found.append((ExportVariable(name, label, "text", stored=name), pa.array(values, pa.string(), mask=at < 0)))
    return found


def _excluded(study: Study, rows: pa.Table) -> pa.Array:
    decisions = decisions_of(study)
    waves = pc.unique(rows["wave"].cast(pa.string())).to_pylist()
    gone = {(wave, one) for wave in waves for one in decisions.excluded(wave)}
    keys = zip(rows["wave"].cast(pa.string()).to_pylist(), rows["response_id"].to_pylist(), strict=True)
    return pa.array([int(key in gone) for key in keys], pa.int8())


def _rate_column(rate: Rate, rows: pa.Table) -> tuple[ExportVariable, Any]:
    inside, hit = answered(rows, rate)
    name = f"rate_{rate.name}"
    labels = {0: "只在分母", 1: "计入分子"}
    return ExportVariable(name, f"指标率：{rate.label}", "code", labels, stored=name), pa.array(
        hit.astype(np.int8), mask=~inside
    )
