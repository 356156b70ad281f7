"""Texts of boundary files: UTF-8 with or without BOM, UTF-16, or GB18030; anything else is refused by name."""

from __future__ import annotations

from pathlib import Path

from survey.errors import ReadError
from survey.readers.files.encoding import BOMS, KNOWN, find_encoding, transcoded

TITLES = {"utf-8": "UTF-8", "gb18030": "GB18030"}


def read_text(path: Path) -> tuple[str, str]:
    """Return the text of a file without BOM, and the name of its encoding.

    Raises:
        ReadError: no known encoding decodes all of it.
    """
    with path.open("rb") as file:
        start = file.read(4)
    try:
        name = find_encoding(path)
        text = transcoded(path, name).decode()
    except ReadError as error:
        cure = "用导出它的软件另存为 UTF-8，再导入"
        raise ReadError(error.what, where=error.where or path.name, expected=KNOWN, cure=cure) from error
    title = TITLES.get(name, name.upper())
    with_bom = name == "utf-8" and start.startswith(BOMS[0][0])
    return text, f"{title}（带 BOM）" if with_bom else title
