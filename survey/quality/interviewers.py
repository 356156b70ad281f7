"""Affiliations: who employs each interviewer; a rated unit never interviews about itself (rule R-08)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from survey.errors import ReadError
from survey.study.study import Study

FILE = "interviewers.csv"
"""Name of the list inside a study folder: interviewer, employer."""
COLUMNS = ("interviewer", "employer")


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
    """Code of each interviewer and their employer.

    Raises:
        ReadError: not UTF-8, a missing column, an empty employer or a code twice, with its line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError("访问员名单读不出来", where=str(path), got=str(error), cure="另存为 UTF-8 的 CSV") from error
    table = csv.DictReader(lines)
    if gone := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
        raise ReadError("访问员名单缺少列", where=path.name, got="、".join(gone), expected="、".join(COLUMNS))
    found: dict[str, str] = {}
    for number, row in enumerate(table, start=2):
        code, employer = (row["interviewer"] or "").strip(), (row["employer"] or "").strip()
        if not code or not employer or code in found:
            raise ReadError("访问员代号或所属单位空着，或者代号重复", where=f"{path.name} 第 {number} 行", got=code)
        found[code] = employer
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
