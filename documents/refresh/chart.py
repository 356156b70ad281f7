"""Refresh a native chart: its numbers, its target and the colours of its verdicts; what people restyled stays."""

from __future__ import annotations

import copy
from typing import Any

from power_pptx.oxml.ns import qn

from documents.refresh.merge import same

DATA = ("c:tx", "c:cat", "c:val")
AFTER_POINTS = ("c:dLbls", "c:trendline", "c:errBars", "c:cat", "c:val")


def refresh_chart(edited: Any, base: Any, fresh: Any) -> bool:
    """Put the numbers of one chart into another.

    Args:
        edited: the chart of the file.
        base: the same as it was issued.
        fresh: the same with new numbers.

    Returns:
        Whether the chart still is one that can be refreshed.
    """
    spaces = edited._chartSpace, base._chartSpace, fresh._chartSpace
    now, old, new = (one.find(f".//{qn('c:ser')}") for one in spaces)
    if now is None or old is None or new is None:
        return False
    for tag in DATA:
        found = now.find(qn(tag))
        if found is not None:
            now.replace(found, copy.deepcopy(new.find(qn(tag))))
    _intervals(now, new)
    _points(now, old, new)
    _target(*spaces)
    _scale(*spaces)
    edited.part.chart_workbook.update_from_xlsx_blob(fresh.part.chart_workbook.xlsx_part.blob)
    return True


def _intervals(now: Any, new: Any) -> None:
    """Replace the lengths of the error bars; where people removed them, they stay removed."""
    bars, found = now.find(qn("c:errBars")), new.find(qn("c:errBars"))
    for tag in ("c:plus", "c:minus"):
        part = bars.find(qn(tag)) if bars is not None else None
        if part is not None:
            bars.replace(part, copy.deepcopy(found.find(qn(tag))))


def _points(now: Any, old: Any, new: Any) -> None:
    """Replace the looks of bars; one whose verdict is the same keeps the look that people gave it."""
    kept = {name: (_look(old, at), _look(now, at)) for at, name in enumerate(_names(old))}
    made = []
    for at, name in enumerate(_names(new)):
        fresh, (before, edited) = _look(new, at), kept.get(name, (None, None))
        if fresh is None:
            continue
        untouched = before is not None and edited is not None and _same_look(before, fresh)
        point = copy.deepcopy(edited if untouched else fresh)
        point.find(qn("c:idx")).set("val", str(at))
        made.append(point)
    for point in now.findall(qn("c:dPt")):
        now.remove(point)
    before_ = next(one for one in now if one.tag in {qn(tag) for tag in AFTER_POINTS})
    for point in made:
        before_.addprevious(point)


def _same_look(one: Any, other: Any) -> bool:
    parts = one.find(qn("c:spPr")), other.find(qn("c:spPr"))
    return all(part is not None for part in parts) and same(*parts)


def _names(series: Any) -> list[str]:
    return [one.text or "" for one in series.iterfind(f"{qn('c:cat')}//{qn('c:v')}")]


def _look(series: Any, at: int) -> Any:
    points = series.findall(qn("c:dPt"))
    return next((one for one in points if one.find(qn("c:idx")).get("val") == str(at)), None)


def _target(edited: Any, base: Any, fresh: Any) -> None:
    del base
    now, new = (one.find(f".//{qn('c:catAx')}/{qn('c:crossesAt')}") for one in (edited, fresh))
    if now is not None and new is not None:
        now.set("val", new.get("val"))


def _scale(edited: Any, base: Any, fresh: Any) -> None:
    """Take the new scale, unless people chose one that still shows every value."""
    for name, covers in (("c:max", float.__ge__), ("c:min", float.__le__)):
        now, old, new = (one.find(f".//{qn('c:valAx')}/{qn('c:scaling')}/{qn(name)}") for one in (edited, base, fresh))
        if now is None or old is None or new is None:
            continue
        chosen = now.get("val") != old.get("val") and covers(float(now.get("val")), float(new.get("val")))
        if not chosen:
            now.set("val", new.get("val"))
