"""`silu xlsform QUESTIONNAIRE.json FORM.xlsx` (or the reverse): convert the questionnaire for ODK or Kobo."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from survey.errors import ArgumentError

HELP = "问卷与 XLSForm（ODK、Kobo 平板访问）互相转换"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("source", metavar="来源", type=Path, help="questionnaire.json 或 XLSForm 的 xlsx")
    parser.add_argument("target", metavar="目标", type=Path, help="另一种格式的文件名")
    parser.add_argument("--overwrite", action="store_true", help="目标已存在时覆盖")
    parser.add_argument("--leave-out", action="store_true", help="XLSForm 里没有对应的部分略去并列出，不拒绝整份")


def run(args: argparse.Namespace) -> int:
    """Convert by the suffix of the target.

    Returns:
        0, or 1 if the form was refused or the resulting questionnaire has errors to correct by hand.
    """
    if args.target.exists() and not args.overwrite:
        raise ArgumentError("目标已存在，没有覆盖", where=str(args.target), cure="换一个文件名，或加上 --overwrite")
    if args.target.suffix.lower() == ".xlsx":
        from survey.formats.xlsform.write import write_xlsform

        renamed = write_xlsform(args.source, args.target)
        print(f"已写出 {args.target}，可上传到 ODK、Kobo。")
        for name, other in renamed.items():
            print(f"  题号 {name} 在表单里写作 {other}（原名是保留名）；导入答卷时用 silu mapping 对上这一列")
        return 0
    if args.target.suffix.lower() != ".json":
        raise ArgumentError("目标应为 .xlsx 或 .json", got=args.target.name)
    return _read(args.source, args.target, leave_out=args.leave_out)


def _read(source: Path, target: Path, *, leave_out: bool) -> int:
    from survey.formats.xlsform.findings import LEAVE_OUT
    from survey.formats.xlsform.read import import_xlsform

    form = import_xlsform(source, leave_out=leave_out)
    for finding in form.findings:
        print(f"  {finding}")
    if form.errors:
        spare = sum(LEAVE_OUT in finding.cure for finding in form.errors)
        more = f"其中 {spare} 处可以加 {LEAVE_OUT} 略去。" if spare else ""
        print(f"{source}：{len(form.errors)} 处不能转换，没有写出问卷。在 Excel 里改好后重试。{more}")
        return 1
    target.write_text(json.dumps(form.survey, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"已写出 {target}。XLSForm 里没有指标、角色和“说不清”代码的说明，请补上后用 silu lint 检查。")
    errors = [finding for finding in form.lint() if finding.level == "error"]
    for finding in errors:
        print(f"  {finding}")
    return int(bool(errors))
