"""`silu audit verify|list STUDY`: check the audit log, or print it; for the audit administrator."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.terminal.exit_codes import EXIT_NEEDS_YOU

HELP = "审计记录：核对有没有被改动、删去或截短；查看谁在什么时候做了什么"
SHOWN = ("at", "who", "account", "role", "from", "act", "result")
"""Fields of every line; the others are printed behind them."""
HIDDEN = ("number", "key", "mac", "above", "seal")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("what", choices=("verify", "list"), metavar="verify|list", help="核对，或查看")
    parser.add_argument("study", type=Path, metavar="调查文件夹")
    parser.add_argument("--backup", type=Path, metavar="备份文件夹", help="核对：再与备份里的记录比")
    parser.add_argument("--person", metavar="人", default="", help="查看：只看这个人")
    parser.add_argument("--kind", metavar="种类", default="", help="查看：只看这一种，例如 导出")
    parser.add_argument("--since", metavar="日期", default="", help="查看：从这一天起，写作 2026-11-03")


def run(args: argparse.Namespace) -> int:
    """Check or print the log.

    Returns:
        0; 3 where the log was changed.
    """
    return _verify(args) if args.what == "verify" else _list(args)


def _verify(args: argparse.Namespace) -> int:
    from reports.health.audit import check_log
    from reports.sentences.notes.audit import checked

    found = check_log(args.study, args.backup)
    print(checked(found))
    for fault in found.faults:
        print(f"  {fault}")
    return EXIT_NEEDS_YOU if found.faults else 0


def _list(args: argparse.Namespace) -> int:
    from accounts.audit.log import events

    for line in events(args.study, who=args.person, act=args.kind, since=args.since):
        rest = [f"{name}={value}" for name, value in line.items() if name not in (*SHOWN, *HIDDEN)]
        print("\t".join([*(str(line.get(name, "")) for name in SHOWN), " ".join(rest)]))
    return 0
