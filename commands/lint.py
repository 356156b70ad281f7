"""`silu lint FILE`: list the errors of a questionnaire file with their places."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from survey.instrument.lint.finding import LintFinding

HELP = "检查问卷文件"
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("file", metavar="文件", type=Path, help="问卷文件（SurveyJS JSON，或 XLSForm 的 xlsx）")


def run(args: argparse.Namespace) -> int:
    """Print all findings; return 1 if there is an error."""
    findings = _findings(args.file)
    for finding in findings:
        print(finding)
    errors = sum(finding.level == "error" for finding in findings)
    print(
        f"{args.file}：{errors} 个错误，{len(findings) - errors} 个提醒" if findings else f"{args.file}：没有发现问题"
    )
    return 1 if errors else 0


def _findings(file: Path) -> tuple[LintFinding, ...]:
    """Return the findings in a questionnaire, or those in an XLSForm and in the questionnaire that it becomes."""
    if file.suffix.lower() in WORKBOOKS:
        from survey.formats.xlsform.read import import_xlsform

        form = import_xlsform(file)
        return form.findings if form.errors else (*form.findings, *form.lint())
    from survey.instrument.questionnaire import lint_questionnaire, load_json

    return lint_questionnaire(load_json(file))
