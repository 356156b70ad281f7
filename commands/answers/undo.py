"""`silu undo --study DIR --why TEXT`: return to the data before the last import without deleting anything."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "撤销最近一次导入，或回到某个版本；原数据都保留在历史里"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--why", metavar="原因", required=True, help="为什么撤销，记入历史")
    parser.add_argument("--to", metavar="版本", type=int, help="回到哪个版本；默认为最近一次导入之前")
    parser.add_argument("--who", metavar="姓名", default="", help="操作人；默认为系统用户名")


def run(args: argparse.Namespace) -> int:
    """Undo, and print the present state of the data."""
    from reports.data.versions import undo
    from survey.host.person import name_of_person
    from survey.study.study import load_study

    version, count = undo(load_study(args.study), who=args.who or name_of_person(), why=args.why, to=args.to)
    print(f"已撤销，数据版本 {version}，现有答卷 {count} 份。")
    print(f"要恢复：silu undo --study {args.study} --to 版本号 --why 原因；版本号见 silu history --study {args.study}")
    return 0
