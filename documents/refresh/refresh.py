"""Refresh a file: find its record, make its content anew, and put the new numbers into its generated regions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from documents.archive import same_bytes
from documents.forms import form_of
from documents.refresh.outcome import Notes
from reports.briefing.issued import Issued, issued
from reports.briefing.model import Briefing
from survey.errors import ArgumentError

CODE = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}")


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A refreshed file.

    Attributes:
        content: the file.
        briefing: the content that it now has.
        lines: what people should know, in Chinese.
    """

    content: bytes
    briefing: Briefing
    lines: tuple[str, ...]


def _deck(content: bytes, old: Briefing, new: Briefing, notes: Notes) -> bytes:
    from documents.refresh.deck import refresh_deck

    return refresh_deck(content, old, new, notes)


def _page(content: bytes, old: Briefing, new: Briefing, notes: Notes) -> bytes:
    from documents.refresh.page import refresh_page

    return refresh_page(content, old, new, notes)


REFRESH: Mapping[str, Callable[[bytes, Briefing, Briefing, Notes], bytes]] = {".pptx": _deck, ".docx": _page}


def record_of(root: Path, name: str, content: bytes) -> Issued:
    """Return the record of a file that can be refreshed.

    Raises:
        ArgumentError: another form, a damaged file, or one without a record.
    """
    form = form_of(name)
    if form.suffix not in REFRESH:
        raise ArgumentError("这种格式不能更新，只能重新生成", got=name, expected=".pptx、.docx")
    try:
        said = form.read(content)
    except Exception as error:  # every library has its own errors for a damaged file
        raise ArgumentError("文件打不开，可能已损坏", where=name, cure="换一份再试") from error
    codes = {code for _, text in said for code in CODE.findall(text)}
    found = [one for one in issued(root) if one.code in codes]
    if not found:
        cure = "用生成它的那个调查文件夹；核验码删掉了的，重新生成一份"
        raise ArgumentError("这个调查没有这份文件的存底，不能更新", where=name, cure=cure)
    return max(found, key=lambda one: one.version)


def refreshed(name: str, content: bytes, old: Briefing, new: Briefing) -> Refreshed:
    """Return a file with the numbers of new content in its generated regions.

    Args:
        name: name of the file.
        content: the edited file.
        old: the content that it was made from.
        new: the content of today.
    """
    notes = Notes()
    suffix = form_of(name).suffix
    made = REFRESH[suffix](content, old, new, notes)
    return Refreshed(same_bytes(made), new, tuple(notes.lines()))
