"""Many documents in one archive, one after another: progress, cancel, and a list of what is in it and what is not."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pandas as pd

from accounts.audit import log as audit
from documents.archive import entry
from documents.delivery import UNSAFE, file_name, hashes, record, unwritten
from documents.forms import Form
from reports.briefing.build import Part
from reports.briefing.evidence.dossier import SUMS, dossier
from reports.briefing.facts import Facts
from reports.briefing.model import Briefing
from reports.briefing.record import code, settled
from survey.errors import DesignError, SiluError
from survey.host.disk import write_whole
from survey.host.scratch import sweep_folder
from survey.storage.spreadsheets import csv_text

LIST = "清单.csv"
HEADS = ("材料", "区域或事项", "责任单位", "核验码", "文件")
Line = tuple[str, str, str, str, str]
"""A row of the list, under `HEADS`."""
Made = tuple[Briefing, Mapping[str, str]]
"""A document and the hashes of its files."""


class CancelledError(SiluError):
    """A batch that somebody stopped; nothing of it is kept."""


@dataclass(slots=True)
class Progress:
    """How far a batch is; the only part that changes, seen by whoever waits for it.

    Attributes:
        total: number of documents.
        done: number of those that are made or left out.
        now: the area or entry that is being written.
        stop: set by whoever cancels.
    """

    total: int = 0
    done: int = 0
    now: str = ""
    stop: Event = field(default_factory=Event)

    @property
    def share(self) -> float:
        """Return the completed share, in [0, 1]."""
        return self.done / self.total if self.total else 0.0


def write_batch(
    root: Path,
    path: Path,
    parts: Sequence[Part],
    forms: Sequence[Form],
    progress: Progress,
    show: Callable[[Progress], object] = lambda progress: None,
) -> Path:
    """Write documents, each in some forms, into one archive, whole or not at all, then keep their records.

    The files of a unit stand in a folder of its own. A document of which nothing may be said is left out and named
    in the list. The bytes are the same for the same content.

    Args:
        root: folder of the study, which keeps the records.
        path: the archive.
        parts: the documents.
        forms: the forms of each.
        progress: is kept up to date.
        show: called after each document.

    Raises:
        CancelledError: somebody stopped it.
        SiluError: no room on the disk, or nothing could be written about.
    """
    progress.total, progress.done = len(parts), 0
    made = list[Made]()

    def fill(draft: Path) -> None:
        with zipfile.ZipFile(draft, "w") as archive:
            lines = [line for part in parts for line in _one(archive, part, forms, made, progress, show)]
            if not made:
                raise SiluError(
                    "没有写成一份材料", got="；".join(line[-1] for line in lines[:3]), cure="换一轮或一种方式"
                )
            archive.writestr(entry(LIST), _listed(lines), zipfile.ZIP_DEFLATED)
        for one, files in made:  # a record without an archive does no harm; the other way round it cannot be checked
            record(root, one, files)

    sweep_folder(path.parent)
    try:
        return write_whole(path, fill)
    except OSError as error:
        raise unwritten(path, error, "压缩包") from error


def write_dossier(root: Path, path: Path, found: Facts) -> Path:
    """Write the 证据卷宗 of a data version as one archive, byte for byte the same from the same version.

    Args:
        root: folder of the study, whose log notes that it left.
        path: the archive.
        found: the facts of a wave.

    Raises:
        AccountError: the role may not issue documents.
        SiluError: no room on the disk, or it cannot be written.
    """
    files = dossier(found)

    def fill(draft: Path) -> None:
        with zipfile.ZipFile(draft, "w") as archive:
            for name, content in files.items():
                archive.writestr(entry(name), content, zipfile.ZIP_DEFLATED)

    try:
        write_whole(path, fill)
    except OSError as error:
        raise unwritten(path, error, "压缩包") from error
    total = files[SUMS].decode().rsplit(" ", 1)[-1].strip()
    facts = {"what": "证据卷宗", "version": str(found.gathered.version), "sha256": total, "format": "zip"}
    audit.record(root, audit.Act.EXPORT, facts)
    return path


def _one(
    archive: zipfile.ZipFile,
    part: Part,
    forms: Sequence[Form],
    made: list[Made],
    progress: Progress,
    show: Callable[[Progress], object],
) -> Iterator[Line]:
    """Write one document and yield its rows of the list."""
    if progress.stop.is_set():
        raise CancelledError("已取消，没有写文件", cure="需要时重新点一次")
    progress.now = part.name
    show(progress)
    try:
        found = settled(part.make())
    except DesignError as error:
        yield "", part.name, part.unit, "", f"没有写：{error.what}"
    else:
        contents = [(form, form.render(found)) for form in forms]
        for form, content in contents:
            name = "/".join(one for one in (UNSAFE.sub("", part.unit), file_name(found, form)) if one)
            archive.writestr(entry(name), content)
            yield str(found.kind), part.name or "全市", part.unit, code(found), name
        made.append((found, hashes(contents)))
    progress.done += 1
    show(progress)


def _listed(lines: Sequence[Line]) -> bytes:
    """Return the list as CSV that Excel opens with its Chinese characters."""
    return csv_text(pd.DataFrame(lines, columns=list(HEADS))).encode("utf-8-sig")
