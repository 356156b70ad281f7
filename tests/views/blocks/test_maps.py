"""A map says the verdict of each area in colour, sign and word, at the place of its boundary; nothing is fetched."""

import re
from urllib.parse import unquote

import pandas as pd
import pytest

from survey.boundaries.stored import Shape
from tests.views.blocks.test_blocks import EVIL, rates
from views.blocks.html import link
from views.blocks.maps.frame import frame_of, handle, path
from views.blocks.maps.shapes import plain_map, shape_map

HOLE = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4))


def square(name: str, column: int, row: int, *, hole: bool = False, size: float = 1.0) -> Shape:
    corners = [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    ring = tuple((column + x * size, row + y * size) for x, y in corners)
    middle = (column + size / 2, row + size / 2)
    return Shape("district", 1, name, name, ((ring, HOLE) if hole else (ring,),), middle, size / 2)


def drawn(shapes: dict[str, Shape], table: pd.DataFrame) -> str:
    return shape_map(table, "district", shapes, lambda area, rate: f"area?{area}&{rate}", metres=True)


def picture(html: str) -> str:
    (data,) = re.findall(r'<img alt="" src="data:image/svg\+xml,([^"]+)"', html)
    return unquote(data)


def test_each_area_is_coloured_named_and_linked() -> None:
    shapes = {name: square(name, at, 0) for at, name in enumerate(["甲区", "乙区", "丙区"])}
    table = rates(0.9, 0.5, 0.78, district=list(shapes))
    html = drawn(shapes, table)
    assert re.findall(r'aria-label="([^"]+：[^"]+)"', html) == [
        "甲区：各率达标，达标", "乙区：满意率 50%，确认薄弱", "丙区：满意率 78%，观察",
    ]  # fmt: skip
    assert 'href="area?乙区&满意率"' in html
    assert re.findall(r"<path fill='([^']+)'", picture(html)) == ["#E3EDF6", "#FBEADC", "#C44E00"]
    assert re.findall(r"silu-on-(\w+)", html) == ["met", "weak", "watch"]
    assert re.findall(r'<b>(.+?)</b><span aria-hidden="true">(.)</span>', html) == [
        ("甲区", "■"),
        ("乙区", "▼"),
        ("丙区", "▽"),
    ]
    assert "确认薄弱 1" in html


def test_areas_without_a_boundary_are_listed_and_those_without_answers_are_drawn_empty() -> None:
    shapes = {"甲区": square("甲区", 0, 0), "别区": square("别区", 1, 0)}
    html = drawn(shapes, rates(0.9, 0.5, district=["甲区", "无界区"]))
    assert "没有边界，图上看不到" in html
    assert re.findall(r'silu-unmapped.*?<a href="area\?(.+?)&', html) == ["无界区"]
    assert html.count('class="silu-place"') == 1
    assert picture(html).count("<path") == 2
    assert "fill='#FFFFFF'" in picture(html)


def test_north_is_up_and_degrees_keep_their_proportion() -> None:
    south, north = square("南", 120, 60), square("北", 120, 61)
    frame = frame_of([south, north], 20, metres=False)
    assert frame.place(north.label)[1] < frame.place(south.label)[1]
    assert frame.down / frame.across == pytest.approx(1 / 0.48481, rel=1e-4)  # cos(61 degrees)
    assert all(0 < one < 1 for one in (*frame.place(north.label), *frame.place(south.label)))


def test_paths_close_on_themselves_and_holes_stay_holes() -> None:
    shape = square("甲", 0, 0, hole=True)
    frame = frame_of([shape], 20, metres=True)
    outer, inner = path(frame, shape).rstrip("z").split("z")
    for ring in (outer, inner):
        steps = [int(one) for one in re.findall(r"-?\d+", ring.partition("l")[2])]
        assert sum(steps[::2]) == 0
        assert sum(steps[1::2]) == 0
    found = handle(frame, shape)
    assert (found.left, found.top) == (pytest.approx(0.004), pytest.approx(0.004, abs=1e-3))
    assert found.corners.count(",") == 4


def test_small_areas_keep_only_their_mark() -> None:
    shapes = {
        "甲区": square("甲区", 0, 0),
        "乙区": square("乙区", 1, 0, size=0.05),
        "丙区": square("丙区", 2, 0, size=0.04),
    }
    html = drawn(shapes, rates(0.9, 0.5, 0.9, district=list(shapes)))
    assert re.findall(r"<b>(.+?)</b>", html) == ["甲区"]
    assert (
        html.count('<span class="silu-on-') == 2
    )  # ▼ stands on the small weak area, nothing on the small one that is met
    assert "丙区：各率达标" in html


def test_foreign_names_are_shown_as_they_are() -> None:
    table = rates(0.5, district=EVIL).assign(label=EVIL)
    html = shape_map(table, "district", {EVIL: square(EVIL, 0, 0)}, lambda area, _: link("area", {"district": area}))
    for one in (html, plain_map({"1": square(EVIL, 0, 0)}, metres=True)):
        assert "<script" not in one
    assert "&lt;script&gt;" in html


def test_nothing_is_fetched() -> None:
    html = drawn({"甲区": square("甲区", 0, 0)}, rates(0.9, district="甲区"))
    assert set(re.findall(r"https?://[^'\" ]+", unquote(html))) == {"http://www.w3.org/2000/svg"}
    assert "url(" not in html.replace(html[html.index("src=") :], "")
