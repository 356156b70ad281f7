"""`silu rejects --study DIR`: write outstanding rejected rows (`--all`: all) as workbooks for correction."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "导出被退回的行，改好后可以再导入"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--out", metavar="目录", type=Path, help="存到哪里；默认为调查文件夹下的 rejected")
    parser.add_argument("--version", metavar="版本", type=int, help="哪个数据版本；默认为最新")
    parser.add_argument("--all", action="store_true", help="连同改好后已经导入的行")


def run(args: argparse.Namespace) -> int:
    """Write the workbooks."""
    from reports.data.versions import rejected
    from survey.importing.rejects import write_rejected
    from survey.study.study import load_study

    study = load_study(args.study)
    rows, total = rejected(study, args.version, every=args.all)
    if not rows.num_rows:
        done = f"没有还要改的行；退回过的 {total} 行已经改好导入，用 --all 列出。"
        print(done if total else "没有被退回的行。")
        return 0
    written = write_rejected(rows, args.out or study.root / "rejected")
    print(f"共 {rows.num_rows} 行，已存到：" + "、".join(str(path) for path in written))
    return 0
