"""Read everything that a role is shown: pages, hovers, downloads, documents and command output, as tables and lines."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
from docx import Document
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

STYLE = re.compile(r"<style.*?</style>|<script.*?</script>", re.DOTALL)
ROW, CELL = re.compile(r"<tr.*?</tr>", re.DOTALL), re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
SAID = re.compile(r'(?:title|aria-label|alt|summary|data-[a-z]+)="([^"]*)"')
TAG = re.compile(r"<[^>]+>")
NOISE = re.compile("[\u2060\u200b\\\\]")
"""Word joiners and escapes of Markdown."""
Rows = list[list[str]]


@dataclass(frozen=True)
class Sight:
    """What one look shows.

    Attributes:
        where: page, command or file, with what was chosen.
        tables: their rows, the header first.
        lines: all other text, tooltips and hovers included.
        prose: whether the lines are sentences of a document, which do not name their cell within one line.
    """

    where: str
    tables: tuple[Rows, ...]
    lines: tuple[str, ...]
    prose: bool = False

    @property
    def text(self) -> Iterator[str]:
        """Every piece of text, cells of tables included."""
        yield from self.lines
        for table in self.tables:
            for row in table:
                yield from row


def clean(text: object) -> str:
    """Return text as displayed, on one line."""
    return " ".join(NOISE.sub("", html.unescape(TAG.sub(" ", str(text)))).split())


def of_html(body: str) -> tuple[list[Rows], list[str]]:
    """Return the tables and lines of HTML; tooltips and descriptions are lines of their own."""
    body = STYLE.sub("", body)
    tables = [[[clean(cell) for cell in CELL.findall(row)] for row in ROW.findall(one)]
              for one in re.findall(r"<table.*?</table>", body, re.DOTALL)]  # fmt: skip
    rest = re.sub(r"</(?:p|li|h\d|section|dd|dt|small|summary|blockquote|div)>", "\n", body)
    lines = [clean(line) for line in rest.split("\n")]
    return tables, [*(line for line in lines if line), *(html.unescape(one) for one in SAID.findall(body))]


def of_page(app: AppTest, where: str) -> Sight:
    """Read a page: blocks, text, tables, figures with their hovers, and labels."""
    tables: list[Rows] = []
    lines: list[str] = []
    for block in app.get("html"):
        add(tables, lines, of_html(block.proto.body))
    for kind in ("markdown", "caption", "info", "warning", "error", "subheader", "code", "title", "header"):
        lines += [clean(one.value) for one in app.get(kind)]
    for kind in ("selectbox", "toggle", "button", "download_button", "expander", "number_input"):
        lines += [clean(f"{getattr(one, 'label', '')} {getattr(one, 'help', '') or ''}") for one in app.get(kind)]
    for chart in app.get("plotly_chart"):
        lines += [clean(one) for one in strings(json.loads(chart.proto.spec))]
    for kind in ("table", "dataframe"):
        for one in app.get(kind):
            frame = one.value.reset_index()
            tables.append([[clean(cell) for cell in row] for row in (frame.columns, *frame.to_numpy())])
    return Sight(where, tuple(tables), tuple(lines))


def add(tables: list[Rows], lines: list[str], found: tuple[list[Rows], list[str]]) -> None:
    """Add what was found."""
    tables += found[0]
    lines += found[1]


def strings(node: Any) -> Iterator[str]:
    """Yield every string in a figure: annotations, hovers, `customdata`, labels of axes."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def of_file(name: str, content: bytes) -> Sight:
    """Read a file that a role may take along; an archive with all that it holds."""
    kind = name.rpartition(".")[2]
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [of_file(one, archive.read(one)) for one in archive.namelist()]
        told = (tuple(table for one in inside for table in one.tables), tuple(x for one in inside for x in one.lines))
        return Sight(name, *told, prose=True)
    tables, lines = READERS[kind](content)
    return Sight(name, tuple(tables), tuple(lines), prose=kind != "csv")


def of_output(where: str, text: str) -> Sight:
    """Read what a command prints."""
    return Sight(where, (), tuple(clean(line) for line in text.splitlines() if line.strip()))


def _csv(content: bytes) -> tuple[list[Rows], list[str]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    widest = max((len(row) for row in rows), default=0)
    table = [row for row in rows if len(row) == widest > 1]
    return [table], [clean(" ".join(row)) for row in rows if len(row) != widest]


def _xlsx(content: bytes) -> tuple[list[Rows], list[str]]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheets = [[["" if cell is None else clean(cell) for cell in row] for row in sheet.values] for sheet in book]
    return [part for sheet in sheets for part in _parts(sheet)], _xml(content)[1]


def _parts(sheet: Rows) -> Iterator[Rows]:
    """Yield the tables of a sheet: runs of rows with at least two cells filled."""
    run: Rows = []
    for row in [*sheet, []]:
        if sum(1 for cell in row if cell) > 1:
            run.append(row)
        elif run:
            yield run
            run = []


def _docx(content: bytes) -> tuple[list[Rows], list[str]]:
    found = Document(io.BytesIO(content))
    tables = [[[clean(cell.text) for cell in row.cells] for row in table.rows] for table in found.tables]
    return tables, [*(clean(one.text) for one in found.paragraphs), *_xml(content)[1]]


def _xml(content: bytes) -> tuple[list[Rows], list[str]]:
    """Return all text of an office file, by paragraph: notes, comments and descriptions of pictures, too."""
    lines: list[str] = []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml") and "theme" not in name and "styles" not in name:
                body = archive.read(name).decode("utf-8")
                parts = re.split(r"</(?:a:p|w:p|si|row)>", body)
                lines += [clean("".join(re.findall(r"<(?:a:t|w:t|t)(?: [^>]*)?>([^<]*)<", part))) for part in parts]
                lines += [html.unescape(one) for one in re.findall(r' descr="([^"]*)"', body)]
    return [], [line for line in lines if line]


def _pdf(content: bytes) -> tuple[list[Rows], list[str]]:
    pages = PdfReader(io.BytesIO(content)).pages
    return [], [clean(line) for page in pages for line in page.extract_text().splitlines()]


def _html(content: bytes) -> tuple[list[Rows], list[str]]:
    return of_html(content.decode("utf-8"))


def _picture(content: bytes) -> tuple[list[Rows], list[str]]:
    """Return nothing: a picture is drawn from a page, which is read itself."""
    assert content
    return [], []


READERS = {
    "csv": _csv,
    "xlsx": _xlsx,
    "docx": _docx,
    "pptx": _xml,
    "pdf": _pdf,
    "html": _html,
    "svg": _html,
    "png": _picture,
}
"""Ending of a file -> what reads it; a file of another kind fails the test."""
