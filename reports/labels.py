"""Labels of codes on screen, from the questionnaire where it has them, else from here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from reports.selection import is_opt_in
from survey.instrument.measure import measure_label
from survey.instrument.questionnaire import ROLES, Questionnaire, Rate
from survey.study.study import MODES, Study

OPT_IN = "参与者意见"
EVERYONE = "全部"
ONLINE_NOTE = "参与者意见：网络自填由居民自愿参加，不是抽样调查，不给抽样误差，也不与入户、电话结果合并。"
CHANCE = "的可能(%)"
"""Ending of the headings of probabilities, which tables print without false certainty: <1, 37, >99."""

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
    "line": "线(%)",
    "prob_below": f"没到{CHANCE}",
    "verdict": "判断",
    "flag": "说明",
}
"""Column of a result table -> its heading."""


def role_options(questionnaire: Questionnaire, role: str) -> tuple[str, ...]:
    """Return the labels of a demographic role for filters, as cells are keyed; empty when it is not asked."""
    question = questionnaire.roles.get(role)
    if question is None:
        return ()
    if question.bands:
        return tuple(band.label for band in question.bands)
    return tuple(choice.label for choice in question.choices if not choice.missing and not choice.screen_out)


def mode_label(mode: str) -> str:
    """Return a mode in Chinese; opt-in modes are marked as such."""
    label = MODES.get(mode, mode)
    return f"{label}（{OPT_IN}）" if is_opt_in(mode) else label


def wave_label(study: Study, name: str) -> str:
    """Return title and code of a wave; only the code where study.toml does not list it."""
    known = next((wave for wave in study.waves if wave.name == name), None)
    return name if known is None or known.title == name else f"{known.title}（{name}）"


def dates(start: date, end: date) -> str:
    """Return field dates, both included."""
    return f"{start:%Y-%m-%d} 至 {end:%Y-%m-%d}"


def short(rate: Rate) -> str:
    """Return the name of a rate in a chart: that of the measure for a headline rate."""
    return measure_label(rate.measure) if rate.overall else rate.label
