"""The dossier of a data version: name of each file -> its bytes, the same for the same version, settings and reader."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from accounts.grants import require
from accounts.verbs import Verb
from analysis.estimation.estimates import Estimates
from reports.briefing.evidence.disclosures import disclosures
from reports.briefing.facts import Facts
from reports.briefing.parts import strip
from reports.data.versions import history
from reports.fieldwork.weighting import wave_extremes
from survey.instrument.rate import Rate
from survey.storage.spreadsheets import csv_text

README, SUMS = "00_先看这里.txt", "07_校验/SHA256SUMS.txt"
FULL, PUBLIC = "分析员", "非分析员：不含抽样层的明细、原始文件名和经手人"
INTRO = """证据卷宗
========

{title}　{wave}　数据版本 {version}（{day}）
{mock}范围：{scope}

这个压缩包里的文件足够让没有参加调查的人核对四率是怎么来的。同一数据版本、同一份设置、同一类读者，
每次生成逐字节相同；不同就说明内容被改过。表格都是 CSV（UTF-8，可用 Excel、WPS 打开），比例写成 0 到 1 的小数；
空格子是没有、不适用，或人数少于 {k} 人而不公布。

每个文件是什么
--------------
"""
CHECKING = """
怎么核对没有被改过
------------------
在解开的文件夹里运行 sha256sum -c {sums}（Windows 用 certutil -hashfile 文件 SHA256 逐个看）。
这一卷的总校验值写在 {sums} 的最后一行。
"""
COLUMNS: Mapping[str, str] = {
    "district": "区县", "street": "街道", "item": "题目", "label": "名称", "estimate": "比例", "std_error": "标准误",
    "conf_low": "区间下限", "conf_high": "区间上限", "n": "有效回答人数", "n_eff": "有效样本量", "deff": "设计效应",
    "df": "自由度", "line": "目标", "gap": "与目标之差", "prob_below": "低于目标的可能", "verdict": "判断",
    "reason": "不判断的原因", "change": "比上轮", "change_low": "变化下限", "change_high": "变化上限", "flag": "标记",
}  # fmt: skip
"""Column of a result -> its heading; other columns are left out, but for those that name groups."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the dossier: its name, what it is, in one Chinese sentence, and its content."""

    name: str
    about: str
    content: bytes


def dossier(found: Facts) -> Mapping[str, bytes]:
    """Return the files of the dossier by name, in order.

    Args:
        found: the facts of a wave; their selection says who reads.

    Raises:
        AccountError: the role may not issue documents.
    """
    require(Verb.ISSUE, "证据卷宗")
    items = list(_items(found))
    files = {README: _readme(found, items).encode(), **{one.name: one.content for one in items}}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    total = hashlib.sha256(sums.encode()).hexdigest()
    return {**files, SUMS: f"{sums}# 总校验值 {total}\n".encode()}


def _items(found: Facts) -> Iterator[Item]:
    study = found.study
    yield Item(
        "01_问卷/questionnaire.json", "问卷全文：题目、选项、跳转、哪些答案算正向", _file(found, "questionnaire.json")
    )
    yield Item("01_问卷/指标口径.csv", "四率和分项各用哪道题、哪些答案算正向、分母是谁", _csv(_rates(found)))
    yield from _sampling(found)
    yield Item("03_权重/人口结构.csv", "加权用的人口结构（margins.csv）；空表示没有提供", _csv(study.margins))
    yield Item("03_权重/权重.csv", "每一轮权重的最小、最大、变异系数和 Kish 设计效应", _csv(_weights(found)))
    for name, about, table in _tables(found):
        yield Item(f"04_结果/{name}.csv", about, _csv(readable(table)))
    yield Item("04_结果/目标.csv", "判断用的目标（targets.csv）", _csv(study.targets))
    yield Item("05_版本/设置.json", "判断规则、区间、最小显示人数等设置", _settings(found))
    yield Item("05_版本/数据版本.csv", "到这一版为止，每次导入、撤销写了什么", _csv(_versions(found)))
    yield Item(
        "06_披露/披露清单.csv",
        "按 AAPOR 透明度要求和 GB/T 26316、GB/T 43391 逐项披露，没有的写明没有",
        _csv(disclosures(found)),
    )


def _file(found: Facts, name: str) -> bytes:
    path = found.study.root / name
    return path.read_bytes() if path.is_file() else b""


def _csv(table: pd.DataFrame) -> bytes:
    return csv_text(table, end="\n").encode("utf-8-sig")


def _rates(found: Facts) -> pd.DataFrame:
    rows = [
        {
            "题目": one.name, "名称": one.label, "指标": one.measure, "正向答案": _terms(one),
            "分母": "全部被问到的人" if one.base == "all" else "不含不了解、拒答的人", "责任单位": one.unit,
        }
        for one in found.gathered.study.questionnaire.rates
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _terms(one: Rate) -> str:
    """Return the codes that count, column by column: "A1=1"."""
    return "；".join(f"{name}={'、'.join(map(str, codes))}" for name, codes in one.terms)


def _sampling(found: Facts) -> Iterator[Item]:
    """Yield the frame and the sample by district; by stratum for analysts, whose small numbers others must not see."""
    frame, cells = found.study.areas.frame, found.gathered.sample.cells
    n = pd.Series(cells.n).groupby(cells.keys["psu"].to_numpy()).sum()
    per = frame.assign(n=frame["psu"].map(n).fillna(0).astype(int))
    rows = [
        {
            "区县": name, "街道数": one["street"].nunique(), "社区数": one["community"].nunique(),
            "抽中社区数": int((one["n"] > 0).sum()), "答卷数": int(one["n"].sum()),
        }
        for name, one in per.groupby("district", sort=False)
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    limit = found.study.suppression
    if found.selection.reserved:
        table["答卷数"] = table["答卷数"].astype("Int64").mask((table["答卷数"] > 0) & (table["答卷数"] < limit))
    yield Item("02_抽样/抽样框和样本.csv", "每个区县有多少街道、社区，抽了多少社区，收了多少答卷", _csv(table))
    if found.selection.reserved:
        return
    keys = cells.keys.assign(n=cells.n)
    strata = keys.groupby("stratum", sort=True).agg(抽样点=("psu", "nunique"), 答卷数=("n", "sum")).reset_index()
    yield Item("02_抽样/抽样层.csv", "计算方差用的抽样层：每层几个抽样点、几份答卷", _csv(strata))


def _weights(found: Facts) -> pd.DataFrame:
    sample = found.gathered.sample
    cells, factor = sample.cells, sample.weights.factor
    rows = []
    for wave in map(str, cells.keys["wave"].unique()):
        here = (cells.keys["wave"] == wave).to_numpy() & (cells.n > 0)
        n, base = int(cells.n[here].sum()), wave_extremes(found.gathered, found.selection, wave)
        some = here & (base.weighted > 0)
        least, most = (weight[some] * factor[some] / cells.scale for weight in (base.least, base.most))
        squares = float((cells.ww[here] * factor[here] ** 2).sum())
        total = float((cells.weight[here] * factor[here]).sum())
        deff = n * squares / total**2
        row = (wave, sample.weights.label, n, least.min(), most.max(), float(np.sqrt(max(deff - 1, 0))), deff)
        rows.append(row)
    heads = ["轮次", "加权", "答卷数", "最小权重", "最大权重", "变异系数", "Kish设计效应"]
    return pd.DataFrame(rows, columns=heads).round(6)


def _tables(found: Facts) -> Iterator[tuple[str, str, Estimates]]:
    yield "全市四率", "全市四率：比例、区间、目标、判断、比上轮", found.city
    yield "区县四率", "各区县四率和判断", found.districts
    yield "街道四率", "各街道四率和判断；样本小，区间宽", found.streets
    yield "全市分项", "全市各分项满意率和判断", found.items
    for one in found.groups:
        yield f"人群四率_{one.by[0]}", "按人群分的四率和判断", one


def readable(found: Estimates) -> pd.DataFrame:
    """Return a result with Chinese headings: the columns that name areas and groups first, as they stand."""
    table = found.table
    names = [name for name in found.by if name in table and name not in COLUMNS]
    kept = [*names, *(name for name in COLUMNS if name in table)]
    return table[kept].rename(columns=dict(COLUMNS))


def _settings(found: Facts) -> bytes:
    study = found.study
    facts = {
        **dict(strip.known_facts(found)),
        "organiser": study.organiser,
        "mock": study.mock,
        "interval": found.selection.interval,
        "level": found.selection.level,
        "waves": [{"name": one.name, "title": one.title, "start": one.start.isoformat(), "end": one.end.isoformat()}
                  for one in study.waves],
        "method": strip.method(found).text,
        "rule": strip.rule(found).text,
    }  # fmt: skip
    return (json.dumps(facts, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _versions(found: Facts) -> pd.DataFrame:
    """Return the history up to the version; without people and file names for others than analysts."""
    rows = []
    for one in reversed(history(found.study)):
        if one.number > found.gathered.version:
            continue
        row: dict[str, object] = {
            "数据版本": one.number,
            "时间": one.at.isoformat(),
            "做了什么": one.kind,
            "轮次": one.wave,
        }
        row["数量"] = "、".join(f"{name}{number}" for name, number in one.counts.items())
        if not found.selection.reserved:
            row |= {"经手人": one.who, "文件": "、".join(one.files), "说明": one.note}
        rows.append(row)
    return pd.DataFrame(rows)


def _readme(found: Facts, items: Sequence[Item]) -> str:
    head = INTRO.format(
        title=found.study.title, wave=found.selection.wave, version=found.gathered.version, day=found.day.isoformat(),
        mock="模拟数据：地名、单位、答卷均为虚构。\n" if found.study.mock else "", k=found.study.suppression,
        scope=PUBLIC if found.selection.reserved else FULL,
    )  # fmt: skip
    lines = [f"{one.name}\n    {one.about}。" for one in items]
    return (
        head + "\n".join([*lines, f"{SUMS}\n    以上每个文件的 SHA-256 校验值。"]) + "\n" + CHECKING.format(sums=SUMS)
    )
