"""Areas drawn by their boundaries: coloured and marked by the worst verdict of each; a click opens the area."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import pandas as pd

from analysis.areas.verdict import Verdict
from analysis.numerals import percent
from survey.boundaries.stored import Shape
from views.blocks.html import class_of, mark, text
from views.blocks.maps.frame import WIDE, Frame, frame_of, handle, path, radius
from views.blocks.tiles import NAMED, found_of, legend_of, shown_of, worst_of
from views.charts.parts import style
from views.shell.palette import WEAK, WEAK_DARK, WHITE

HATCH = (
    "<pattern id='h' width='16' height='16' patternUnits='userSpaceOnUse' patternTransform='rotate(45)'>"
    "<rect width='16' height='16' fill='#FFFFFF'/><rect width='2' height='16' fill='#D5D8DC'/></pattern>"
)
TALL, TALLEST = 14.5, 26.0
"""Height in rem of a map beside a list on one screen, and of one with all streets."""
EDGE, OUTLINE = "#8A9098", "#4A5058"
LETTER, LINES, SMALL = 0.875, 2.3, 0.55
"""Size in rem of a letter and of two lines; and the radius below which an ordinary area has no mark."""
HERE, LACKING = "地图", "没有边界，图上看不到"
KINDS = "区县市街道"
"""Letters at the end of a name that say the kind of the area."""
NARROW = 0x2000
"""Letters up to this one take half the width of a Chinese character."""
ROOMY = 2.1
"""How much longer than its radius a line may be, in the circle inside an area."""


def shape_map(
    judged: pd.DataFrame,
    area: str,
    shapes: Mapping[str, Shape],
    address: Callable[[str, str], str],
    *,
    outlines: Sequence[Shape] = (),
    metres: bool = False,
    tallest: float = TALL,
) -> str:
    """Return the map, the areas that have no boundary, and the legend with its counts.

    Args:
        judged: one row per area and rate, from `reports.verdicts.judged`; names may bear the mark of a red light.
        area: the column that names the areas.
        shapes: name in that column -> its boundary; those without rows are drawn empty.
        address: (area, label of its worst rate) -> where a click leads.
        outlines: larger areas around these, drawn as lines.
        metres: whether coordinates are metres.
        tallest: height in rem that the map may take.
    """
    worst = worst_of(judged, area)
    frame = frame_of([*shapes.values(), *outlines], tallest, metres=metres)
    picture = _picture(frame, shapes, worst, outlines)
    links = "".join(_link(frame, name, one, worst[name], address) for name, one in shapes.items() if name in worst)
    names = "".join(_name(frame, one, worst[name], len(shapes)) for name, one in shapes.items() if name in worst)
    lacking = _lacking([name for name in worst if name not in shapes], worst, address)
    return (
        f'<div class="silu-map" style="{_size(frame)}">{picture}<nav aria-label="{HERE}">{links}</nav>'
        f'<div aria-hidden="true">{names}</div></div>{lacking}{legend_of(worst, "street" if outlines else area)}'
    )


def plain_map(shapes: Mapping[str, Shape], *, metres: bool) -> str:
    """Return a map of areas with their names only, to be looked at before it is imported."""
    frame = frame_of(list(shapes.values()), TALLEST, metres=metres)
    names = "".join(_plain_name(frame, one, len(shapes)) for one in shapes.values())
    return f'<div class="silu-map" style="{_size(frame)}">{_picture(frame, shapes, {}, ())}<div>{names}</div></div>'


def _size(frame: Frame) -> str:
    """Return the size of the map, and of its letters where a narrow window makes it smaller."""
    letters = LETTER / frame.rem
    return f"--wide:{round(frame.rem, 2)}rem;--ratio:{WIDE}/{round(frame.high)};--letters:{round(letters, 4)}"


def _plain_name(frame: Frame, shape: Shape, number: int) -> str:
    name = shape.name if _width(shape.name) <= ROOMY * radius(frame, shape) else shape.name[:2]
    if number > NAMED and name != shape.name:
        return ""
    left, top = frame.place(shape.label)
    return f'<span style="left:{percent(left)};top:{percent(top)}">{text(name)}</span>'


def _picture(frame: Frame, shapes: Mapping[str, Shape], worst: Mapping[str, Any], outlines: Sequence[Shape]) -> str:
    """Return the picture of all areas, those that stand out last; nothing in it is fetched from elsewhere."""
    states = {name: str(worst[name]["_state"]) if name in worst else "" for name in shapes}
    last = [Verdict.WATCH, Verdict.WEAK]
    order = sorted(shapes, key=lambda name: last.index(states[name]) if states[name] in last else -1)  # type: ignore[arg-type]
    areas = "".join(f"<path {_look(states[name])} d='{path(frame, shapes[name])}'/>" for name in order)
    lines = "".join(
        f"<path fill='none' stroke='{OUTLINE}' stroke-width='5' d='{path(frame, one)}'/>" for one in outlines
    )
    drawn = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDE} {round(frame.high)}'><defs>{HATCH}</defs>"
        f"<g fill-rule='evenodd' stroke-linejoin='round'>{areas}{lines}</g></svg>"
    )
    return f'<img alt="" src="data:image/svg+xml,{quote(drawn, safe=" =:/,;()-")}">'


def _look(state: str) -> str:
    if not state:
        return f"fill='{WHITE}' stroke='{EDGE}' stroke-width='2'"
    fill = style.CELLS[state][0] if state in style.CELLS else "url(#h)"
    edge, width = {Verdict.WEAK: (WEAK_DARK, 4), Verdict.WATCH: (WEAK, 4)}.get(state, (EDGE, 2))  # type: ignore[call-overload]
    return f"fill='{fill}' stroke='{edge}' stroke-width='{width}'"


def _link(frame: Frame, name: str, shape: Shape, row: Any, address: Callable[[str, str], str]) -> str:
    state = str(row["_state"])
    found = found_of(row, state)
    words = f"{shape.name}：{found}，{state}" if found != state else f"{shape.name}：{state}"
    at = handle(frame, shape)
    box = f"left:{percent(at.left)};top:{percent(at.top)};width:{percent(at.width)};height:{percent(at.height)}"
    below = ";z-index:0" if any(len(part) > 1 for part in shape.parts) else ""
    return (
        f'<a class="silu-place" href="{address(name, str(row["label"]))}" title="{text(words)}" '
        f'aria-label="{text(words)}" style="{box}{below};clip-path:polygon(evenodd,{at.corners})"></a>'
    )


def _name(frame: Frame, shape: Shape, row: Any, number: int) -> str:
    """Return what stands on an area: name, mark and finding, as much as there is room for."""
    state, room = str(row["_state"]), radius(frame, shape)
    loud = state in (Verdict.WEAK, Verdict.WATCH)
    if room < SMALL and not loud:
        return ""
    left, top = frame.place(shape.label)
    lines = _lines(shape.name, state, shown_of(row, state), room, named=loud or number <= NAMED)
    place = f"left:{percent(left)};top:{percent(top)}"
    return f'<span class="{class_of(state).replace("silu-", "silu-on-")}" style="{place}">{lines}</span>'


def _lines(name: str, state: str, found: str, room: float, *, named: bool) -> str:
    bare = name.rstrip(KINDS)[:3] or name[:3]
    fits = [one for one in (name, bare) if named and _width(one) <= ROOMY * room and room * 2 >= LINES]
    if not fits:
        return mark(state)
    whole = _width(f"{found}—") <= ROOMY * room
    return f"<b>{text(fits[0])}</b>{mark(state)}{' ' + text(found) if whole else ''}"


def _width(words: str) -> float:
    """Return the width of a text in rem, about."""
    return LETTER * sum(1.0 if ord(letter) > NARROW else 0.56 for letter in words)


def _lacking(names: Sequence[str], worst: Mapping[str, Any], address: Callable[[str, str], str]) -> str:
    """Return the areas that the file of boundaries does not have, each with its verdict."""
    if not names:
        return ""
    entries = "".join(
        f'<li><a href="{address(name, str(worst[name]["label"]))}">{mark(str(worst[name]["_state"]))} '
        f"{text(name)} {text(found_of(worst[name], str(worst[name]['_state'])))}</a></li>"
        for name in names
    )
    return f'<ul class="silu-legend silu-unmapped"><li>{LACKING}</li>{entries}</ul>'
