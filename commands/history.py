"""`silu history --study DIR`: all data versions, newest first."""

from __future__ import annotations

import argparse
from pathlib import Path

from survey.storage.store import ResponseStore, Version
from survey.study.study import load_study

HELP = "列出所有数据版本：谁在什么时候导入或撤销了什么"
KINDS = {"create": "建库", "import": "导入", "undo": "撤销", "withdrawal": "居民撤回"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")


def run(args: argparse.Namespace) -> int:
    """Print one line a version."""
    store = ResponseStore(load_study(args.study).root / "store")
    history = store.history()
    if not history:
        print("还没有导入过任何答卷。")
        return 0
    live, lost = {version.number for version in store.lineage()}, store.lost()
    for version in history:
        gone = "  （含已撤回的答卷，内容已从硬盘清除，不能再打开）" if version.number in lost else ""
        print(describe(version, live=version.number in live) + gone)
    return 0


def describe(version: Version, *, live: bool) -> str:
    """One version in one line.

    Args:
        version: the version.
        live: its rows are part of the newest data.
    """
    parts = [f"版本 {version.number}", f"{version.at:%Y-%m-%d %H:%M}", KINDS.get(version.kind, version.kind)]
    counts, files = version.meta.get("counts", {}), version.meta.get("files", ())
    if version.kind == "import":
        parts.append(version.meta.get("wave", ""))
        parts.append("、".join(file["name"] for file in files))
        labels = (("new", "新增"), ("changed", "更新"), ("unchanged", "不变"), ("rejected", "退回"))
        parts.append(" ".join(f"{label} {counts[key]}" for key, label in labels if counts.get(key)))
        parts.append("" if live else "（已撤销）")
    if "restored" in version.meta:
        parts.append(f"回到版本 {version.meta['restored']} 的内容")
    parts += [version.who, version.note]
    return "  ".join(part for part in parts if part)
