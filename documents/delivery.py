"""Deliver documents: render, keep the record, write the files whole, log the export."""

from __future__ import annotations

import errno
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from accounts.audit import log as audit
from accounts.grants import require
from accounts.verbs import Verb
from documents.archive import same_bytes
from documents.forms import Form
from reports.briefing.issued import keep
from reports.briefing.life import note_issue
from reports.briefing.model import Briefing
from reports.briefing.record import code, settled
from survey.errors import SiluError
from survey.host.disk import write_whole

UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
LONGEST = 40


def file_name(found: Briefing, form: Form) -> str:
    """Return the name of a file: kind, area, day and the first group of the code."""
    area = UNSAFE.sub("", found.area)[:LONGEST]
    parts = [str(found.kind), area, found.day.replace("-", ""), code(found).partition("-")[0]]
    return "_".join(part for part in parts if part) + form.suffix


def deliver(root: Path, found: Briefing, forms: Sequence[Form], folder: Path) -> Iterator[Path]:
    """Write a document in some forms and yield the files; nothing half-written remains after an error.

    Args:
        root: folder of the study, which keeps the record.
        found: the document.
        forms: the forms.
        folder: where to write.

    Raises:
        SiluError: no room on the disk, or a file cannot be written.
    """
    found = settled(found)
    contents = [(form, form.render(found)) for form in forms]
    try:
        record(root, found, hashes(contents))
        folder.mkdir(parents=True, exist_ok=True)
        for form, content in contents:
            yield write_whole(folder / file_name(found, form), partial(_fill, content))
    except OSError as error:
        raise unwritten(folder, error, "文件") from error


def unwritten(path: Path, error: OSError, what: str) -> SiluError:
    """Return what kept a file from being written, in Chinese."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    words = f"磁盘满了，{what}没有写成" if full else f"{what}写不进"
    cure = "腾出空间，或用 --out 换一个磁盘" if full else "检查路径和写权限"
    return SiluError(words, where=str(path), got=error.strerror or str(error), cure=cure)


def _fill(content: bytes, draft: Path) -> None:
    draft.write_bytes(content)


def pack(
    root: Path, found: Sequence[tuple[Briefing, Sequence[Form]]], done: Callable[[int], object] = lambda number: None
) -> bytes:
    """Return documents, each in some forms, as one archive; records are kept once all of them are made.

    Args:
        root: folder of the study, which keeps the records.
        found: the documents, each with its forms.
        done: called after each document with the number of those that are made.
    """
    out, made = io.BytesIO(), list[tuple[Briefing, Mapping[str, str]]]()
    with zipfile.ZipFile(out, "w") as archive:
        for number, (draft, forms) in enumerate(found, start=1):
            one = settled(draft)
            contents = [(form, form.render(one)) for form in forms]
            for form, content in contents:
                archive.writestr(file_name(one, form), content)
            made.append((one, hashes(contents)))
            done(number)
    for one, files in made:
        record(root, one, files)
    return same_bytes(out.getvalue())


def hashes(contents: Iterable[tuple[Form, bytes]]) -> Mapping[str, str]:
    """Return the SHA-256 of each file by its suffix."""
    return {form.suffix: hashlib.sha256(content).hexdigest() for form, content in contents}


def record(root: Path, found: Briefing, files: Mapping[str, str]) -> None:
    """Keep the record of a document with the hashes of its files, and log that it left the study (rule R-22).

    Raises:
        AccountError: the role may not issue documents.
        ArgumentError: the document was withdrawn or corrected.
    """
    require(Verb.ISSUE, str(found.kind))
    note_issue(root, code(found), files)
    name = keep(root, found)
    facts = {"area": found.area, "code": name, "version": dict(found.facts)["version"]}
    formats = ",".join(suffix[1:] for suffix in files)
    audit.record(root, audit.Act.EXPORT, {"what": str(found.kind), **facts, "format": formats})
