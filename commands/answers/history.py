"""`silu history --study DIR`: list all data versions, newest first."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.numerals import count

if TYPE_CHECKING:
    from reports.data.versions import DataVersion

HELP = "列出所有数据版本：谁在什么时候导入或撤销了什么"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")


def run(args: argparse.Namespace) -> int:
    """Print one line per version."""
    from reports.data.versions import history
    from survey.study.study import load_study

    versions = history(load_study(args.study))
    if not versions:
        print("还没有导入过任何答卷。")
    for version in versions:
        gone = "" if version.readable else "  （含已撤回或保存期已满的答卷，内容已从硬盘清除，不能再打开）"
        gone = "  （数据文件损坏或不见了，打不开；见 silu verify）" if version.broken else gone
        print(_line(version) + gone)
    return 0


def _line(version: DataVersion) -> str:
    """Return one line that describes a version."""
    parts = [
        f"版本 {version.number}",
        f"{version.at:%Y-%m-%d %H:%M}",
        version.kind,
        version.wave,
        "、".join(version.files),
        " ".join(f"{label} {count(n)}" for label, n in version.counts.items() if n),
        "（已撤销）" if version.undone else "",
        version.who,
        version.note,
    ]
    return "  ".join(part for part in parts if part)
