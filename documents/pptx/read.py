"""What slides say: titles, texts, cells, numbers of charts, alternative texts and notes, each with its place."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from power_pptx import Presentation

from documents.places import place

Said = tuple[str, str]
"""Place and text."""


def read(content: bytes) -> tuple[Said, ...]:
    """Return everything that slides say, in order."""
    deck = Presentation(io.BytesIO(content))
    return tuple(said for number, slide in enumerate(deck.slides, start=1) for said in _slide(slide, number))


def _slide(slide: Any, number: int) -> Iterator[Said]:
    where = place("第 {n} 页", n=number)
    for shape in slide.shapes:
        if shape.alt_text:
            yield f"{where}的替代文字", shape.alt_text
        if getattr(shape, "has_chart", False) and shape.has_chart:
            yield from _chart(shape.chart, f"{where}的图")
        elif getattr(shape, "has_table", False) and shape.has_table:
            yield from _table(shape.table, f"{where}的表")
        elif shape.has_text_frame and shape.text_frame.text:
            yield where, _words(shape.text_frame)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame.text:
        yield f"{where}的备注", slide.notes_slide.notes_text_frame.text


def _table(table: Any, where: str) -> Iterator[Said]:
    for at, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row.cells, start=1):
            if cell.text_frame.text:
                yield where + place("第 {row} 行第 {column} 列", row=at, column=column), _words(cell.text_frame)


def _words(frame: Any) -> str:
    """Return the words of a frame; the library reads a line break as a vertical tab."""
    return str(frame.text).replace("\v", "\n")


def _chart(chart: Any, where: str) -> Iterator[Said]:
    """Yield the numbers in a chart: what it draws, its intervals, and those in the workbook behind it."""
    numbers = chart._chartSpace.xpath(".//c:numCache/c:pt | .//c:numLit/c:pt")
    for at, one in enumerate(numbers, start=1):
        yield where + place("第 {n} 个数", n=at), one.find("{*}v").text
    for at, row in enumerate(_workbook(chart), start=1):
        yield where + place("数据表第 {n} 行", n=at), row


def _workbook(chart: Any) -> Iterator[str]:
    """Yield the rows of the workbook that an editor of the chart opens."""
    import pandas as pd

    blob = chart.part.chart_workbook.xlsx_part.blob
    for row in pd.read_excel(io.BytesIO(blob), header=None).itertuples(index=False):
        yield "，".join(str(cell) for cell in row if cell == cell)  # noqa: PLR0124
