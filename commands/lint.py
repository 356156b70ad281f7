"""`silu lint FILE`: list the errors of a questionnaire file with their places."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "检查问卷文件"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("file", metavar="文件", type=Path, help="问卷文件（SurveyJS JSON）")


def run(args: argparse.Namespace) -> int:
    """Print all findings; return 1 if there is an error."""
    from survey.instrument.questionnaire import lint_questionnaire, load_json

    findings = lint_questionnaire(load_json(args.file))
    for finding in findings:
        print(finding)
    errors = sum(finding.level == "error" for finding in findings)
    print(
        f"{args.file}：{errors} 个错误，{len(findings) - errors} 个提醒" if findings else f"{args.file}：没有发现问题"
    )
    return 1 if errors else 0
