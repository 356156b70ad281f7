"""Encoding of a text file: BOM, then strict UTF-8, then GB18030, decided on the whole file and never guessed."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from survey.errors import ReadError

CHUNK = 2**20
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class _NotThisEncodingError(Exception):
    """The bytes of one line do not fit; `args` is (line, cut): cut when only the last character is incomplete."""


def find_encoding(path: Path) -> str:
    """The codec name of a text file: utf-8, utf-16-le, utf-16-be, utf-32-le or gb18030.

    Raises:
        ReadError: it is none of them all through; tells the first line that does not fit.
    """
    start = _start(path)
    for bom, name in BOMS:
        if start.startswith(bom):
            _check(path, name)
            return name
    lines = {}
    for name in ("utf-8", "gb18030"):
        try:
            for _ in decoded(path, name):
                pass
        except _NotThisEncodingError as error:
            line, cut = error.args
            lines[name] = line
            if cut and name == "utf-8":
                raise cut_off(path, line) from error
        else:
            return name
    raise ReadError(
        "文件的文字编码认不出来",
        where=f"{path.name} 第 {max(lines.values())} 行附近",
        expected="UTF-8（带或不带 BOM）或 GB18030（GBK、GB2312）",
        cure="在 Excel 里另存为 xlsx，或另存为“CSV UTF-8”后重试",
    )


def _check(path: Path, name: str) -> None:
    """A mark at the start promises an encoding; the rest must keep the promise."""
    try:
        for _ in decoded(path, name):
            pass
    except _NotThisEncodingError as error:
        raise cut_off(path, error.args[0]) from error


def transcoded(path: Path, encoding: str) -> bytes:
    """The whole content as UTF-8, without BOM."""
    try:
        return b"".join(text.encode() for text in decoded(path, encoding)).removeprefix(codecs.BOM_UTF8)
    except _NotThisEncodingError as error:
        raise cut_off(path, error.args[0]) from error


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text piece by piece, so that a check never holds the file in memory."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            try:
                yield decoder.decode(piece)
            except UnicodeDecodeError as error:
                raise _NotThisEncodingError(line + piece.count(b"\n", 0, error.start), False) from error
            line += piece.count(b"\n")
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _NotThisEncodingError(line, True) from error


def cut_off(path: Path, line: int) -> ReadError:
    """The error for a file that ends in the middle of a character or changes its encoding."""
    return ReadError(
        "文件被截断，或者中途换了文字编码",
        where=f"{path.name} 第 {line} 行附近",
        cure="重新下载或请对方重新导出这个文件",
    )


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)
