"""The words inside a picture: measure, wave and base under the title, origin at the foot (rule R-03)."""

from __future__ import annotations

from analysis.estimation.estimates import Estimates
from reports.labels import dates, mode_label, wave_label
from views.charts.frame import Caption
from views.visitor.selection import Selection
from views.visitor.session import Loaded


def caption(
    loaded: Loaded, selection: Selection, estimates: Estimates, title: str, what: str, doubt: str = ""
) -> Caption:
    """The words of one picture.

    Args:
        loaded: study and data version.
        selection: what is looked at.
        estimates: what is drawn; gives n, interval and weighting.
        title: the finding.
        what: the measure, and what the picture itself does not say of its marks.
        doubt: what must not be read into the picture, such as an order that the data do not bear.
    """
    wave = wave_label(loaded.study, selection.wave)
    subtitle = " · ".join(part for part in (what, wave, selection.people, doubt) if part)
    return Caption(title, subtitle, source(loaded, selection, estimates), loaded.study.mock)


def source(loaded: Loaded, selection: Selection, estimates: Estimates) -> str:
    """Where the numbers come from: wave, n, interval, dates, mode, weighting, suppression, version, real or mock."""
    study, meta = loaded.study, estimates.meta
    field = [wave for wave in study.waves if wave.name == selection.wave]
    margin = "不给抽样误差" if selection.opt_in else f"{meta['level']:.0%} {meta['interval_label']}"
    parts = [
        study.title,
        wave_label(study, selection.wave),
        _size(estimates),
        margin,
        f"调查日期 {dates(field[0].start, field[0].end)}" if field else "",
        mode_label(selection.mode),
        str(meta["weighting"]),
        f"n<{study.suppression} 不显示",
        f"数据版本 {loaded.version}",
        loaded.counted,
        "模拟数据" if study.mock else "真实数据",
    ]
    return "；".join(part for part in parts if part)


def _size(estimates: Estimates) -> str:
    """The base: one n, or the range of several."""
    counts = estimates.table["n"].dropna()
    if counts.empty:
        return "各组样本都不足"
    low, high = int(counts.min()), int(counts.max())
    return f"n={high:,}" if low == high else f"n={low:,}—{high:,}"
