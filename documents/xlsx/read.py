"""What a workbook says: the text or number of each cell with its place, and the words and numbers of its charts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

Said = tuple[str, str]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
WORDS = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}cNvPr"


def read(content: bytes) -> tuple[Said, ...]:
    """Return cells by sheet and row, then charts, then alternative texts.

    Raises:
        ValueError: the file declares entities, which no workbook of ours does.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
    if any(b"<!ENTITY" in part for part in parts.values()):
        raise ValueError("entities")
    return (*_cells(parts), *_charts(parts), *_alternatives(parts))


def _cells(parts: dict[str, bytes]) -> Iterator[Said]:
    shared = []
    if "xl/sharedStrings.xml" in parts:
        root = ElementTree.fromstring(parts["xl/sharedStrings.xml"])
        shared = ["".join(one.text or "" for one in text.iter(f"{MAIN}t")) for text in root.iter(f"{MAIN}si")]
    sheets = ElementTree.fromstring(parts["xl/workbook.xml"]).iter(f"{MAIN}sheet")
    for at, sheet in enumerate(sheets, start=1):
        name = sheet.get("name", "")
        for cell in ElementTree.fromstring(parts[f"xl/worksheets/sheet{at}.xml"]).iter(f"{MAIN}c"):
            value = cell.find(f"{MAIN}v")
            if value is None or value.text is None:
                continue
            text = shared[int(value.text)] if cell.get("t") == "s" else value.text
            yield f"工作表“{name}”{cell.get('r')}", text


def _charts(parts: dict[str, bytes]) -> Iterator[Said]:
    for name in _numbered(parts, r"xl/charts/chart(\d+)\.xml"):
        for one in ElementTree.fromstring(parts[name]).iter():
            if one.tag in (f"{CHART}v", WORDS) and one.text:
                yield "图的数据", one.text


def _alternatives(parts: dict[str, bytes]) -> Iterator[Said]:
    for name in _numbered(parts, r"xl/drawings/drawing(\d+)\.xml"):
        for one in ElementTree.fromstring(parts[name]).iter(PICTURE):
            yield "图的替代文字", one.get("descr", "")


def _numbered(parts: dict[str, bytes], pattern: str) -> list[str]:
    found = [(int(match.group(1)), name) for name in parts if (match := re.fullmatch(pattern, name))]
    return [name for _, name in sorted(found)]
