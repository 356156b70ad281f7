"""Preview: what an import would do, and Imported: what it did.

Changes: what a corrected file would change in answers that are stored already, cell by cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.coding import CodedFile
from survey.importing.deduplicate import Comparison
from survey.instrument.question import BLANK
from survey.readers.cells.issues import KINDS, Issue, IssueCode, Issues, Severity
from survey.storage.store import ResponseStore
from survey.study.responses import column_of
from survey.study.study import MODES, Study

SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """What an import would do.

    Args:
        study: the study.
        wave: name of the wave.
        mode: how the answers were collected, where the file does not say so itself.
        base: the version it was compared with, None for no store yet.
        paths: the files.
        coded: their coded content.
        comparison: what is new, changed, unchanged, rejected.
    """

    study: Study
    wave: str
    mode: str
    base: int | None
    paths: tuple[Path, ...]
    coded: tuple[CodedFile, ...]
    comparison: Comparison

    @property
    def rows_in(self) -> int:
        """Rows of all files."""
        return sum(coded.rows_in for coded in self.coded)

    @property
    def new(self) -> int:
        """Responses that the store does not have."""
        return self.comparison.new

    @property
    def changed(self) -> int:
        """Responses that replace an earlier answer of the same id."""
        return len(self.comparison.replaced)

    @property
    def unchanged(self) -> int:
        """Rows that say what the store, or an earlier row, says already."""
        return self.comparison.unchanged

    @property
    def rejected(self) -> int:
        """Rows that are kept for mending."""
        return int(self.comparison.rejected.num_rows)

    @property
    def issue_count(self) -> Mapping[IssueCode, int]:
        """Issues by code, most severe first."""
        total: Counter[IssueCode] = Counter()
        for issues in self.all_issues:
            total.update(issues.count())
        return {code: total[code] for code in IssueCode if total[code]}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The first 20 issues, those that reject a row before mere notes."""
        found = [issue for issues in self.all_issues for issue in issues.first(SHOWN)]
        found.sort(key=lambda issue: KINDS[issue.code][1] is Severity.NOTE)
        return tuple(found[:SHOWN])

    @property
    def all_issues(self) -> tuple[Issues, ...]:
        """The issues of each file, and those between files."""
        return (*(coded.issues for coded in self.coded), *self.comparison.issues)

    @property
    def files(self) -> tuple[Mapping[str, Any], ...]:
        """Where the rows come from, for the history."""
        return tuple(_provenance(coded) for coded in self.coded)


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did.

    Args:
        preview: as it was in the end.
        version: the new version; None when nothing was new or it was a dry run.
    """

    preview: Preview
    version: int | None


def _provenance(coded: CodedFile) -> Mapping[str, Any]:
    where = coded.read.provenance
    return {
        "name": where.file,
        "sha256": where.sha256,
        "sheet": where.sheet,
        "reader": where.reader,
        "encoding": where.encoding,
        "header_row": where.header_row,
        "why": where.why,
        "rows": coded.rows_in,
    }


ABOUT: Mapping[str, str] = {
    "mode": "调查方式",
    "psu": "社区编码",
    "submitted": "提交时间",
    "seconds": "答题用时",
    "interviewer": "访问员",
    "w_fx": "基础权重",
}
NOTHING, LEFT_EMPTY = "（没有）", "（未答）"


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell of one response: what it says now, and what it would say."""

    response_id: str
    column: str
    before: str
    after: str


def changes(preview: Preview, limit: int = 500) -> tuple[CellChange, ...]:
    """The changed cells of a preview, in the order of the file; at most `limit` of them.

    Args:
        preview: a preview with changed responses.
        limit: stop there.
    """
    if not preview.changed or preview.base is None:
        return ()
    found: list[CellChange] = []
    for change in _all(preview):
        found.append(change)
        if len(found) == limit:
            break
    return tuple(found)


def _all(preview: Preview) -> Iterator[CellChange]:
    ids = pa.array(preview.comparison.replaced, pa.string())
    store = ResponseStore(preview.study.root / "store")
    old = store.read(waves=[preview.wave], version=preview.base)
    old = old.filter(pc.is_in(old["response_id"], ids))
    before = {row["response_id"]: row for row in old.to_pylist()}
    new = preview.comparison.responses
    said = [_words(words, ids) for words in (store.texts(waves=[preview.wave], version=preview.base), _texts(preview))]
    labels = dict(_labels(preview))
    for row in new.filter(pc.is_in(new["response_id"], ids)).to_pylist():
        one = row["response_id"]
        for column, (label, codes) in labels.items():
            was, now = before[one].get(column), row.get(column)
            if was != now:
                yield CellChange(one, label, _shown(was, codes), _shown(now, codes))
        for item in sorted(said[0].get(one, {}).keys() | said[1].get(one, {}).keys()):
            was, now = said[0].get(one, {}).get(item, ""), said[1].get(one, {}).get(item, "")
            if was != now:
                yield CellChange(one, item, was or NOTHING, now or NOTHING)


def _texts(preview: Preview) -> pa.Table:
    return preview.comparison.texts


def _words(texts: pa.Table, ids: pa.Array) -> Mapping[str, Mapping[str, str]]:
    said: dict[str, dict[str, str]] = {}
    for row in texts.filter(pc.is_in(texts["response_id"], ids)).to_pylist():
        said.setdefault(row["response_id"], {})[row["item"]] = row["text"]
    return said


def _labels(preview: Preview) -> Iterator[tuple[str, tuple[str, Mapping[Any, str]]]]:
    """Stored column -> its name for people, and its codes."""
    for column, label in ABOUT.items():
        yield column, (label, MODES if column == "mode" else {})
    questionnaire = preview.study.questionnaire
    for item in questionnaire.items:
        codes = {choice.code: choice.label for choice in item.choices} or {}
        flags = {0: "未选", 1: "选中"} if item.form == "flag" else {}
        yield column_of(item, questionnaire), (f"{item.name} {item.label}", {**codes, **flags})


def _shown(value: Any, codes: Mapping[Any, str]) -> str:
    if value is None:
        return NOTHING
    return LEFT_EMPTY if value == BLANK else codes.get(value, str(value))
