"""`silu export DIR --to FILE.sav|FILE.dta|FOLDER|FILE.xml`: coded answers for other programs; analysts only."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from accounts.audit.log import Act, record
from commands.terminal.options import of_counting
from reports.selection import Selection
from survey.errors import ArgumentError
from survey.host import access

if TYPE_CHECKING:
    from survey.formats.codebook import Dataset
    from survey.study.study import Study

HELP = "导出编码后的答卷（SPSS、Stata、CSV 数据包、DDI 编码表），只对分析员开放"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="DIR", type=Path, help="调查文件夹")
    parser.add_argument("--format", choices=list(FORMATS), required=True, help="、".join(TITLES.values()))
    parser.add_argument("--out", metavar="文件", type=Path, required=True, help="写到哪里；csv 写成一个文件夹")
    parser.add_argument("--wave", metavar="轮次", action="append", help="只要这一轮，可写多次；默认全部")
    parser.add_argument("--version", metavar="版本", type=int, help="数据版本，默认最新")
    parser.add_argument("--texts", action="store_true", help="连同开放题文字（可能含个人信息，慎用）")
    parser.add_argument("--overwrite", action="store_true", help="文件已存在时覆盖")
    of_counting(parser)
    parser.add_argument("--who", metavar="姓名", default="", help="为谁导出，记入审计记录；操作人总是登录名")


def run(args: argparse.Namespace) -> int:
    """Write the export and log it."""
    from reports.data.exports import export
    from reports.disclosure import permit_exclusions
    from survey.study.study import load_study

    if args.format != "ddi":
        access.require_analyst("导出单份答卷")
    if args.out.exists() and not args.overwrite:
        raise ArgumentError("目标已存在，没有覆盖", where=str(args.out), cure="换一个文件名，或加上 --overwrite")
    asked = Selection(version=args.version, without_excluded=args.without_excluded)
    permit_exclusions(asked)
    found = export(load_study(args.study), asked, args.wave, texts=args.texts)
    args.out.absolute().parent.mkdir(parents=True, exist_ok=True)
    FORMATS[args.format](found.dataset, found.study, args.out)
    rows = found.dataset.table.num_rows
    facts = {"for": args.who, "format": args.format, "version": found.version, "rows": rows, "texts": args.texts}
    record(found.study.root, Act.EXPORT, {**facts, "out": args.out.name, "counted": found.counted}, durable=True)
    columns = len(found.dataset.variables)
    print(f"已写出 {args.out}：{rows} 份答卷，{columns} 列，数据版本 {found.version}。")
    print("已公布的四率用 final_weight 加权；抽样设计怎样声明，写在文件说明里（见 docs/formats.md）。")
    return 0


def _sav(dataset: Dataset, study: Study, out: Path) -> None:
    from survey.formats.stats import write_sav

    write_sav(dataset, out)


def _dta(dataset: Dataset, study: Study, out: Path) -> None:
    from survey.formats.stats import write_dta

    write_dta(dataset, out)


def _csv(dataset: Dataset, study: Study, out: Path) -> None:
    from survey.formats.package import write_package

    write_package(dataset, out)


def _ddi(dataset: Dataset, study: Study, out: Path) -> None:
    from survey.formats.ddi import write_ddi

    write_ddi(dataset, study, out)


FORMATS: Mapping[str, Callable[[Dataset, Study, Path], None]] = {"sav": _sav, "dta": _dta, "csv": _csv, "ddi": _ddi}
"""Name -> writer."""
TITLES: Mapping[str, str] = {
    "sav": "sav：SPSS",
    "dta": "dta：Stata",
    "csv": "csv：CSV 与数据包说明",
    "ddi": "ddi：只有编码表，没有答卷",
}
