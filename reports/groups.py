"""Compare groups: adjusted for covariates, along a linear trend over waves, and sample against population."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.areas.adjusted_groups import (
    CONTROLS,
    GroupComparison,
    compare_groups,
    doubted,
    over_waves,
)
from analysis.areas.representativeness import structure
from analysis.design.labels import label_margin, unique_names
from analysis.integrity import lights as integrity
from analysis.integrity.lights import AreaLight
from analysis.numerals import DASH
from reports.disclosure import shown
from reports.labels import short
from reports.provenance import Provenance, provenance
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences import groups as words
from reports.sentences.sentence import Sentence, rows_of
from reports.verdicts import judged
from survey.errors import ArgumentError
from survey.study.margins import margin_tables


@dataclass(frozen=True, slots=True)
class Groups:
    """Adjusted comparison of groups.

    Attributes:
        found: see `analysis.areas.adjusted_groups.GroupComparison`; districts with a red light are marked.
        city: rate of the whole city, a share.
        sentence: which groups differ.
        remarks: tests, covariates held constant, exclusions.
        provenance: provenance of the rates.
    """

    found: GroupComparison
    city: float
    sentence: Sentence
    remarks: tuple[Sentence | str, ...]
    provenance: Provenance


def columns(gathered: StudySample) -> Mapping[str, str]:
    """Return the columns whose groups can be compared with adjustment, with their names."""
    keys = gathered.sample.cells.keys
    known = {"district": "区县", **CONTROLS}
    return {name: label for name, label in known.items() if name in keys.columns and keys[name].nunique() > 1}


def groups(gathered: StudySample, selection: Selection, lights: Mapping[str, AreaLight]) -> Groups:
    """Compare the groups of a column with adjustment for the other columns.

    Args:
        gathered: a probability sample.
        selection: names one rate and one column.
        lights: lights of districts.

    Raises:
        DesignError: self-selected answers, or too few groups with enough answers.
    """
    rate, by = gathered.rate(selection.items[0]), selection.by[0]
    found = compare_groups(gathered.sample, rate, by, selection.domain)
    red = integrity.doubted(lights) if by == "district" else ()
    found = doubted(found, red, integrity.MARK)
    whole = gathered.estimates(selection.asking(selection.items))
    marked = found.table["group"].str.endswith(integrity.MARK).any()
    remarks = (
        *((integrity.NOTE,) if marked else ()),
        *words.tests(found),
        *found.notes,
    )
    city = float(whole.table["estimate"].iloc[0])
    return Groups(found, city, words.differences(found, short(rate)), remarks, provenance(gathered, selection, whole))


def group_table(found: GroupComparison, kind: str) -> pd.DataFrame:
    """Return the groups formatted for readers, in percent; `kind` is the heading of their names."""
    rows = found.table
    percent = {
        name: (100 * rows[name].astype(float)).round(1)
        for name in ("estimate", "adjusted", "adjusted_low", "adjusted_high", "gap", "gap_low", "gap_high", "standard")
    }
    return pd.DataFrame(
        {
            kind: rows["group"],
            "答卷数": rows["n"],
            "社区数": rows["points"],
            "原比例(%)": percent["estimate"],
            "其他相同(%)": percent["adjusted"],
            "下限": percent["adjusted_low"],
            "上限": percent["adjusted_high"],
            "与平均之差(百分点)": percent["gap"],
            "差下限": percent["gap_low"],
            "差上限": percent["gap_high"],
            "标准化(%)": percent["standard"],
            "判断": rows["differs"].map({"low": "偏低", "high": "偏高", "": "看不出"}),
        }
    )


def against_target(gathered: StudySample, selection: Selection) -> Sentence:
    """Return the verdict of the city on the rate of a selection; empty where it has no target."""
    found = judged(gathered, selection.asking(selection.items))
    row = rows_of(found, found.table, "item")[0]
    return words.against_target(row) if row["verdict"] else Sentence()


@dataclass(frozen=True, slots=True)
class Line:
    """A table with its sentence: the linear trend over waves, or the sample against the population."""

    table: pd.DataFrame
    sentence: Sentence
    remarks: tuple[Sentence | str, ...]
    provenance: Provenance


def waves_on_a_line(gathered: StudySample, selection: Selection) -> Line:
    """Fit a linear trend to all waves of one rate.

    Raises:
        DesignError: fewer than two waves.
    """
    rate, every = gathered.rate(selection.items[0]), selection.in_wave()
    found = over_waves(gathered.sample, rate, selection.where)
    listed = shown(gathered.estimates(every.asking(selection.items, ("wave",))), gathered, every)
    waves = listed.table.set_index("wave").loc[list(found.labels)].reset_index()
    table = pd.DataFrame(
        {
            "轮次": found.labels,
            "比例(%)": (100 * waves["estimate"]).round(1),
            "标准误(百分点)": (100 * waves["std_error"]).round(1),
        }
    )
    return Line(table, words.trend(found, short(rate)), words.trend_tests(found), provenance(gathered, every, listed))


def sample_structure(gathered: StudySample, selection: Selection) -> Line:
    """Compare the structure of the sample, before calibration to the margins, with the population.

    Raises:
        ArgumentError: the study has no margins.
    """
    study = gathered.study
    if not len(study.margins):
        raise ArgumentError("没有人口结构，不能比较", where="margins.csv", cure="补充 margins.csv")
    margins = [label_margin(one, study.questionnaire) for one in margin_tables(study.margins)]
    found = structure(gathered.sample, margins, unique_names(study.areas), selection.wave)
    off = found.loc[found["p_value"] <= 0.05, "variable"].drop_duplicates().tolist()
    table = pd.DataFrame(
        {
            "特征": found["variable"],
            "类别": found["category"],
            "样本(%)": (100 * found["sample"]).round(1),
            "人口(%)": (100 * found["population"]).round(1),
            "p": [_p(value) for value in found["p_value"]],
            "说明": found["note"],
        }
    )
    remarks = ("样本按抽样设计加权，还没有加权到人口结构；设计校正的拟合优度检验",)
    whole = gathered.estimates(selection.asking(selection.items))
    return Line(table, words.structure(off), remarks, provenance(gathered, selection, whole))


def _p(value: float) -> str:
    return DASH if pd.isna(value) else "< 0.0001" if value < 0.0001 else f"{value:.4f}"
