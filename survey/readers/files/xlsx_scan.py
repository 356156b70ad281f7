"""Scan the XML of an xlsx for what the parser omits: merged cells, hidden rows and columns, formulas without a value.

Also returns the raw numbers of cells that the parser changes: floats cut at nine decimals, whole numbers of more than
15 digits, and numbers whose format it takes for a date (`[hh]`, `A/P`). Runs in the child process of `excel_child`;
imports nothing of Silu.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from pathlib import Path
from typing import cast

CHUNK = 2**18
CERTAIN = 2 * 2**20
"""A larger sheet is scanned beyond this (inflated bytes) only if it has formulas, hidden rows or empty cells before."""
HINTS = (b"<f>", b"<f ", b":f>", b":f ", b" hidden=", b'"/></row>', b'"/><c ', b"mergeCell")
"""Formulas, hidden rows, and empty cells, which merged ranges leave behind."""
ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\bhidden="(?:1|true)"')
COLUMNS = re.compile(rb'<(?:\w+:)?col\b[^>]*?\bhidden="(?:1|true)"[^>]*>')
FROM, TO = re.compile(rb'\bmin="(\d+)"'), re.compile(rb'\bmax="(\d+)"')
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)"')
CELL = re.compile(rb'<(?:\w+:)?c\b([^>]*?\br="([A-Z]+)(\d+)"[^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)', re.S)
FIRST = b'<c r="'
TYPE = re.compile(rb'\bt="(\w+)"')
STYLE = re.compile(rb'\bs="(\d+)"')
VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")
QUOTED = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[(?:\$[^\]]*|Red|Black|Blue|Green|White|Yellow|Cyan|Magenta|Color\s*\d+)\]', re.I
)
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.I)
DATE1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"')
EXTENSION = re.compile(rb"<x15:workbookPr\b[^>]*?(?:/>|>.*?</x15:workbookPr>)", re.S)
RELATIONS = "xl/_rels/workbook.xml.rels"
ELEMENT = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
ATTRIBUTE = re.compile(r'(?:\w+:)?(\w+)="([^"]*)"')
Cells = dict[tuple[int, int], str]


@dataclass
class SheetFacts:
    """What a scan found in one sheet; rows and columns count from 0.

    Attributes:
        merged: first row, first column, last row, last column of every merged range.
        hidden: number of hidden rows.
        hidden_columns: first and last column of every hidden range.
        empty_formulas: cells with a formula and no value.
        raw: cell -> number that the parser takes for a date.
        numbers: cell -> number, for all numbers of the requested columns.
    """

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: int = 0
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    empty_formulas: list[tuple[int, int]] = field(default_factory=list)
    raw: Cells = field(default_factory=dict)
    numbers: Cells = field(default_factory=dict)


class Workbook:
    """The parts of an xlsx that a scan needs."""

    def __init__(self, path: Path) -> None:
        """Read the list of sheets and the formats of numbers."""
        self._path = path
        with zipfile.ZipFile(path) as archive:
            self._members = _members(archive)
            self._misread = _misread_styles(archive)

    def scan(self, name: str, columns: frozenset[int]) -> SheetFacts:
        """Return the facts of a sheet; none where its XML is not found.

        Args:
            name: name of the sheet.
            columns: columns of which the raw numbers are needed.
        """
        facts, member = SheetFacts(), self._members.get(name)
        if member is None:
            return facts
        with zipfile.ZipFile(self._path) as archive:
            deep = bool(columns or self._misread)
            for piece in _pieces(archive, member, deep=deep):
                if not deep and not any(hint in piece for hint in HINTS):
                    continue
                _structure(piece, facts)
                if deep or _has_formula(piece):
                    self._cells(piece, columns, facts)
        return facts

    def _cells(self, piece: bytes, columns: frozenset[int], facts: SheetFacts) -> None:
        everything = bool(self._misread) or _has_formula(piece)
        cells = CELL if everything else _cells_of(columns, address_first=piece.count(b"<c ") == piece.count(FIRST) > 0)
        for attributes, letters, digits, content in cells.findall(piece):
            where = int(digits) - 1, column_of(letters)
            value = VALUE.search(content)
            if value is None:
                if FORMULA.search(content) and b"<is" not in content:
                    facts.empty_formulas.append(where)
                continue
            kind = TYPE.search(attributes)
            if kind and kind[1] != b"n":
                continue
            style = STYLE.search(attributes)
            elapsed = self._misread.get(int(style[1])) if style else None
            if elapsed is not None:
                facts.raw[where] = _shown(value[1].decode(), elapsed=elapsed)
            elif where[1] in columns:
                facts.numbers[where] = _shown(value[1].decode(), elapsed=False)


def _structure(piece: bytes, facts: SheetFacts) -> None:
    """Add hidden rows and columns and merged ranges; a plain search first, because a pattern is slow on many cells."""
    if b" hidden=" in piece:
        facts.hidden += len(ROW.findall(piece))
        facts.hidden_columns += _hidden_columns(piece)
    if b"mergeCell" in piece:
        for first, top, last, bottom in MERGED.findall(piece):
            facts.merged.append((int(top) - 1, column_of(first), int(bottom) - 1, column_of(last)))


def _has_formula(piece: bytes) -> bool:
    return (b"<f" in piece or b":f" in piece) and FORMULA.search(piece) is not None


@cache
def _cells_of(columns: frozenset[int], *, address_first: bool) -> re.Pattern[bytes]:
    """Return the pattern of the cells of some columns.

    Where every cell begins with its address, as most programs write it, a pattern with a literal beginning is several
    times as fast.
    """
    letters = b"|".join(letters_of(column) for column in sorted(columns))
    if address_first:
        return re.compile(rb'<c (r="(%b)(\d+)"[^>]*?)(?:/>|>(.*?)</c>)' % letters, re.S)
    return re.compile(CELL.pattern.replace(b"[A-Z]+", letters, 1), re.S)


def letters_of(column: int) -> bytes:
    """Return the letters of a column that counts from 0."""
    number, letters = column + 1, b""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters


def with_right_dates(path: Path, folder: Path) -> Path:
    """Return a copy whose dates the parser counts from 1904, where an extension makes it forget that; else the file."""
    with zipfile.ZipFile(path) as archive:
        name = next((name for name in archive.namelist() if name == "xl/workbook.xml"), "")
        content = archive.read(name) if name else b""
        if not (DATE1904.search(content) and EXTENSION.search(content)):
            return path
        copy = folder / "dates.xlsx"
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for entry in archive.infolist():
                whole = EXTENSION.sub(b"", content) if entry.filename == name else archive.read(entry)
                target.writestr(entry.filename, whole)
    return copy


def column_of(letters: bytes) -> int:
    """Return the number of a column from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _hidden_columns(piece: bytes) -> list[tuple[int, int]]:
    """Return first and last of every hidden range of columns, from 0."""
    ends = ((FROM.search(element), TO.search(element)) for element in COLUMNS.findall(piece))
    return [(int(first[1]) - 1, int(last[1]) - 1) for first, last in ends if first and last]


def _shown(text: str, *, elapsed: bool) -> str:
    """Return a number as Excel holds it: 15 digits; whole ones of more digits as 1.23456789012346E+17."""
    number = float(text)
    if elapsed:
        seconds = round(abs(number) * 86_400)
        return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    if number.is_integer():
        return str(int(number)) if abs(number) < 10**15 else f"{number:.14E}"
    return f"{number:.15g}"


def _pieces(archive: zipfile.ZipFile, member: str, *, deep: bool) -> Iterator[bytes]:
    """Yield the XML of a sheet in pieces that end with a row; only the beginning where nothing calls for the rest."""
    rest, seen = b"", 0
    with cast(zipfile.ZipExtFile, archive.open(member)) as file:
        while block := file.read1(CHUNK):
            seen += len(block)
            deep = deep or any(hint in block for hint in HINTS)
            cut = block.rfind(b"row>") + 4
            if cut > 4:
                yield rest + block[:cut]
                rest = block[cut:]
            else:
                rest += block
            if seen > CERTAIN and not deep:
                return
    yield rest


def _members(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the name of every sheet -> its member."""
    names = set(archive.namelist())
    if RELATIONS not in names:
        return {}
    targets = {}
    for element in ELEMENT.findall(archive.read(RELATIONS).decode()):
        found = dict(ATTRIBUTE.findall(element))
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    members = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", archive.read("xl/workbook.xml").decode()):
        found = dict(ATTRIBUTE.findall(sheet))
        if (member := targets.get(found.get("id", ""), "")) in names:
            members[unescape(found.get("name", ""))] = member
    return members


def _misread_styles(archive: zipfile.ZipFile) -> dict[int, bool]:
    """Return the styles of numbers that the parser takes for dates -> whether they are a time span such as `[h]:mm`."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    content = archive.read("xl/styles.xml").decode()
    formats = {"46": "[h]:mm:ss"}
    for element in re.findall(r"<(?:\w+:)?numFmt\b[^>]*>", content):
        found = dict(ATTRIBUTE.findall(element))
        formats[found.get("numFmtId", "")] = unescape(found.get("formatCode", ""))
    listed = re.search(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", content, re.S)
    styles = re.findall(r"<(?:\w+:)?xf\b[^>]*>", listed[0]) if listed else []
    spans = (_span(formats.get(dict(ATTRIBUTE.findall(style)).get("numFmtId", ""), "")) for style in styles)
    return {number: span for number, span in enumerate(spans) if span is not None}


def _span(code: str) -> bool | None:
    """Return whether a format shows a time span; None for one that the parser reads rightly."""
    bare = QUOTED.sub("", code)
    without = ELAPSED.sub("", bare)
    if ELAPSED.search(bare):
        return ":" in bare
    letters = re.sub(r"a/p|am/pm", "", without, flags=re.I)
    return False if "a/p" in without.lower() and not re.search(r"[ymdhs]", letters, re.I) else None
