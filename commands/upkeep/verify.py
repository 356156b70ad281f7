"""`silu verify STUDY`: check that all stored data of a study are as written; `silu verify FILE`: check a document."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.exit_codes import EXIT_NEEDS_YOU
from commands.terminal.progress import ProgressLine

if TYPE_CHECKING:
    from survey.storage.repair.verify import Verification

HELP = "核对调查文件夹：数据、日志、原始文件、网上答卷、台账和记录是否与写入时一致；也核对一份发出去的材料"
SHOWN = 50
"""So many faults are listed; the rest are counted."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="调查文件夹或文件", type=Path, help="要核对的调查文件夹，或一份发出去的材料")
    parser.add_argument(
        "--study",
        dest="of",
        metavar="调查文件夹",
        type=Path,
        help="材料属于哪个调查；不写则在它的上级文件夹和当前文件夹里找",
    )
    parser.add_argument("--read-only", action="store_true", help="只核对，不给没有校验值的文件补记校验值")


def run(args: argparse.Namespace) -> int:
    """Check all data, or one document, and print the findings.

    Returns:
        0, or 3 if anything differs from what was written.
    """
    if args.of is not None or args.study.is_file():
        from commands.actions.brief_life import verify as verify_document

        return verify_document(args.of or _study_near(args.study), args.study)
    from accounts.grants import may, require
    from accounts.verbs import Verb
    from reports.health.verification import verify
    from survey.study.study import load_study

    if not may(Verb.COLLECT):
        require(Verb.RUN, "核对调查文件夹")

    with ProgressLine() as bar:
        found = verify(load_study(args.study), seal=not args.read_only, progress=bar.show)
    for line in summary(found, sealed=not args.read_only):
        print(line)
    return EXIT_NEEDS_YOU if found.faults else 0


def _study_near(path: Path) -> Path:
    """Return the study in whose folder, or in a folder above, a document lies; else that of the current folder."""
    from survey.errors import ArgumentError

    folders = (*path.resolve().parents, Path.cwd())
    found = next((one for one in folders if (one / "study.toml").is_file()), None)
    if found is None:
        raise ArgumentError("不知道这份材料属于哪个调查", got=str(path), cure="用 --study 写明调查文件夹")
    return found


def summary(found: Verification, *, sealed: bool) -> Iterator[str]:
    """Yield one line per kind of file, then one per fault."""
    from survey.storage.repair.verify import Stored

    wrong = {kind: sum(fault.kind is kind for fault in found.faults) for kind in Stored}
    for kind in Stored:
        checked, unsealed = found.checked.get(kind, 0), found.unsealed.get(kind, 0)
        if not checked and not unsealed and not wrong[kind]:
            continue
        sign = "×" if wrong[kind] else "√"
        missing = f"，{unsealed} 个没有留存校验值" if unsealed else ""
        now = "，现已补记" if unsealed and sealed and not wrong[kind] and not found.unwritten else ""
        faults = f"，{wrong[kind]} 处不符" if wrong[kind] else ""
        unit = "份" if kind is Stored.INBOX else "个"
        yield f"{sign} {kind}：核对 {checked} {unit}{missing}{now}{faults}"
    for fault in found.faults[:SHOWN]:
        yield f"\n{fault.kind} {fault.path}：{fault.what}\n    处理办法：{fault.cure}"
    if len(found.faults) > SHOWN:
        yield f"……另有 {len(found.faults) - SHOWN} 处"
    if found.unwritten:
        yield f"\n校验值没有补记：{found.unwritten}。检查磁盘空间和写权限后再核对一次"
    total = len(found.faults)
    yield f"\n发现 {total} 处与写入时不符。先不要删除任何文件。" if total else "\n全部与写入时一致。"
