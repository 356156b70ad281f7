"""The options that the commands about the fieldwork of one round have in common."""

from __future__ import annotations

import argparse
from pathlib import Path

from survey.mode import MODES


def add_options(parser: argparse.ArgumentParser) -> None:
    """Study, wave and mode; "" for the newest wave and its first mode."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--wave", metavar="轮次", default="", help="哪一轮；默认为最近一轮")
    parser.add_argument("--mode", metavar="方式", default="", choices=("", *MODES), help="哪种方式；默认为第一种")
