"""Write small .xls files (BIFF8 in an OLE container) record by record, for traps that no library writes."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
GLOBALS, SHEET, CHART = 5, 0x10, 0x20
LEAST = 4096  # a shorter stream would lie in the mini stream


def record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def begin(kind: int) -> bytes:
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 0x07CC, 0, 6))


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def cells(rows: Sequence[Sequence[str | float]]) -> bytes:
    return b"".join(
        label(row, column, cell) if isinstance(cell, str) else number(row, column, cell)
        for row, line in enumerate(rows)
        for column, cell in enumerate(line)
    )


def write_xls(path: Path, rows: Sequence[Sequence[str | float]], *, codepage: int = 1200, inside: bytes = b"") -> Path:
    """Write a workbook with one sheet.

    Args:
        path: the file.
        rows: its cells, from A1.
        codepage: the code page that the file declares.
        inside: records after the cells, before the end of the sheet.
    """
    head = begin(GLOBALS) + record(0x42, struct.pack("<H", codepage))
    name = "答卷".encode("utf-16-le")
    size = len(head) + 4 + 8 + len(name) + 4
    bound = record(0x85, struct.pack("<IBBBB", size, 0, 0, 2, 1) + name)
    body = begin(SHEET) + cells(rows) + inside + record(0x0A, b"")
    path.write_bytes(container(head + bound + record(0x0A, b"") + body))
    return path


def chart(points: Sequence[tuple[int, int, float]]) -> bytes:
    """Return an embedded chart with cached points at the addresses of cells."""
    return begin(CHART) + b"".join(number(*point) for point in points) + record(0x0A, b"")


def container(stream: bytes) -> bytes:
    """Return an OLE container with one stream named Workbook."""
    stream = stream.ljust(LEAST, b"\0")
    sectors = -(-len(stream) // SECTOR)
    chain = [FAT, END, *range(3, sectors + 2), END]
    table = struct.pack(f"<{SECTOR // 4}I", *chain, *[FREE] * (SECTOR // 4 - len(chain)))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, LEAST, END, 0, END, 0)
    header += struct.pack("<109I", 0, *[FREE] * 108)
    folder = entry("Root Entry", 5, END, 0, child=1) + entry("Workbook", 2, 2, len(stream))
    return header + table + folder.ljust(SECTOR, b"\0") + stream.ljust(sectors * SECTOR, b"\0")


def entry(name: str, kind: int, start: int, size: int, child: int = FREE) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
        + bytes(36)
        + struct.pack("<II4x", start, size)
    )
