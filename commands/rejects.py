"""`silu rejects --study DIR`: the rejected rows of all imports as workbooks to be mended."""

from __future__ import annotations

import argparse
from pathlib import Path

from survey.mending import write_rejected
from survey.store import ResponseStore
from survey.study import load_study

HELP = "导出被退回的行，改好后可以再导入"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--out", metavar="目录", type=Path, help="存到哪里；默认为调查文件夹下的 rejected")
    parser.add_argument("--version", metavar="版本", type=int, help="哪个数据版本；默认为最新")


def run(args: argparse.Namespace) -> int:
    """Write the workbooks."""
    study = load_study(args.study)
    rows = ResponseStore(study.root / "store").rejected(version=args.version)
    if not rows.num_rows:
        print("没有被退回的行。")
        return 0
    written = write_rejected(rows, args.out or study.root / "rejected")
    print(f"共 {rows.num_rows} 行，已存到：" + "、".join(str(path) for path in written))
    return 0
