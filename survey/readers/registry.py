"""READERS: every tool whose answer files Silu understands, and which of them a file belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from survey.errors import ReadError
from survey.readers.encoding import looks_garbled
from survey.readers.native import NativeReader
from survey.readers.read_table import Guide, Match, Reader, ReadTable
from survey.readers.sheet import Opened
from survey.readers.wjx import WjxReader

READERS: Mapping[str, Reader] = {reader.name: reader for reader in (WjxReader(), NativeReader())}
"""name -> reader. A new tool is one more entry."""
LEAST = 0.3  # below this score a reader does not claim a file


def detect(opened: Opened, guide: Guide) -> tuple[Reader, Match]:
    """The reader with the best score.

    Raises:
        ReadError: no reader knows the file.
    """
    scored = [(reader.sniff(opened, guide), reader) for reader in READERS.values()]
    match, reader = max(scored, key=lambda pair: pair[0].score)
    if match.score < LEAST:
        raise _unknown(opened)
    return reader, match


def read(opened: Opened, guide: Guide) -> ReadTable:
    """Read a file with the reader it belongs to."""
    reader, _ = detect(opened, guide)
    return reader.read(opened, guide)


def _unknown(opened: Opened) -> ReadError:
    head = [cell for sheet in opened.sheets for row in sheet.head[:3] for cell in row if cell.strip()]
    garbled = looks_garbled("".join(head))
    return ReadError(
        "文件里是乱码，保存时用错了文字编码" if garbled else "认不出这个文件的格式，或者它不是这份问卷的答卷",
        where=opened.name,
        got="、".join(head[:8]),
        expected="第一行是列名：答卷编号 response_id，以及问卷里的题号或题目；或者问卷星导出的原始文件",
        cure="请对方重新导出（不要在别的程序里改动后再保存）" if garbled else "检查文件和研究是否对应，表头是否被删改",
    )
