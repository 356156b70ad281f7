"""Preview: what an import would do, and Imported: what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from survey.importing.coding import Coded
from survey.importing.deduplicate import Comparison
from survey.readers.cells.issues import KINDS, Issue, IssueCode, Issues, Severity
from survey.study.study import Study

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
    coded: tuple[Coded, ...]
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


def _provenance(coded: Coded) -> Mapping[str, Any]:
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
