"""What slides say: titles, texts, cells, numbers of charts, alternative texts and notes, each with its place."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from power_pptx import Presentation
from power_pptx.enum.shapes import MSO_SHAPE_TYPE

from documents.joiners import plain
from documents.places import place
from documents.regions import group_of, instance, is_region, plain_name, region
from reports.sentences.sentence import Declared, say

Said = tuple[str, str]
"""Place and text."""
Part = tuple[str, str, str]
"""Region, place and text."""
NUMBERED = "页码"
"""What is said of a slide that bears its right number, whatever other slides there are."""


def read(content: bytes) -> tuple[Said, ...]:
    """Return everything that slides say, in order."""
    return tuple((where, text) for _, where, text in parts(content))


def parts(content: bytes) -> tuple[Part, ...]:
    """Return the same with the region of each piece; "" for what stands in none."""
    deck = Presentation(io.BytesIO(content))
    seen = Counter[str]()
    total = len(deck.slides)
    return tuple(
        said for number, slide in enumerate(deck.slides, start=1) for said in _slide(slide, number, total, seen)
    )


def _slide(slide: Any, number: int, total: int, seen: Counter[str]) -> Iterator[Part]:
    where = place("第 {n} 页", n=number)
    here = []
    for shape in shapes_of(slide.shapes):
        name = instance(shape.name, seen) if is_region(shape.name) else ""
        here += [name] if name else []
        for one in _shape(shape, where):
            right = name.endswith(":页码") and one[1] == page_number(number, total)
            yield name, one[0], NUMBERED if right else one[1]
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame.text:
        notes = region(group_of(plain_name(here[0])), "notes") if here else ""
        yield notes, f"{where}的备注", slide.notes_slide.notes_text_frame.text


def page_number(number: int, total: int) -> str:
    """Return the words of the number of a slide."""
    return say("{at} / {all}", at=Declared(str(number), "numbering"), all=Declared(str(total), "numbering")).text


def shapes_of(shapes: Any) -> Iterator[Any]:
    """Yield shapes, also those that people have grouped."""
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from shapes_of(shape.shapes)
        else:
            yield shape


def _shape(shape: Any, where: str) -> Iterator[Said]:
    if shape.alt_text:
        yield f"{where}的替代文字", shape.alt_text
    if getattr(shape, "has_chart", False) and shape.has_chart:
        yield from _chart(shape.chart, f"{where}的图")
    elif getattr(shape, "has_table", False) and shape.has_table:
        yield from _table(shape.table, f"{where}的表")
    elif shape.has_text_frame and shape.text_frame.text:
        yield where, _words(shape.text_frame)


def _table(table: Any, where: str) -> Iterator[Said]:
    for at, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row.cells, start=1):
            if cell.text_frame.text:
                yield where + place("第 {row} 行第 {column} 列", row=at, column=column), _words(cell.text_frame)


def _words(frame: Any) -> str:
    """Return the words of a frame; the library reads a line break as a vertical tab."""
    return plain(str(frame.text).replace("\v", "\n"))


def _chart(chart: Any, where: str) -> Iterator[Said]:
    """Yield the numbers in a chart: what it draws, its intervals, and those in the workbook behind it."""
    numbers = chart._chartSpace.xpath(".//c:numCache/c:pt | .//c:numLit/c:pt")
    numbers += chart._chartSpace.xpath(".//c:strCache/c:pt")
    for at, one in enumerate(numbers, start=1):
        yield where + place("第 {n} 个数", n=at), one.find("{*}v").text
    for one in chart._chartSpace.xpath(".//c:catAx/c:crossesAt"):
        yield f"{where}的目标线", one.get("val")
    for at, row in enumerate(_workbook(chart), start=1):
        yield where + place("数据表第 {n} 行", n=at), row


def _workbook(chart: Any) -> Iterator[str]:
    """Yield the rows of the workbook that an editor of the chart opens."""
    import pandas as pd

    blob = chart.part.chart_workbook.xlsx_part.blob
    for row in pd.read_excel(io.BytesIO(blob), header=None).itertuples(index=False):
        yield "，".join(str(cell) for cell in row if cell == cell)  # noqa: PLR0124
