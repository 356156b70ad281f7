"""Read an XLSForm as a questionnaire: each part is translated, left out with a note, or refused by row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from survey.errors import QuestionnaireError
from survey.formats.xlsform.choices import choice_lists
from survey.formats.xlsform.columns import check_columns
from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.kept import kept_of
from survey.formats.xlsform.layout import arrange, names_of
from survey.formats.xlsform.naming import Naming
from survey.formats.xlsform.pages import Pages
from survey.formats.xlsform.questions import Questions
from survey.formats.xlsform.references import check_references
from survey.formats.xlsform.sheets import FormRow, Workbook, read_workbook
from survey.instrument.finding import LintFinding
from survey.instrument.lint.lint import lint_questionnaire
from survey.instrument.questionnaire import SHOWN
from survey.study.study import META_COLUMNS

IDENTITY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
LONGEST_VERSION = 64


@dataclass(frozen=True)
class ImportedForm:
    """An XLSForm as a questionnaire.

    Attributes:
        survey: SurveyJS JSON. It may lack what XLSForm cannot express: measures, roles, codes for don't know.
        findings: what was refused, left out or completed.
        rows: name of a question -> its row in the survey sheet.
    """

    survey: dict[str, Any]
    findings: tuple[LintFinding, ...]
    rows: Mapping[str, int]

    @property
    def errors(self) -> tuple[LintFinding, ...]:
        """Reasons to refuse the form."""
        return tuple(finding for finding in self.findings if finding.level == "error")

    def lint(self) -> tuple[LintFinding, ...]:
        """Return the findings of the lint in the questionnaire, with the rows of the form."""
        return tuple(
            replace(finding, subject=f"survey 第 {self.rows[finding.subject]} 行 {finding.subject}")
            if finding.subject in self.rows
            else finding
            for finding in lint_questionnaire(self.survey)
        )


def read_xlsform(path: Path, *, leave_out: bool = False) -> dict[str, Any]:
    """Return the questionnaire of an XLSForm as the JSON value of a questionnaire file.

    Args:
        path: the workbook.
        leave_out: whether parts without a counterpart are left out instead of refused.

    Raises:
        ReadError: not a workbook.
        QuestionnaireError: no survey sheet, or a part that cannot be translated; the error names sheet, row and column.
    """
    form = import_xlsform(path, leave_out=leave_out)
    if form.errors:
        listing = "\n  ".join(["", *map(str, form.errors[:SHOWN])])
        raise QuestionnaireError(
            f"XLSForm 有 {len(form.errors)} 处不能转换",
            where=path.name + listing,
            cure="用 silu lint 查看全部问题，在 Excel 里改好后重试",
        )
    return form.survey


def import_xlsform(path: Path, *, leave_out: bool = False) -> ImportedForm:
    """Return an XLSForm as a questionnaire, with all findings.

    Args:
        path: the workbook.
        leave_out: whether parts without a counterpart are left out instead of refused.

    Raises:
        ReadError: not a workbook.
        QuestionnaireError: no survey sheet, or a hidden one.
    """
    return form_of(read_workbook(path), path.stem, leave_out=leave_out)


def form_of(book: Workbook, stem: str, *, leave_out: bool = False) -> ImportedForm:
    """Return a form that has been read; `stem` is the name of its file, for a form without title and id."""
    findings = Findings(leave_out)
    settings = book.settings.rows[0] if book.settings.rows else FormRow("settings", 2, {}, {})
    check_columns(book, findings)
    entries = arrange(book.survey, findings)
    names = names_of(entries)
    check_references(book, names, findings)
    lists = choice_lists(book.choices, settings, findings)
    kept = [
        found.json.get("name") for row in book.survey.rows if (found := kept_of(row)) and isinstance(found.json, dict)
    ]
    questions = Questions(
        names, lists, Naming([*META_COLUMNS, *(name for name in kept if isinstance(name, str))]), findings
    )
    pages = Pages(questions, lists, findings)
    pages.take_all(entries)
    if not questions.rows and not any(finding.level == "error" for finding in findings.found):
        findings.about("survey", "全表", "没有可导入的题目", cure="检查是不是选错了文件", error=True)
    if lists.unused and not kept:
        findings.about("choices", "list_name 列", f"没有题目用到的选项表没有导入：{'、'.join(sorted(lists.unused))}")
    survey = {**_identity(settings, stem, findings), "pages": pages.pages}
    return ImportedForm(survey, tuple(findings.found), questions.rows)


def _identity(settings: FormRow, stem: str, findings: Findings) -> dict[str, Any]:
    """Return title, id, version and the kept properties of the questionnaire."""
    kept = kept_of(settings)
    found: dict[str, Any] = dict(kept.json) if kept and isinstance(kept.json, dict) else {}
    columns = {"form_title": "title", "form_id": "instrumentId", "version": "instrumentVersion"}
    same = {name for column, name in columns.items() if kept and name in found and kept.same(settings, column)}
    version = settings["version"][:LONGEST_VERSION] or "1"
    given = {
        "title": settings["form_title"] or stem,
        "instrumentId": _valid_id(settings, stem, findings) if "instrumentId" not in same else "",
        "instrumentVersion": version,
    }
    if settings["version"] not in ("", version):
        findings.note(settings, "version", f"版本号太长，只留前 {LONGEST_VERSION} 个字", got=settings["version"])
    return {**found, **{name: value for name, value in given.items() if name not in same}}


def _valid_id(settings: FormRow, stem: str, findings: Findings) -> str:
    wanted = settings["form_id"] or stem
    if IDENTITY.fullmatch(wanted):
        return wanted
    made = re.sub(r"[^A-Za-z0-9._-]+", "_", wanted).strip("._-")[:64] or "form"
    findings.note(settings, "form_id", f"问卷编号改为 {made}", got=wanted)
    return made
