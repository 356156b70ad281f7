"""Fuzz targets: bytes in; out comes a table without a lost row, or an error in Chinese.

`TARGETS` maps a name to a function of (folder, bytes). The parsers of binary files normally run in a child process;
here they run in this one, so that coverage guides the fuzzer through them and a native crash is noticed at once.
"""

from __future__ import annotations

import contextlib
import csv
import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from survey.errors import SiluError
from survey.formats.xlsform import read as xlsform_read
from survey.formats.xlsform import write as xlsform_write
from survey.importing import ingest
from survey.importing.mapping_file import guide_of
from survey.instrument import questionnaire
from survey.readers.files import excel, excel_child, statistics_child
from survey.readers.tools import spss_stata
from survey.storage.store import ResponseStore
from survey.study import areas, margins, settings, study, targets
from tests.survey.small_study import EXPORTS, wm_study

Target = Callable[[Path, bytes], None]
COMMITTED = 64  # one in so many tables read without error is also stored


class _InProcess:
    """Replaces `subprocess` where a reader starts its child: calls the child's own `main` here."""

    TimeoutExpired = subprocess.TimeoutExpired
    children: Mapping[str, ModuleType] = {"excel_child.py": excel_child, "statistics_child.py": statistics_child}

    @classmethod
    def run(cls, command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        output = io.StringIO()
        script, *arguments = command[2:]
        with contextlib.redirect_stdout(output):
            try:
                child = cls.children[Path(script).name]
                code = child.main(arguments, []) if child is excel_child else child.main(arguments)
            except BaseException as error:  # a Rust panic is not an Exception; in the child it ends the child
                if isinstance(error, KeyboardInterrupt | SystemExit):
                    raise
                return subprocess.CompletedProcess(command, 1, b"")
        return subprocess.CompletedProcess(command, code, output.getvalue().encode())


class _Kept:
    """Replaces `duckdb.connect`: opening a database takes most of the time of a small file."""

    connection = duckdb.connect(config={"threads": 1})

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        return self.connection

    def __exit__(self, *_: object) -> None:
        """Keep the connection open."""


def parse_here() -> None:
    """Let excel and stats parse in this process without memory limits, and open no database twice."""
    duckdb.connect = _Kept  # type: ignore[assignment]
    for module in (excel, spss_stata):
        module.subprocess = _InProcess  # type: ignore[attr-defined]
    for child in (excel_child, statistics_child):
        child.limit = lambda memory, seconds: None  # type: ignore[attr-defined]


@cache
def small_study(folder: Path) -> study.Study:
    """Return the study of the sample exports, made once."""
    return wm_study(folder / "study")


def stage(folder: Path, raw: bytes, name: str = "a.bin") -> ingest.Preview | None:
    """Read one file; return None when it is refused. Every row is accounted for and nothing is written."""
    path = folder / name
    path.write_bytes(raw)
    made = small_study(folder)
    try:
        preview = ingest.stage(made, [path], "W1")
    except SiluError:
        return None
    assert preview.rows_in == preview.new + preview.unchanged + preview.changed + preview.rejected, "rows lost"
    assert ResponseStore(made.root / "store").version is None, "written before commit"
    return preview


def read_answers(folder: Path, raw: bytes) -> None:
    """Read any answer file."""
    stage(folder, raw)


def read_cells(folder: Path, raw: bytes) -> None:
    """Read a sample table with corrupted cells: no row may vanish, and committed rows must be there."""
    choose = random.Random(raw[:8])
    name, separator, deep = SAMPLES[choose.randrange(len(SAMPLES))]
    rows = [list(row) for row in sample(name, separator)]
    for piece in raw[8:].decode("utf-8", "replace").replace("\x00", "").split("\x01")[:40]:
        rows[choose.randrange(len(rows))][choose.randrange(len(rows[0]))] = piece
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    preview = stage(folder, text.getvalue().encode("utf-8", "replace"), "a.csv")
    if preview is None:
        return
    filled = sum(any(cell.strip() for cell in row) for row in rows[deep:])
    assert preview.rows_in >= filled - 1, "rows lost"  # a corrupted heading may make the first answer look like one
    if choose.randrange(COMMITTED) == 0:
        commit(preview)


def commit(preview: ingest.Preview) -> None:
    """Store what a preview shows and count it; then remove the store."""
    root = preview.study.root
    done = ingest.commit(preview, who="fuzz")
    store = ResponseStore(root / "store")
    try:
        stored = store.read(columns=["response_id"]).num_rows if done.version is not None else 0
        assert stored == preview.new, "rows not stored"
        kept = store.rejected().num_rows if done.version is not None else preview.rejected
        assert kept == preview.rejected, "rejected rows not kept"
    finally:
        take_away(root / "store", root / "raw")


def take_away(*folders: Path) -> None:
    """Remove folders with all their contents."""
    for folder in folders:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        if folder.is_dir():
            folder.rmdir()


def read_xlsform(folder: Path, raw: bytes) -> None:
    """Read a questionnaire as XLSForm."""
    path = folder / "form.xlsx"
    path.write_bytes(raw)
    with contextlib.suppress(SiluError):
        questionnaire.parse_questionnaire(xlsform_read.read_xlsform(path))


def read_questionnaire(folder: Path, raw: bytes) -> None:
    """Read a questionnaire as SurveyJS JSON."""
    path = folder / "questionnaire.json"
    path.write_bytes(raw)
    with contextlib.suppress(SiluError):
        questionnaire.read_questionnaire(path)


def read_mapping(folder: Path, raw: bytes) -> None:
    """Read a mapping.toml, and one file by it."""
    made = small_study(folder)
    path = made.root / "mapping.toml"
    path.write_bytes(raw)
    try:
        guide = guide_of(made)
    except SiluError:
        return
    finally:
        path.unlink()
    with contextlib.suppress(SiluError):
        ingest.registry.read(ingest.open_file(EXPORTS / "jinshuju_entries.jsonl"), guide)


def read_study(folder: Path, raw: bytes) -> None:
    """Read one of the files of a study folder, chosen by the first byte."""
    made, path = small_study(folder), folder / "part"
    path.write_bytes(raw[1:])
    readers: tuple[Callable[[], object], ...] = (
        lambda: settings.read_settings(path),
        lambda: areas.read_frame(path),
        lambda: margins.read_margins(path, made.questionnaire, made.areas),
        lambda: targets.read_targets(path, made.questionnaire, made.areas),
    )
    with contextlib.suppress(SiluError):
        readers[(raw[0] if raw else 0) % len(readers)]()


TARGETS: Mapping[str, Target] = {
    "text": read_answers,
    "json": read_answers,
    "xlsx": read_answers,
    "xls": read_answers,
    "sav": read_answers,
    "dta": read_answers,
    "cells": read_cells,
    "xlsform": read_xlsform,
    "questionnaire": read_questionnaire,
    "mapping": read_mapping,
    "study": read_study,
}
"""Name -> function called with every input."""
SAMPLES = (
    ("kobo_export.csv", ";", 1),
    ("limesurvey_results-survey123456.csv", ",", 1),
    ("qualtrics_export.csv", ",", 3),
    ("surveymonkey_export.csv", ",", 2),
    ("tencent_9799234_202611032030311613.csv", ",", 1),
    ("wjx_text_utf8bom.csv", ",", 1),
)
"""File, separator, rows of the heading."""
SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "text": (".csv",),
    "json": (".json", ".jsonl"),
    "xlsx": (".xlsx",),
    "xls": (".xls",),
    "sav": (".sav",),
    "dta": (".dta",),
    "questionnaire": (".surveyjs.json",),
}


@cache
def sample(name: str, separator: str) -> tuple[tuple[str, ...], ...]:
    """Return the cells of a sample export."""
    text = (EXPORTS / name).read_bytes().decode("utf-8-sig")
    return tuple(map(tuple, csv.reader(io.StringIO(text, newline=""), delimiter=separator)))


def seeds(target: str, folder: Path) -> Iterator[bytes]:
    """Return the initial inputs of a target."""
    if target in SUFFIXES:
        yield from (path.read_bytes() for path in sorted(EXPORTS.iterdir()) if path.name.endswith(SUFFIXES[target]))
    made = small_study(folder)
    if target == "xlsform":
        xlsform_write.write_xlsform(EXPORTS / "wm_questionnaire.surveyjs.json", folder / "seed.xlsx")
        yield (folder / "seed.xlsx").read_bytes()
    if target == "mapping":
        headings = "\n".join(f'"field_{n}" = "{q.name}"' for n, q in enumerate(made.questionnaire.questions, start=1))
        yield f'confirmed = true\n[headings]\n{headings}\n[answers."A1"]\n"知道" = 1\n'.encode()
    if target == "study":
        for number, name in enumerate(("study.toml", "frame.csv", "margins.csv", "targets.csv")):
            yield bytes([number]) + (made.root / name).read_bytes()
    if target == "cells":
        yield b"12345678" + "\x01".join(["", "(跳过)", "-3", "=1+1", "A.是", "9" * 400, "〖┋", 'x\n"y']).encode()


def words(target: str, folder: Path) -> Iterator[bytes]:
    """Return fragments worth trying: headings, options, marks of the tools."""
    questions = small_study(folder).questionnaire.questions
    yield from (text.encode() for q in questions for text in (q.name, q.title, *(c.label for c in q.choices)))
    yield from (
        word.encode() for word in ("(跳过)", "(空)", "-3", "┋", "〖", "〗", "合计", "序号", "提交答卷时间", "\ufeff")
    )


def inside_zip(raw: bytes, size: int, seed: int, change: Callable[[bytes, int], bytes]) -> bytes:
    """Change one member of a workbook and repack it; changing packed bytes would only break a checksum."""
    choose, packed = random.Random(seed), io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
            members = archive.infolist()
            chosen = choose.choice(members)
            for member in members:
                content = archive.read(member)
                made.writestr(member.filename, change(content, 2**16) if member is chosen else content)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, IndexError, EOFError, KeyError):
        return change(raw, size)
    except Exception as error:  # noqa: BLE001 - zlib and struct have errors of their own; the packed bytes then serve
        print(f"zip: {type(error).__name__}", file=sys.stderr)
        return change(raw, size)
    whole = packed.getvalue()
    return whole if len(whole) <= size else change(raw, size)
