"""`silu change --study DIR`: what moved since an earlier wave, and whether listed weaknesses were mended."""

from __future__ import annotations

import argparse

from commands.options import of_sample

HELP = "比较两轮：哪些变化看得出来，上一轮的薄弱项补上没有"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    of_sample(parser)
    parser.add_argument("--before", metavar="轮次", default="", help="与哪一轮比；不写则为前一轮")
    parser.add_argument("--look-back", action="store_true", help="列出回头看（上一轮的薄弱项），不列各区县变化")


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and do it."""
    from commands.work import change

    return change.run(args)
