"""Wording of integrity: figures and chances in words, and what is said beside every light (rule R-14)."""

from __future__ import annotations

from math import isnan

from analysis.integrity.combine import RATE
from analysis.integrity.signals import Signal

NOT_AN_ACCUSATION = "灯是统计信号，不是结论：红灯只表示应请独立人员复访，不据此处罚任何人；受访者一律不列名。"
FALSE_ALARMS = f"误报：红灯按错误发现率 {RATE:.0%} 控制；在没有造假的模拟城市里，被亮红灯的访问员不到 1%。"


def figure(signal: Signal, value: float) -> str:
    """A figure of a signal with its unit; "—" where it is not known."""
    if isnan(value):
        return "—"
    if signal.unit == "%":
        return f"{value:.0%}" if value >= 0.1 or value == 0 else f"{value:.1%}"
    return f"{value:.2f} {signal.unit}"


def chance(p: float, floor: float = 0.0) -> str:
    """A p-value as people say it: 约每 5,000 次有 1 次; not beyond the smallest one that the method can give."""
    if isnan(p):
        return "不判断"
    if p <= floor * (1 + 1e-9):
        return f"每 {1 / floor:,.0f} 次不到 1 次"
    if p > 0.2:
        return "很常见"
    times = 1 / max(p, 1e-6)
    step = 10 ** max(len(str(int(times))) - 2, 0)
    return f"约每 {round(times / step) * step:,.0f} 次有 1 次"
