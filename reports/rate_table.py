"""Table of rates in any groups for the command line: checked, protected, with its provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.estimation.disclosure.precision import FLAGS
from analysis.estimation.disclosure.suppression import report
from analysis.estimation.estimates import Estimates
from reports.disclosure import permit
from reports.fieldwork.area_lights import MARK, NOTE, without_long_checks
from reports.labels import HEADINGS
from reports.provenance import Provenance, provenance
from reports.sample import StudySample, gather
from reports.selection import AREA_COLUMNS, BY, Selection
from reports.verdicts import MODELLED, Reason, judged, said
from survey.errors import ArgumentError
from survey.instrument.measure import MEASURES
from survey.instrument.questionnaire import ROLES
from survey.study.study import Study

PERCENT = ("estimate", "std_error", "conf_low", "conf_high", "line")


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rates with their provenance and remarks.

    Attributes:
        estimates: the estimates that may be shown.
        provenance: their provenance.
        remarks: suppressed cells and answers in no row, in Chinese.
        table: the estimates formatted for readers: percent, Chinese headings, flags in words.
    """

    estimates: Estimates
    provenance: Provenance
    remarks: tuple[str, ...]
    table: pd.DataFrame


def rate_table(study: Study, selection: Selection, options: Sequence[str] = ()) -> RateTable:
    """Estimate rates in groups.

    Args:
        study: the study.
        selection: the request; the newest wave where it names none.
        options: command options that request responses other than the newest data of everybody.

    Raises:
        ArgumentError: groups that the questionnaire lacks, values that no answer has, nobody in any group, or a
            table that this reader may not see.
        StoreError, DesignError: no responses of this mode.
    """
    roles = [name for name in (*selection.by, *selection.where) if name in ROLES]
    gathered = gather(study, selection, rates=selection.items, roles=roles)
    _check(gathered, selection)
    permit(selection, gathered.sample.modes, options)
    if not selection.waves and "wave" not in selection.by:
        selection = gathered.newest(selection)
    gathered = without_long_checks(gathered, selection.waves or gathered.waves)
    visible = judged(gathered, selection)
    _somebody(gathered, selection, visible)
    red = NOTE if (visible.table["reason"] == Reason.RED_LIGHT).any() else ""
    notes = tuple(note for note in (report(visible), _lost(gathered, selection), red) if note)
    return RateTable(visible, provenance(gathered, selection, visible), notes, readable(visible, gathered))


def _check(gathered: StudySample, selection: Selection) -> None:
    """Refuse groups that the questionnaire lacks and values that no answer has, and list the available ones."""
    asked, cells = gathered.study.questionnaire, gathered.sample.cells
    for name in (*selection.by, *selection.domain):
        if name in ROLES and name not in asked.roles:
            there = "、".join(ROLES[role] for role in asked.roles if role in ROLES) or "没有一道题标明了人群"
            cure = f'在问卷的那道题上写明 "role": "{name}"，然后重新导入（见 docs/questionnaire.md）'
            raise ArgumentError(f"问卷里没有问{ROLES[name]}，不能按它分组", got=name, expected=there, cure=cure)
        if name not in cells.keys.columns:
            there = "、".join(HEADINGS[one] for one in BY if one in cells.keys.columns)
            cure = f"用现在的问卷重新导入带有{HEADINGS[name]}的文件"
            raise ArgumentError(f"已导入的答卷没有{HEADINGS[name]}", got=name, expected=there, cure=cure)
    for name, values in selection.domain.items():
        known = [str(value) for value in cells.codes(name)[1]]
        if wrong := [value for value in values if value not in known]:
            got, expected = "、".join(wrong), "、".join(known)
            raise ArgumentError("数据中没有这个取值", where=HEADINGS.get(name, name), got=got, expected=expected)


def _somebody(gathered: StudySample, selection: Selection, found: Estimates) -> None:
    """Refuse an empty table, and name the columns without answers."""
    if len(found):
        return
    areas = any(name in AREA_COLUMNS for name in found.by)
    cure = "导入时给出社区编码（psu 列），区县和街道由它得出；或去掉 --by" if areas else "去掉 --by，或放宽 --where"
    raise ArgumentError("没有一份答卷能这样分组", got=_lost(gathered, selection), cure=cure)


def _lost(gathered: StudySample, selection: Selection) -> str:
    """Return how many answers of the domain are in no row of a table, in Chinese; "" when all are in one.

    Only analysts are told: these are numbers of a few people.
    """
    if selection.reserved:
        return ""
    cells = gathered.sample.cells
    inside = np.ones(len(cells), dtype=bool)
    for name, values in selection.domain.items():
        codes, labels = cells.codes(name)
        inside &= np.append(labels.astype(str).isin(values), False)[codes]
    lost = {HEADINGS[name]: int(cells.n[inside & (cells.codes(name)[0] < 0)].sum()) for name in selection.by}
    if not any(lost.values()):
        return ""
    from reports.sentences.notes import fieldwork as words  # loads the checks of responses

    return str(words.lost(lost))


def readable(estimates: Estimates, gathered: StudySample) -> pd.DataFrame:
    """Return the table formatted for readers: percent, Chinese headings, flags and verdicts in words."""
    labels: Mapping[str, str] = {rate.name: rate.label for rate in gathered.rates}
    table = estimates.to_pandas().drop(columns="label")
    table.insert(1, "label", table["item"].map(labels).fillna(""))
    red = table["reason"] == Reason.RED_LIGHT
    for name in set(estimates.by) & set(MODELLED):
        table[name] = table[name].astype(str).where(~red, table[name].astype(str) + MARK)
    table["verdict"] = said(table)
    table["flag"] = table.pop("flag")
    table["measure"] = table["measure"].map({key: measure.label for key, measure in MEASURES.items()}).fillna("")
    table["flag"] = table["flag"].map(FLAGS).fillna(table["flag"])
    for name in PERCENT:  # rounded once, to the decimal that every page and command shows
        table[name] = (table[name].astype("float64") * 100).round(1)
    table["prob_below"] = (table["prob_below"].astype("float64") * 100).round(4)
    table["n_eff"] = table["n_eff"].astype("float64").round(1)
    table["deff"] = table["deff"].astype("float64").round(2)
    columns = [name for name in table.columns if name in HEADINGS or name in estimates.by]
    return table[columns].rename(columns=dict(HEADINGS))


def verdict_table(found: Estimates, area: str = "") -> pd.DataFrame:
    """Return verdicts as the cards, tiles and cells of a page show them, in percent with one decimal.

    Args:
        found: from `reports.verdicts.judged`; what is suppressed is missing.
        area: the column that names the areas; "" for the whole city.
    """
    rows = found.table
    names = {"estimate": "比例（%）", "conf_low": "下限（%）", "conf_high": "上限（%）", "line": "目标（%）"}
    shares = {head: (100 * rows[name].astype(float)).round(1) for name, head in names.items()}
    where = {HEADINGS[area]: rows[area].astype(str)} if area else {}
    table = pd.DataFrame({**where, "指标": rows["label"].astype(str), "判断": said(rows), **shares})
    return table.assign(答卷数=rows["n"].astype("Int64").where(rows["estimate"].notna())).reset_index(drop=True)
