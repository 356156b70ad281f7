"""Preview and Imported: the expected and the actual effect of an import, with the changed cells of corrected files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from survey.importing.coding import CodedFile
from survey.importing.confirming.confirmations import Confirmation
from survey.importing.deduplicate import Comparison
from survey.instrument.question import BLANK
from survey.readers.cells.issues import KINDS, Issue, IssueCode, Issues, Severity
from survey.readers.cells.personal import masked
from survey.readers.files.sheet import as_text
from survey.storage.store import ResponseStore
from survey.study.responses import column_of
from survey.study.study import MODES, Study

SHOWN = 20


@dataclass(frozen=True)
class Preview:
    """The expected effect of an import.

    Args:
        study: the study.
        wave: name of the wave.
        mode: mode of data collection, for files without a column for it.
        base: the version of the comparison; None if there is no store yet.
        paths: the files.
        coded: their coded content.
        comparison: new, changed, unchanged and rejected rows.
        contents: CSV of rows that never were a file, in place of paths.
        confirmations: what a person must decide before the commit.
    """

    study: Study
    wave: str
    mode: str
    base: int | None
    paths: tuple[Path, ...]
    coded: tuple[CodedFile, ...]
    comparison: Comparison
    contents: tuple[bytes, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()

    @property
    def rows_in(self) -> int:
        """Number of rows of all files."""
        return sum(coded.rows_in for coded in self.coded)

    @property
    def new(self) -> int:
        """Number of responses that are not in the store."""
        return self.comparison.new

    @property
    def changed(self) -> int:
        """Number of responses that replace an earlier one with the same id."""
        return len(self.comparison.replaced)

    @property
    def revoked(self) -> int:
        """Number of stored responses that a file marks as not accepted, and that leave the store."""
        return len(self.comparison.revoked)

    @property
    def unchanged(self) -> int:
        """Number of rows equal to one in the store or an earlier row."""
        return self.comparison.unchanged

    @property
    def rejected(self) -> int:
        """Number of rows set aside for correction."""
        return int(self.comparison.rejected.num_rows)

    @property
    def issue_count(self) -> Mapping[IssueCode, int]:
        """Number of issues by code, most severe first."""
        total: Counter[IssueCode] = Counter()
        for issues in self.all_issues:
            total.update(issues.count())
        return {code: total[code] for code in IssueCode if total[code]}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The first 20 issues; those that reject rows precede notes."""
        found = [issue for issues in self.all_issues for issue in issues.first(SHOWN)]
        found.sort(key=lambda issue: KINDS[issue.code][1] is Severity.NOTE)
        return tuple(found[:SHOWN])

    @property
    def all_issues(self) -> tuple[Issues, ...]:
        """The issues within files, and those between files."""
        return (*(coded.issues for coded in self.coded), *self.comparison.issues)

    @property
    def files(self) -> tuple[Mapping[str, Any], ...]:
        """The provenance of the rows, for the history."""
        return tuple(_provenance(coded) for coded in self.coded)


@dataclass(frozen=True, slots=True)
class Imported:
    """The actual effect of an import.

    Args:
        preview: the final preview.
        version: the new version; None if nothing was new or it was a dry run.
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


@dataclass(frozen=True, slots=True)
class UnmatchedPlace:
    """A name of a community that the frame lacks.

    Attributes:
        name: the name as the file writes it.
        shown: the name with the district and the street of the first row.
        rows: number of rows with it.
    """

    name: str
    shown: str
    rows: int


def unmatched_places(preview: Preview) -> tuple[UnmatchedPlace, ...]:
    """Return the names of communities that the frame lacks, the most frequent first."""
    shown: dict[str, str] = {}
    rows: Counter[str] = Counter()
    for coded in preview.coded:
        column = next((one for one in coded.read.columns if one.target == "community"), None)
        for finding in coded.issues.findings:
            if column is None or finding.code is not IssueCode.UNKNOWN_PLACE:
                continue
            cells = as_text(coded.read.frame[f"c{column.index}"]).take(pa.array(finding.positions)).to_pylist()
            names = [str(cell).strip() for cell in cells]
            rows.update(names)
            for index, name in enumerate(names):
                shown.setdefault(name, finding.value(index))
    return tuple(UnmatchedPlace(name, shown[name], count) for name, count in rows.most_common())


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
    """The present and the future value of one cell of a response."""

    response_id: str
    column: str
    before: str
    after: str


def changes(preview: Preview, limit: int = 500) -> tuple[CellChange, ...]:
    """Return the first changed cells of a preview, in the order of the file.

    Args:
        preview: a preview with changed responses.
        limit: maximum number of cells.
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
    texts = [_words(words, ids) for words in (store.texts(waves=[preview.wave], version=preview.base), _texts(preview))]
    labels = dict(_labels(preview))
    for row in new.filter(pc.is_in(new["response_id"], ids)).to_pylist():
        one = row["response_id"]
        for column, (label, codes) in labels.items():
            was, now = before[one].get(column), row.get(column)
            if was != now:
                yield CellChange(one, label, _shown(was, codes), _shown(now, codes))
        for item in sorted(texts[0].get(one, {}).keys() | texts[1].get(one, {}).keys()):
            was, now = texts[0].get(one, {}).get(item, ""), texts[1].get(one, {}).get(item, "")
            if was != now:
                yield CellChange(one, item, masked(was) or NOTHING, masked(now) or NOTHING)


def _texts(preview: Preview) -> pa.Table:
    return preview.comparison.texts


def _words(texts: pa.Table, ids: pa.Array) -> Mapping[str, Mapping[str, str]]:
    by_response: dict[str, dict[str, str]] = {}
    for row in texts.filter(pc.is_in(texts["response_id"], ids)).to_pylist():
        by_response.setdefault(row["response_id"], {})[row["item"]] = row["text"]
    return by_response


def _labels(preview: Preview) -> Iterator[tuple[str, tuple[str, Mapping[Any, str]]]]:
    """Yield stored column -> label and code labels."""
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
