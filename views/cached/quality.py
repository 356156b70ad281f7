"""What the page 数据质量 stands on, computed once for each data version, and its tables in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis.integrity.combine import LIGHTS, SPEAKS, Light
from analysis.integrity.hints import chance, figure
from analysis.integrity.lights import AreaLight
from analysis.integrity.report import Integrity
from analysis.integrity.signals import SIGNALS
from analysis.numerals import DASH, percent
from reports.area_lights import Round, lights
from reports.data_quality import Fieldwork, fieldwork
from survey.instrument.measure import measure_label
from survey.study.study import Study
from views.visitor.selection import Selection
from views.visitor.session import Key, Loaded

KINDS = {str(Light.RED): "bad", str(Light.AMBER): "other", str(Light.GREEN): "plain", str(Light.GREY): "plain"}
LEVELS = {"interviewer": "访问员", "area": "社区"}
SHOWN = 8
"""Units in a picture; the others are counted."""


def work_of(loaded: Loaded, selection: Selection) -> Fieldwork:
    """Wave and mode of a selection; its filters of people do not count for quality."""
    return _work(loaded.study, loaded.key, selection.wave, selection.mode)


def integrity_of(loaded: Loaded, selection: Selection) -> Integrity:
    """Signals and lights."""
    return _integrity(work_of(loaded, selection), loaded.key, selection.wave, selection.mode)


def lights_of(loaded: Loaded, selection: Selection, by: str = "district") -> Mapping[str, AreaLight]:
    """The light of every area; a red one may not stand in a ranking (rule R-13)."""
    return _lights(loaded, selection, loaded.key, selection.wave, selection.mode, by)


@st.cache_resource(max_entries=32, show_spinner=False)
def _lights(_loaded: Loaded, _selection: Selection, key: Key, wave: str, mode: str, by: str) -> Mapping[str, AreaLight]:
    one = Round(key[2], wave, mode)
    return lights(_loaded.study, one, by, lambda: integrity_of(_loaded, _selection))


@st.cache_resource(max_entries=4, show_spinner=False)
def _work(_study: Study, key: Key, wave: str, mode: str) -> Fieldwork:
    return fieldwork(_study, wave, mode, key[2])


@st.cache_resource(max_entries=8, show_spinner="正在检查答卷是否真实……")
def _integrity(_work: Fieldwork, key: Key, wave: str, mode: str) -> Integrity:
    return _work.integrity()


@st.cache_resource(max_entries=8, show_spinner="正在逐份检查……")
def checks_of(_work: Fieldwork, key: Key, wave: str, mode: str) -> pd.DataFrame:
    """Counts of every check."""
    return _work.summary()


def finding(found: Integrity) -> str:
    """The one sentence of the page."""
    parts = []
    for level, units in (("interviewer", found.interviewers), ("area", found.areas)):
        red = int((units["light"] == str(Light.RED)).sum())
        if red:
            parts.append(f"{red} {'名访问员' if level == 'interviewer' else '个社区'}")
    if parts:
        return f"{'、'.join(parts)}的答卷与同区其他明显不同，请独立人员复访后再用"
    return "没有访问员或社区的答卷需要复访"


def conspicuous(units: pd.DataFrame) -> pd.DataFrame:
    """The most conspicuous units as rows of `dots`: how many signals speak, and which."""
    rows = units[units["light"] != str(Light.GREY)].head(SHOWN)
    names = [[SIGNALS[one].label for one in text.split(",") if one] for text in rows["signals"]]
    return pd.DataFrame(
        {
            "label": [f"{row['name']}" for row in rows.to_dict("records")],
            "value": [float(len(each)) for each in names],
            "low": float("nan"),
            "high": float("nan"),
            "kind": [KINDS[light] for light in rows["light"]],
            "text": ["、".join(each[:2]) + (f"等 {len(each)} 项" if len(each) > 2 else "") for each in names],
        }
    )


def evidence_table(found: Integrity, level: str, unit: str) -> pd.DataFrame:
    """The figures of one unit in words, those that speak first."""
    rows = found.of(level, unit).dropna(subset=["p"]).to_dict("records")
    return pd.DataFrame(
        {
            "信号": [SIGNALS[row["signal"]].label for row in rows],
            "本处": [figure(SIGNALS[row["signal"]], row["value"]) for row in rows],
            "同区一般": [figure(SIGNALS[row["signal"]], row["expected"]) for row in rows],
            "若无异常": [chance(row["p"], found.meta["floor"][level]) for row in rows],
            "说明问题": ["是" if row["p"] <= SPEAKS else "" for row in rows],
            "先要排除的正常解释": [SIGNALS[row["signal"]].innocent for row in rows],
        }
    )


def lights_table(lights: Mapping[str, AreaLight]) -> pd.DataFrame:
    """Areas with their light, red ones first."""
    order = [Light.RED, Light.AMBER, Light.GREEN, Light.GREY]
    rows = sorted(lights.items(), key=lambda pair: order.index(pair[1].light))
    return pd.DataFrame(
        {
            "区县": [name for name, _ in rows],
            "灯": [LIGHTS[light.light].split("：")[0] for _, light in rows],
            "答卷": [light.n for _, light in rows],
            "其中存疑": [light.doubtful for _, light in rows],
            "建议独立复访": [f"{light.again} 份" if light.again else "—" for _, light in rows],
            "排名": ["可以" if light.may_rank else "复访前暂停" for _, light in rows],
        }
    )


def checks_table(summary: pd.DataFrame) -> pd.DataFrame:
    """Counts of the checks in words."""
    shown = summary[["label", "n", "share", "rule", "innocent"]].copy()
    shown["share"] = [percent(value, 1) for value in shown["share"]]
    shown["rule"] = [f"{rule}（只作参考）" if hint else rule for rule, hint in summary[["rule", "hint"]].to_numpy()]
    return shown.set_axis(["检查", "份数", "占比", "标记什么", "也可能是"], axis=1)


def effect_table(table: pd.DataFrame) -> pd.DataFrame:
    """The four rates with and without."""
    rows = table.to_dict("records")
    return pd.DataFrame(
        {
            "指标": [measure_label(row["measure"]) for row in rows],
            "全部答卷": [_share(row["estimate"], row["n"]) for row in rows],
            "剔除后": [_share(row["estimate_without"], row["n_without"]) for row in rows],
            "相差（百分点）": [_points(row["estimate_without"] - row["estimate"]) for row in rows],
        }
    )


def _share(value: float, n: float) -> str:
    """A share with its base; a dash where it may not be shown."""
    return DASH if pd.isna(value) else f"{percent(value, 1)}（n={n:,}）"


def _points(gap: float) -> str:
    if pd.isna(gap):
        return DASH
    tenths = round(gap * 1000)
    return f"{tenths / 10:+.1f}" if tenths else "0.0"


def quota_table(progress: pd.DataFrame) -> pd.DataFrame:
    """Progress of the quota in words."""
    cells = list(progress.columns[: progress.columns.get_loc("target")])
    return pd.DataFrame(
        {
            "配额": ["·".join(str(row[cell]) for cell in cells) for row in progress.to_dict("records")],
            "完成": [f"{done}/{target}" for done, target in progress[["done", "target"]].to_numpy()],
            "进度": progress["share"].map(lambda value: percent(value, 0)),
            "预计到期末": progress["forecast"].round().astype(int),
            "状态": progress["state"],
        }
    )
