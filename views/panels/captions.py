"""Texts inside a figure: measure, wave and people below the title, provenance at the foot (rule R-03)."""

from __future__ import annotations

from reports.provenance import Provenance
from reports.sentences.notes.catalogue import tr
from reports.sentences.sentence import Sentence
from views.charts.parts.frame import Caption

SEVERAL = "各轮"


def caption(origin: Provenance, title: Sentence, what: Sentence, doubt: Sentence | None = None) -> Caption:
    """Return the texts of one figure.

    Args:
        origin: provenance of its numbers.
        title: the finding.
        what: the measure, and the meaning of marks that the figure does not explain.
        doubt: caution for the reader, such as an order that the data do not support.
    """
    waves = SEVERAL if len(origin.waves) > 1 else "".join(origin.waves)
    subtitle = " · ".join(part for part in (str(what), waves, origin.people, str(doubt or "")) if part)
    return Caption(title.text, subtitle, origin.strip, origin.mock)


def colours(opt_in: bool, line: str = "目标") -> str:
    """Return the meaning of the colours of a heat table; "" for opt-in answers, which are not coloured."""
    return "" if opt_in else tr("，颜色表示与{line}相比的判断").format(line=line)
