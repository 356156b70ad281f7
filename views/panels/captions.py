"""The words inside a figure: measure, wave and people under the title, where it comes from at the foot (rule R-03)."""

from __future__ import annotations

from reports.provenance import Provenance
from views.charts.frame import Caption

SEVERAL = "各轮"


def caption(origin: Provenance, title: str, what: str, doubt: str = "") -> Caption:
    """The words of one figure.

    Args:
        origin: where its numbers come from.
        title: the finding.
        what: the measure, and what the figure itself does not say of its marks.
        doubt: what must not be read into the figure, such as an order that the data do not bear.
    """
    waves = SEVERAL if len(origin.waves) > 1 else "".join(origin.waves)
    subtitle = " · ".join(part for part in (what, waves, origin.people, doubt) if part)
    return Caption(title, subtitle, origin.strip, origin.mock)


def colours(opt_in: bool, line: str = "目标") -> str:
    """What the colours of a heat table say; nothing for self-selected answers, which bear none."""
    return "" if opt_in else f"，颜色表示与{line}的差距"
