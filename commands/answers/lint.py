"""`silu lint FILE`: list the errors of a questionnaire file with their places, and what was completed."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from survey.errors import ArgumentError
from survey.formats.xlsform.standard import SUFFIXES

if TYPE_CHECKING:
    from survey.instrument.finding import LintFinding

HELP = "检查问卷文件"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("file", metavar="文件", type=Path, help="问卷文件（SurveyJS JSON，或 XLSForm 的 xlsx）")
    parser.add_argument("--out", metavar="新文件", type=Path, help="把补全后的 JSON 写到新文件（有错误时不写）")


def run(args: argparse.Namespace) -> int:
    """Print all findings; write the completed questionnaire if asked; return 1 if there is an error."""
    if args.out:
        _check_target(args.file, args.out)
    findings = _findings(args.file)
    for finding in findings:
        print(finding)
    levels = Counter(finding.level for finding in findings)
    completed = f"，{levels['note']} 处补全" if levels["note"] else ""
    counts = f"{levels['error']} 个错误，{levels['warning']} 个提醒{completed}"
    print(f"{args.file}：{counts if findings else '没有发现问题'}")
    if args.out and not levels["error"]:
        _write(args.file, args.out)
    return 1 if levels["error"] else 0


def _findings(file: Path) -> tuple[LintFinding, ...]:
    """Return the findings in a questionnaire, or those in an XLSForm and in the questionnaire that it becomes."""
    if file.suffix.lower() in SUFFIXES:
        from survey.formats.xlsform.read import import_xlsform

        form = import_xlsform(file)
        return form.findings if form.errors else (*form.findings, *form.lint())
    from survey.instrument.questionnaire import lint_questionnaire, load_json

    return lint_questionnaire(load_json(file))


def _check_target(source: Path, target: Path) -> None:
    if source.suffix.lower() in SUFFIXES:
        raise ArgumentError("--out 只用于 JSON 问卷", where=str(source), cure=f"用 silu xlsform {source} {target} 转换")
    if target.exists():
        raise ArgumentError("新文件已存在，没有覆盖", where=str(target), cure="换一个文件名")


def _write(source: Path, target: Path) -> None:
    from survey.instrument.questionnaire import read_survey

    target.write_text(json.dumps(read_survey(source), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"已写出补全后的问卷：{target}")
