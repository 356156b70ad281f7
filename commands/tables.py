"""Result tables as text, CSV, workbook or JSON, with Chinese headings and their caption."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimation.estimates import Estimates
from analysis.estimation.precision import FLAGS
from survey.instrument.measure import MEASURES
from survey.instrument.questionnaire import ROLES
from survey.storage.spreadsheets import csv_lines, csv_text, open_workbook

PERCENT = ("estimate", "std_error", "conf_low", "conf_high")
HEADINGS: Mapping[str, str] = {
    "item": "题号",
    "label": "题目",
    "measure": "指标",
    "wave": "轮次",
    "mode": "方式",
    "district": "区县",
    "street": "街道",
    "community": "社区",
    "place": "场所类型",
    "urban_rural": "城乡",
    "stratum": "层",
    **ROLES,
    "n": "答卷数",
    "n_eff": "有效样本量",
    "estimate": "比例(%)",
    "std_error": "标准误(百分点)",
    "df": "自由度",
    "conf_low": "区间下限(%)",
    "conf_high": "区间上限(%)",
    "deff": "设计效应",
    "flag": "说明",
}
"""Column -> heading. Columns that are not here are not printed, but for JSON."""

DIGITS: Mapping[str, str] = {
    **{HEADINGS[name]: "0.0" for name in (*PERCENT, "n_eff")},
    HEADINGS["deff"]: "0.00",
}
"""Heading -> number format of a workbook column, so that 100 stands under 94.4 as 100.0."""


def readable(estimates: Estimates, labels: Mapping[str, str]) -> pd.DataFrame:
    """The table as people read it: percent, Chinese headings, flags in words.

    Args:
        estimates: the results.
        labels: item -> its label.
    """
    table = estimates.to_pandas()
    table.insert(1, "label", table["item"].map(labels).fillna(""))
    table["measure"] = table["measure"].map({key: measure.label for key, measure in MEASURES.items()}).fillna("")
    table["flag"] = table["flag"].map(FLAGS).fillna(table["flag"])
    for name in PERCENT:
        table[name] = (table[name].astype("float64") * 100).round(2)
    table["n_eff"] = table["n_eff"].astype("float64").round(1)
    table["deff"] = table["deff"].astype("float64").round(2)
    shown = [name for name in table.columns if name in HEADINGS or name in estimates.by]
    return table[shown].rename(columns=dict(HEADINGS))


def caption(meta: Mapping[str, Any]) -> str:
    """What the numbers are: mode, dates, weighting, interval, version, real or mock."""
    level = f"{meta['level'] * 100:g}% 置信区间：{meta['interval_label']}" if not meta.get("opt_in") else "不计抽样误差"
    parts = [meta.get("data"), meta.get("mode"), meta.get("dates"), meta["weighting"], level]
    parts += [meta.get("version"), meta.get("counted")]
    return "；".join(str(part) for part in parts if part)


def as_text(table: pd.DataFrame, meta: Mapping[str, Any]) -> bytes:
    """Aligned columns for the terminal; wide characters count double."""
    texts = [[str(name) for name in table.columns], *([_cell(value) for value in row] for row in table.to_numpy())]
    widths = [max(_width(row[at]) for row in texts) for at in range(len(table.columns))]
    right = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns]
    lines = ["  ".join(_pad(*cell) for cell in zip(row, widths, right, strict=True)).rstrip() for row in texts]
    return ("\n".join([*lines, "", *_remarks(meta)]) + "\n").encode()


def as_csv(table: pd.DataFrame, meta: Mapping[str, Any]) -> bytes:
    """UTF-8 with BOM, as Excel expects; remarks follow after an empty line."""
    return (csv_text(table) + "\r\n" + csv_lines(_remarks(meta))).encode("utf-8-sig")


def as_xlsx(table: pd.DataFrame, meta: Mapping[str, Any]) -> bytes:
    """One sheet: the table with a frozen heading, remarks below."""
    buffer = io.BytesIO()
    with open_workbook(buffer, in_memory=True) as book:
        sheet = book.add_worksheet("四率")
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, name in enumerate(table.columns):
            digits = book.add_format({"num_format": DIGITS[name]}) if name in DIGITS else None
            texts = [str(name), *(_cell(value) for value in table[name])]
            sheet.set_column(column, column, max(map(_width, texts)) + 2, digits)
            sheet.write_string(0, column, str(name), bold)
            for row, value in enumerate(table[name], start=1):
                if not pd.isna(value):
                    sheet.write(row, column, value.item() if isinstance(value, np.generic) else value)
        for offset, remark in enumerate(_remarks(meta)):
            sheet.write_string(len(table) + 2 + offset, 0, remark)
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def as_json(estimates: Estimates) -> bytes:
    """All columns under their own names, shares in [0, 1], with the meta."""
    rows = [{str(key): _plain(value) for key, value in row.items()} for row in estimates.table.to_dict("records")]
    meta = {key: _plain(value) for key, value in estimates.meta.items()}
    return (json.dumps({"meta": meta, "rows": rows}, ensure_ascii=False, indent=1) + "\n").encode()


FORMATS: Mapping[str, Callable[[pd.DataFrame, Mapping[str, Any]], bytes]] = {
    "table": as_text,
    "csv": as_csv,
    "xlsx": as_xlsx,
}
"""Name -> writer of the readable table; JSON is written from the estimates themselves."""


def _remarks(meta: Mapping[str, Any]) -> list[str]:
    return [caption(meta), *(str(note) for note in meta.get("remarks", ()) if note)]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return [_plain(one) for one in value]
    if value is None or pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _cell(value: Any) -> str:
    if pd.isna(value):
        return "—"
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank
