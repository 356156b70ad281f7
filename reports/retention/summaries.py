"""Summaries: the tables of a wave that stay when its answers go, so that its rates can still be shown in a trend.

    summaries/W1.parquet    tidy: shares in [0, 1]
    summaries/W1.csv        the same as people read it: percent, Chinese headings

Rates of the city, by district, by week, and by both, each mode apart. A cell with fewer answers than the suppression
limit is hidden with as many others as keep it from being worked out, as on every page; what is hidden is lost with the
answers. They are made of all responses, those that a person excluded included, as pages show them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.estimation.disclosure.precision import FLAGS
from analysis.estimation.disclosure.suppression import HIDDEN, protect
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import prepare
from reports.sample import Counted, StudySample, columns_for, options, read_counted
from reports.selection import Selection
from survey.errors import SiluError
from survey.host.disk import write_whole
from survey.instrument.measure import measure_label
from survey.storage.spreadsheets import csv_text
from survey.storage.store import ResponseStore
from survey.study.burst_log import countable
from survey.study.study import MODES, Study
from survey.study.terms import Wave

FOLDER = "summaries"
WEEK = "week"
WHOLE: tuple[tuple[str, ...], ...] = ((), ("district",))
WEEKLY: tuple[tuple[str, ...], ...] = ((WEEK,), ("district", WEEK))
PERCENT = ("estimate", "std_error", "conf_low", "conf_high")
COLUMNS = ("wave", "mode", "district", WEEK, "item", "label", "measure", "n", "n_eff", *PERCENT, "deff", "flag")
ABOUT = ("title", "data", "start", "end", "version", "weighting", "suppression")
HEADINGS = {
    "wave": "轮次", "mode": "方式", "district": "区县", WEEK: "这一周开始于", "item": "题号", "label": "题目",
    "measure": "指标", "n": "答卷数", "n_eff": "有效样本量", "estimate": "比例(%)", "std_error": "标准误(百分点)",
    "conf_low": "区间下限(%)", "conf_high": "区间上限(%)", "deff": "设计效应", "flag": "说明", "title": "调查",
    "data": "数据性质", "start": "开始", "end": "结束", "version": "数据版本", "weighting": "加权",
    "suppression": "最小显示人数",
}  # fmt: skip


def keep_summary(study: Study, wave: Wave) -> list[Path]:
    """Write the tables of a wave; nothing where it has no answers in the newest version.

    Args:
        study: the study.
        wave: the wave whose answers are to go.

    Returns:
        The files.

    Raises:
        SiluError: the rates cannot be estimated; the error names the wave and how to go on without tables.
    """
    store = ResponseStore(study.root / "store")
    if store.version is None or not countable(study, store.read(["response_id", "wave"], waves=[wave.name])).num_rows:
        return []
    try:
        table = summary(study, wave)
    except SiluError as error:
        raise type(error)(
            f"{wave.title}的汇总表做不出来，这一轮的答卷没有删除：{error.what}",
            where=error.where,
            got=error.got,
            expected=error.expected,
            cure=f"{error.cure or '照上面的提示改好'}；确实不要汇总表，就加上 --no-summary",
        ) from error
    paths = [study.root / FOLDER / f"{wave.name}.{ending}" for ending in ("parquet", "csv")]
    write_whole(paths[0], lambda draft: table.to_parquet(draft, index=False))
    write_whole(paths[1], lambda draft: draft.write_bytes(csv_text(readable(table)).encode("utf-8-sig")))
    return paths


def summary(study: Study, wave: Wave) -> pd.DataFrame:
    """The tables of a wave, one below the other.

    Returns:
        Columns `COLUMNS` and `ABOUT`; `district` and `week` are "" for all of them together, a hidden row has no
        numbers and says so in `flag`.
    """
    columns = columns_for(study, study.questionnaire.rates, ("submitted",))
    counted = _by_week(read_counted(study, Selection(), columns=columns), wave)
    rows = counted.rows.filter(pc.equal(counted.rows["wave"], wave.name))
    modes = [mode for mode in MODES if mode in set(pc.unique(rows["mode"]).to_pylist())]
    parts = [part for mode in modes for part in _of_mode(study, counted, wave, mode)]
    return pd.concat(parts, ignore_index=True)[[*COLUMNS, *ABOUT]]


def kept_summaries(study: Study) -> dict[str, pd.DataFrame]:
    """Wave -> the tables that were kept of it; one that cannot be read is left out."""
    found = {}
    for wave in study.waves:
        path = study.root / FOLDER / f"{wave.name}.parquet"
        if path.is_file():
            try:
                found[wave.name] = pd.read_parquet(path)
            except (OSError, ValueError, pa.ArrowException):
                continue
    return found


def gone_waves(study: Study, mode: str) -> pd.DataFrame:
    """Headline rates of the city in the waves whose answers are gone, from the tables that were kept.

    Args:
        study: the study.
        mode: how the answers were collected; every mode when "".

    Returns:
        Columns `COLUMNS`, in order of the waves; no rows where all answers are still there.
    """
    kept = kept_summaries(study)
    store = ResponseStore(study.root / "store")
    left = set() if store.version is None else set(pc.unique(store.read(["wave"])["wave"]).to_pylist())
    heads = [rate.name for rate in study.questionnaire.headlines()]
    parts = [pd.DataFrame(columns=list(COLUMNS))]
    for name, table in kept.items():
        city = (table["district"] == "") & (table[WEEK] == "") & table["item"].isin(heads)
        if name not in left:
            parts.append(table.loc[city & ((table["mode"] == mode) | (mode == "")), list(COLUMNS)])
    return pd.concat(parts[1:] or parts, ignore_index=True)


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The tables as people read them."""
    shown = table.assign(
        mode=table["mode"].map(dict(MODES)),
        measure=[measure_label(name) if name else "" for name in table["measure"]],
        flag=table["flag"].map(FLAGS).fillna(table["flag"]),
        **{name: (table[name] * 100).round(1) for name in PERCENT},
    )
    return shown.rename(columns=HEADINGS)


def _by_week(counted: Counted, wave: Wave) -> Counted:
    """The responses with the first day of the week of the wave in which each came, NULL where it has no time."""
    days = pc.cast(counted.rows["submitted"], pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]")
    number = (days - np.datetime64(wave.start, "D")).astype("timedelta64[D]").astype(float) // 7
    names = [
        None if np.isnan(week) or np.isnat(day) else (wave.start + timedelta(days=7 * int(week))).isoformat()
        for week, day in zip(number, days, strict=True)
    ]
    return replace(counted, rows=counted.rows.append_column(WEEK, pa.array(names, pa.string())))


def _of_mode(study: Study, counted: Counted, wave: Wave, mode: str) -> Iterator[pd.DataFrame]:
    """Yield the tables of one mode; city and districts to the last bit as pages show them."""
    wanted = options(study, Selection(mode=mode))
    weekly = replace(wanted, roles=(*wanted.roles, WEEK))
    items = tuple(rate.name for rate in study.questionnaire.rates)
    for plan, groups in ((wanted, WHOLE), (weekly, WEEKLY)):
        sample = prepare(counted.rows, study.questionnaire, study.areas, study.margins, plan)
        gathered = counted.weighted(sample, tuple(study.questionnaire.rates))
        for by in groups:
            found = gathered.estimates(Selection((wave.name,), mode, by=by, items=items))
            yield _tidy(protect(found, study.suppression), gathered, wave, mode)


def _tidy(found: Estimates, gathered: StudySample, wave: Wave, mode: str) -> pd.DataFrame:
    labels = {rate.name: rate.label for rate in gathered.rates}
    table = found.table.copy()
    for name in ("district", WEEK):
        table[name] = table[name].astype(str) if name in table else ""
    # An empty group is no secret, and no row of a summary.
    table = table[(table["n"].fillna(1) > 0) | table["flag"].isin(HIDDEN)]
    study = gathered.study
    about = {
        "title": study.title,
        "data": "模拟数据" if study.mock else "真实数据",
        "start": wave.start.isoformat(),
        "end": wave.end.isoformat(),
        "version": gathered.version,
        "weighting": str(found.meta.get("weighting", "")),
        "suppression": study.suppression,
    }
    return table.assign(wave=wave.name, mode=mode, label=table["item"].map(labels), **about)
