"""Read SPSS (.sav) and Stata (.dta): variables with labels, values with labels, and no heading row.

User-missing values of SPSS, such as 98 and 99, are answers and are kept; extended missing values of Stata, .a to .z,
keep their labels.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from survey.errors import ReadError
from survey.host.scratch import scratch_folder
from survey.instrument.question import OTHER, Question
from survey.instrument.questionnaire import Questionnaire
from survey.readers.cells.dialect import Dialect
from survey.readers.cells.keys import heading_key
from survey.readers.files.excel import ERRORS, EXHAUSTED
from survey.readers.files.limits import SECONDS, SMALL, allowance
from survey.readers.files.sheet import Opened
from survey.readers.tables.layout import META_KEYS, refuse_twins
from survey.readers.tables.read_table import Column, Form, Guide, Match, Provenance, ReadTable
from survey.readers.tables.targets import Target, item_target
from survey.readers.tables.value_labels import worded
from survey.readers.tables.vocabulary import Vocabulary, enough

# 未问 and 未答 are the labels in native exports
DIALECT = Dialect(skipped=frozenset({"未问"}), blank=frozenset({"未答", "-2"}), separators=("|", "┋", " "))
PACKED = 20  # inflated bytes per byte of file: SPSS packs eight bytes into one, and zlib compresses further
CHILD = Path(__file__).parent.parent / "files" / "statistics_child.py"


@dataclass(frozen=True, slots=True)
class FileVariable:
    """A variable of the file; `labels` maps values, as text, to labels."""

    name: str
    label: str
    text: bool
    labels: Mapping[str, str]


def read_variables(opened: Opened, guide: Guide, *, reader: str) -> ReadTable:
    """Return all cases of a file.

    Raises:
        ReadError: broken, too large, or without cases.
        CodingError: another questionnaire, or two variables for one question.
    """
    report, frame = _parse(opened)
    variables = [FileVariable(**facts) for facts in report["variables"]]
    if not frame.num_rows:
        raise ReadError("文件里没有答卷", where=opened.name, cure="确认导出时选择了全部个案")
    columns = tuple(_columns(variables, guide))
    enough(opened.name, columns, guide.questionnaire, [variable.name for variable in variables])
    refuse_twins(opened.name, columns)
    used = {column.index for column in columns}
    return ReadTable(
        provenance=Provenance(opened.name, opened.sha256, "", reader, report["encoding"], 0),
        frame=_worded(frame, columns, variables, guide.questionnaire),
        rows=np.arange(1, frame.num_rows + 1, dtype=np.int32),
        headings=tuple(variable.name for variable in variables),
        columns=columns,
        dialect=DIALECT,
        unused=tuple(variable.name for i, variable in enumerate(variables) if i not in used),
    )


def _parse(opened: Opened) -> tuple[dict[str, Any], pa.Table]:
    size = opened.path.stat().st_size
    memory, seconds = allowance(size * PACKED)
    with scratch_folder() as folder:
        command = [
            sys.executable,
            "-P",
            str(CHILD),
            str(opened.path),
            opened.kind,
            str(folder),
            str(memory),
            str(seconds),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
            report = json.loads(done.stdout)
        except subprocess.TimeoutExpired:
            report = {"error": "time"}
        except ValueError:
            report = {"error": "unreadable"}
        if "error" in report:
            strained = size * PACKED < SMALL and report["error"] in EXHAUSTED
            what, cure = BROKEN if strained or report["error"] == "unreadable" else ERRORS[report["error"]]
            raise ReadError(what, where=opened.name, cure=cure)  # messages of the parser are in English
        with pa.OSFile(str(folder / "0.arrow"), "rb") as source:
            return report, pa.ipc.open_file(source).read_all()


BROKEN = ("文件已损坏或不完整", "请对方重新导出，或另存为 xlsx、csv 再导入")


def _columns(variables: Sequence[FileVariable], guide: Guide) -> Iterator[Column]:
    """Match variables by name, else by label; a label never claims a target already matched by a name."""
    vocabulary = Vocabulary.of(guide, _names(guide))
    named = [_find(variable, variable.name, vocabulary, guide) for variable in variables]
    taken = {target for target in named if target}
    for index, (variable, target) in enumerate(zip(variables, named, strict=True)):
        found = target
        if found is None:
            found = _find(variable, variable.label, vocabulary, guide)
            found = None if found in taken else found
        if found:
            heading = f"{variable.name} {variable.label}".strip() if variable.label != variable.name else variable.name
            yield Column(index, heading, "", *found)


def _find(variable: FileVariable, text: str, vocabulary: Vocabulary, guide: Guide) -> Target | None:
    """Return the target of a variable; q2_other holds words if it is text, a flag if it is numeric."""
    name = heading_key(text)
    found = vocabulary.known.get(name) or ((Form.META, META_KEYS[name]) if name in META_KEYS else None)
    if found is None or found[0] is Form.META:
        return found
    words, flag = f".{OTHER}", f"{found[1].partition('.')[0]}.other"
    if variable.text and found[0] is Form.FLAG and found[1].endswith(words):
        return Form.TEXT, flag
    if not variable.text and found[0] is Form.TEXT:
        other = f"{found[1].partition('.')[0]}{words}"
        return (Form.FLAG, other) if any(item.name == other for item in guide.questionnaire.items) else None
    return found


def _names(guide: Guide) -> Iterator[tuple[str, Target]]:
    """Yield names specific to packages: q2_text holds words, and underscores replace dots (q5_env)."""
    for question in guide.questionnaire.questions:
        if question.other:
            yield from (
                (f"{question.name}_{part}", (Form.TEXT, f"{question.name}.other")) for part in ("text", "words")
            )
        yield from _plain(question)


def _plain(question: Question) -> Iterator[tuple[str, Target]]:
    for item in question.items:
        yield item.name.replace(".", "_"), item_target(item)


def _worded(
    frame: pa.Table, columns: Sequence[Column], variables: Sequence[FileVariable], questionnaire: Questionnaire
) -> pa.Table:
    """Replace numbers by their labels, because files may number the options differently."""
    items = {item.name: item for item in questionnaire.items}
    for column in columns:
        labels = variables[column.index].labels
        if column.form in (Form.META, Form.TEXT) or not labels:
            continue
        item = items.get(column.target)
        question = questionnaire.question(item.question if item else column.target)
        cells = worded(frame[f"c{column.index}"], labels, column.form, question, item)
        frame = frame.set_column(column.index, f"c{column.index}", cells)
    return frame


@dataclass(frozen=True, slots=True)
class PackageReader:
    """Reader of the files of one package, including those written by other tools.

    Attributes:
        name, title: as in `Reader`.
        kind: kind of the opened file.
    """

    name: str
    title: str
    kind: str

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Recognise the first bytes."""
        return Match(0.9, f"文件开头是 {self.title} 的标记") if opened.kind == self.kind else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read all cases; raise ReadError for a broken file, CodingError for another questionnaire."""
        return read_variables(opened, guide, reader=self.name)
