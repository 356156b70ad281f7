"""Affiliations: who employs each interviewer; a rated unit never interviews about itself (rule R-08)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from survey.storage.tables import read_table
from survey.study.study import Study

FILE = "interviewers.csv"
"""Name of the list inside a study folder: interviewer, employer."""
COLUMNS: Mapping[str, str] = {"访问员": "interviewer", "所属单位": "employer"}
"""Headings, in Chinese and canonical; others are not looked at."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why the work of an interviewer may not count.

    Attributes:
        interviewer: their code.
        employer: as recorded, "" when it is not.
        reason: in Chinese.
    """

    interviewer: str
    employer: str
    reason: str


def read_affiliations(path: Path) -> dict[str, str]:
    """Return the employer of each interviewer, by their code.

    Raises:
        StudyError: the file cannot be read or lacks a column; or with every faulty row: a code or an employer is
            missing, or a code comes twice.
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
    """Interviewers who are not on record, or who belong to a unit, street or district that is being rated.

    Args:
        study: its questionnaire names the rated units, its frame the rated areas, its folder the list of interviewers.
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
