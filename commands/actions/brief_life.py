"""The life of documents on the command line: check a file, list what was issued, withdraw and correct."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.terminal.exit_codes import EXIT_NEEDS_YOU
from survey.errors import ArgumentError


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `silu brief`."""
    parser.add_argument(
        "--history", action="store_true", help="列出发出过的材料：核验码、谁在什么时候、每个文件的校验值、状态"
    )
    parser.add_argument("--withdraw", metavar="核验码", default="", help="撤回一份发出去的材料，要用 --why 写明原因")
    parser.add_argument(
        "--correct", metavar="核验码", default="", help="更正一份材料：用 --by 指向新材料，用 --why 写明原因"
    )
    parser.add_argument("--by", metavar="新核验码", default="", help="更正之后以哪一份为准")
    parser.add_argument("--why", metavar="原因", default="", help="撤回或更正的原因")


def run(args: argparse.Namespace) -> int | None:
    """List, withdraw or correct documents; None where none of these is asked."""
    from reports.briefing import life

    if args.withdraw and args.correct:
        raise ArgumentError("--withdraw 和 --correct 不能同时用", cure="去掉其中一个")
    if args.withdraw:
        done = life.withdraw(args.study, args.withdraw, args.why)
        print(f"已撤回 {done.code}。用这个核验码核验的人会看到已撤回和原因。")
        return 0
    if args.correct:
        done = life.correct(args.study, args.correct, args.by, args.why)
        print(f"已更正 {done.code}，以 {done.by} 为准。")
        return 0
    if args.history:
        return _history(args.study)
    return None


def _history(root: Path) -> int:
    """Print what was issued, withdrawn and corrected, oldest first, with the hashes of the files."""
    from reports.briefing.issued import issued
    from reports.briefing.life import history, standing
    from reports.data.versions import newest

    events, known = history(root), {one.code: one for one in issued(root)}
    if not events:
        print("还没有发出过材料。")
    for one in events:
        about = known[one.code].briefing if one.code in known else None
        what = f"{about.kind} {about.area or '全市'}" if about else "存底已损坏"
        print(f"{one.at[:16]}  {one.who}  {one.step}  {one.code}  {what}")
        for suffix, sha in (one.files or {}).items():
            print(f"    {suffix}  SHA-256 {sha}")
        if one.why:
            print(f"    原因：{one.why}" + (f"；以 {one.by} 为准" if one.by else ""))
    version = newest(root)
    for code in dict.fromkeys(one.code for one in events if one.code in known):
        print(f"{code}  {standing(events, known[code], version or known[code].version)}")
    return 0


def verify(root: Path, path: Path) -> int:
    """Check a file and print what it is, whether it counts, and every place that is not as it was issued."""
    from documents.verify import check, lines

    if not path.is_file():
        raise ArgumentError("没有这个文件", got=str(path))
    found = check(root, path.name, path.read_bytes())
    for line in lines(found):
        print(line)
    return 0 if found.good else EXIT_NEEDS_YOU
