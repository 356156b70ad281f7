"""哪里 of 总览: districts or streets as tiles or as a map, whichever the reader chose; a click opens the area.

On a page the map stands wherever the study has boundaries. A picture that leaves the office shows tiles, unless the
address asks for the map, which then says its approval number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import pandas as pd
import streamlit as st

from reports.areas.places import Area, children, find, in_scope, require_level
from reports.overview.problems import Problem
from reports.overview.shapes import Shapes
from reports.selection import Selection
from survey.boundaries.stored import Shape
from survey.errors import ArgumentError
from views.blocks.html import text
from views.blocks.maps.shapes import TALLEST, shape_map
from views.blocks.tiles import faults, tile_map
from views.cached.areas import four_of
from views.cached.places import boundaries_of, tile_map_of
from views.panels.addresses import address, address_of_area
from views.panels.picture_mode import shot
from views.visitor import session
from views.visitor.session import Loaded

MAP = "map"
"""Query parameter: one of the three below; without it, the map on a page and tiles in a picture."""
TILES, SHAPES, STREETS = "tiles", "shapes", "streets"
HEAD, ARROW = "哪里", "&nbsp;→"
AS_TILES, AS_MAP, ALL_STREETS, WHOLE_CITY = "格子图", "地图", "全市街道", "全市"
BY_WORST, BY_PLACE = "按最差的一项着色", "大致按方位排列，"
IN_PICTURES, WHY = "图片也用地图", "保存的图片默认用格子图"
MINE, STREETS_OF, STREETS_BY = "各街道", "各街道，按最差的一项着色", "全市各街道，按最差的一项着色"


def district_map(loaded: Loaded, selection: Selection, judged: pd.DataFrame, found: Sequence[Problem]) -> str:
    """Return the districts, all streets, or the streets of one district, as tiles or by their boundaries.

    Args:
        loaded: the study and the data version that is shown.
        selection: wave, mode and people.
        judged: verdicts of the districts, marked by their lights.
        found: the problems that are listed; the map leads to the streets of the first one.
    """
    shapes = boundaries_of(loaded)
    if (one := _in_address(loaded, selection)) is not None:
        return _streets_of(loaded, selection, one, shapes)
    if st.query_params.get(MAP) == STREETS and shapes.streets:
        return _all_streets(loaded, selection, shapes)
    return _districts(loaded, judged, found, shapes)


def _drawn(shapes: Mapping[str, Shape]) -> bool:
    """Return whether boundaries are drawn: where there are some, and neither address nor picture asks for tiles."""
    asked = st.query_params.get(MAP, TILES if shot() else SHAPES)
    return bool(shapes) and asked != TILES


def _districts(loaded: Loaded, judged: pd.DataFrame, found: Sequence[Problem], shapes: Shapes) -> str:
    first = found[0].place[0] if found else ""
    more = [_link(first + MINE, address("overview", **{session.DISTRICT: first}, **_asked()))] if first else []
    if _drawn(shapes.districts):
        drawn = shape_map(judged, "district", shapes.districts, _open, metres=shapes.metres)
        streets = [_link(ALL_STREETS, address("overview", **{MAP: STREETS}))] if shapes.streets else []
        return _section(BY_WORST, more, drawn + _said(shapes, {}, streets))
    laid = tile_map_of(loaded)
    tiles = tile_map(judged, "district", loaded.study.areas.districts, _open, cells=laid.cells)
    links = [_link(AS_MAP, address("overview"))] if shapes.districts else []
    order = (BY_PLACE if laid.cells else "") + BY_WORST
    return _section(order, [*links, *more], tiles + faults((*laid.notes, *shapes.notes)))


def _all_streets(loaded: Loaded, selection: Selection, shapes: Shapes) -> str:
    """Return all streets of the city by their boundaries; each that the reader may see leads to its profile."""
    areas = loaded.study.areas
    mine = [one for name in in_scope(areas, selection.scope) for one in children(areas, find(areas, [name]))]
    rows, drawn, ways = _streets(loaded, selection, mine, shapes)
    if rows.empty:
        return ""
    lines = tuple(shapes.districts.values())
    drawing = shape_map(rows, "street", drawn, ways, outlines=lines, metres=shapes.metres, tallest=TALLEST)
    return _section(STREETS_BY, [_back()], drawing + _note(shapes))


def _streets_of(loaded: Loaded, selection: Selection, district: Area, shapes: Shapes) -> str:
    """Return the streets of a district, each leading to its profile."""
    mine = children(loaded.study.areas, district)
    rows, drawn, ways = _streets(loaded, selection, mine, shapes)
    note, here = f"{district.name}{STREETS_OF}", {session.DISTRICT: district.name}
    if _drawn(drawn) and len(rows):
        drawing = shape_map(rows, "street", drawn, ways, metres=shapes.metres)
        return _section(note, [_back()], drawing + _said(shapes, here, []))
    tiles = tile_map(rows, "street", [one.name for one in mine], ways) if len(rows) else ""
    links = [_link(AS_MAP, address("overview", **here))] if drawn else []
    return _section(note, [*links, _back()], tiles)


def _streets(
    loaded: Loaded, selection: Selection, mine: Sequence[Area], shapes: Shapes
) -> tuple[pd.DataFrame, Mapping[str, Shape], Callable[[str, str], str]]:
    """Return the verdicts of some streets, their boundaries by name, and where a click on each leads."""
    by_name = {one.name: one for one in mine}
    table = four_of(loaded, selection, "street").table
    drawn = {name: shapes.streets[one.path] for name, one in by_name.items() if one.path in shapes.streets}
    return (
        table[table["street"].astype(str).isin(by_name)],
        drawn,
        lambda name, _: address("area", **by_name[name].address),
    )


def _asked() -> dict[str, str]:
    """Return the reader's choice for links to further maps."""
    return {MAP: TILES} if st.query_params.get(MAP) == TILES else {}


def _back() -> str:
    return f'<a class="silu-do" href="{address("overview", **_asked())}">←&nbsp;{WHOLE_CITY}</a>'


def _link(label: str, href: str, why: str = "") -> str:
    title = f' title="{text(why)}"' if why else ""
    return f'<a class="silu-do" href="{href}"{title}>{text(label)}{ARROW}</a>'


def _section(note: str, links: Sequence[str], inside: str) -> str:
    small = text(note) + "".join(f'<span class="silu-do"> · </span>{link}' for link in links)
    return f"<section><h2>{HEAD}<small>{small}</small></h2>{inside}</section>"


def _said(shapes: Shapes, here: Mapping[str, str], more: Sequence[str]) -> str:
    """Return what the map says about itself, and the ways to tiles and to the map in pictures."""
    links = [_link(AS_TILES, address("overview", **here, **{MAP: TILES})), *more]
    if MAP not in st.query_params:
        links.append(_link(IN_PICTURES, address("overview", **here, **{MAP: SHAPES}), WHY))
    return _note(shapes, links)


def _note(shapes: Shapes, links: Sequence[str] = ()) -> str:
    """Return the line below a map; a picture keeps only what the map says about itself."""
    return f'<p class="silu-map-note">{" · ".join([f"<b>{text(shapes.stated)}</b>", *links])}</p>'


def _in_address(loaded: Loaded, selection: Selection) -> Area | None:
    """Return the district that the address names, where it exists and the reader may see it."""
    named = st.query_params.get(session.DISTRICT, "")
    if named not in loaded.study.areas.districts:
        return None
    area = find(loaded.study.areas, [named])
    with suppress(ArgumentError):
        require_level(area, reserved=selection.reserved, scope=selection.scope)
        return area
    return None


def _open(area: str, _: str) -> str:
    """Return where a click on a district leads."""
    return address_of_area(area)
