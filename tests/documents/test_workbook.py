"""The workbook: one table a sheet, no merged cells, no formulas, numbers as numbers, charts described in words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace

import openpyxl
import pytest

from documents.xlsx.render import CONTENTS, NOTES, render
from reports.briefing.blocks import Table, plain
from reports.briefing.model import Briefing, Kind
from reports.sentences.sentence import Name, say


@pytest.fixture(scope="module")
def book(pages: Mapping[Kind, Briefing]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render(pages[Kind.PROFILE])))


def test_contents_and_notes_come_first_and_nothing_is_merged(book: openpyxl.Workbook) -> None:
    assert book.sheetnames[:2] == [CONTENTS, NOTES]
    assert len(book.sheetnames) > 5
    assert not [sheet.title for sheet in book if sheet.merged_cells.ranges]


def test_rates_are_numbers_and_charts_point_at_them(book: openpyxl.Workbook, pages: Mapping[Kind, Briefing]) -> None:
    sheet = next(one for one in book if one.title.endswith("（图）"))
    chart = pages[Kind.PROFILE].charts[0]
    shown = [row[2].value for row in sheet.iter_rows(min_row=5, max_row=4 + len(chart.points))]
    assert shown == [float(str(point.value).removesuffix("%")) for point in chart.points]
    drawings = zipfile.ZipFile(io.BytesIO(render(pages[Kind.PROFILE])))
    names = [name for name in drawings.namelist() if name.startswith("xl/drawings/drawing")]
    assert any(chart.alt.text[:9] in drawings.read(name).decode() for name in names)


def test_a_name_that_looks_like_a_formula_stays_text(page: Briefing) -> None:
    cell = plain(say("{name}", name=Name("=1+1")))
    blocks = tuple(
        replace(one, rows=((cell, *one.rows[0][1:]),)) if isinstance(one, Table) else one for one in page.blocks
    )
    found = openpyxl.load_workbook(io.BytesIO(render(replace(page, blocks=blocks))))
    cells = [one for sheet in found for row in sheet.iter_rows() for one in row if one.value == "=1+1"]
    assert cells
    assert {one.data_type for one in cells} == {"s"}
