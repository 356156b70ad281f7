"""Affiliations of interviewers: a rated unit must not interview about itself (rule R-08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from survey.storage.tables import read_table
from survey.study.study import Study

FILE = "interviewers.csv"
"""Name of the list inside a study folder: interviewer, employer."""
COLUMNS: Mapping[str, str] = {"访问员": "interviewer", "所属单位": "employer"}
"""Chinese heading -> canonical heading; other columns are ignored."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict of interest of an interviewer.

    Attributes:
        interviewer: code of the interviewer.
        employer: recorded employer, "" if none.
        reason: the conflict, in Chinese.
    """

    interviewer: str
    employer: str
    reason: str


def read_affiliations(path: Path) -> dict[str, str]:
    """Return code of each interviewer -> employer.

    Raises:
        StudyError: the file cannot be read or lacks a column; or lists every invalid row: a missing code or employer,
            or a repeated code.
    """
    table = read_table(path, COLUMNS, required=tuple(COLUMNS.values()), may_be_empty=True, others=True)
    found: dict[str, str] = {}
    for line, row in table:
        code, employer = row["interviewer"], row["employer"]
        for column in COLUMNS.values():
            if not row[column]:
                table.problem(line, column, got="", expected="代号或单位名称，不能为空")
        if code in found:
            table.problem(line, "interviewer", got=code, expected="没有出现过的代号")
        found[code] = employer
    table.close()
    return found


def conflicts(study: Study, interviewers: Iterable[str]) -> tuple[Conflict, ...]:
    """Return the interviewers without a record or employed by a rated unit, street or district.

    Args:
        study: source of the rated units (questionnaire), rated areas (frame) and affiliations (folder).
        interviewers: codes that occur in the responses.
    """
    path = study.root / FILE
    known = read_affiliations(path) if path.is_file() else {}
    rated = {rate.unit for rate in study.questionnaire.rates if rate.unit}
    frame = study.areas.frame
    rated |= {str(name) for column in ("district", "street", "community") for name in frame[column].unique()}
    found = []
    for code in sorted(set(interviewers)):
        employer = known.get(code, "")
        if not employer:
            found.append(Conflict(code, "", "没有登记所属单位"))
        elif hit := next((name for name in sorted(rated) if name in employer), ""):
            found.append(Conflict(code, employer, f"所属单位是接受测评的单位：{hit}"))
    return tuple(found)
