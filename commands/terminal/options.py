"""Options shared by several commands, in a light module so that help texts load neither numpy nor pandas."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands.terminal.choices import FORMATS
from survey.host.engine import ENGINE_LABELS
from survey.study.modes import MODES


def of_round(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands on the fieldwork of one wave; "" means the newest wave and its first mode."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--wave", metavar="轮次", default="", help="哪一轮；默认为最近一轮")
    parser.add_argument("--mode", metavar="方式", default="", choices=("", *MODES), help="哪种方式；默认为第一种")


def of_sample(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands on decisions, which use the weighted sample of one mode."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--wave", metavar="轮次", default="", help="哪一轮；不写则为最近一轮")
    modes = [mode for mode in MODES if mode != "online"]
    parser.add_argument("--mode", metavar="方式", choices=modes, default="household", help="调查方式，默认入户面访")
    parser.add_argument("--format", metavar="格式", choices=FORMATS, default="table", help="table、csv 或 xlsx")
    parser.add_argument("--out", metavar="文件", type=Path, help="存到文件；xlsx 必须写")
    of_counting(parser)
    of_explaining(parser)


def of_counting(parser: argparse.ArgumentParser) -> None:
    """Add the option of commands that compute results: with or without excluded responses."""
    parser.add_argument("--without-excluded", action="store_true", help="不计由人决定剔除的答卷（见 silu exclude）")


def of_explaining(parser: argparse.ArgumentParser) -> None:
    """Add the option of commands that print figures: print their full provenance."""
    parser.add_argument(
        "--explain", action="store_true", help="连同“这个数怎么来的”：题目、口径、份数、加权、误差、版本"
    )


def of_engine(parser: argparse.ArgumentParser) -> None:
    """Add the options on where and within what memory to compute; without them [engine] of study.toml applies."""
    engines = "；".join(f"{name} {label}" for name, label in ENGINE_LABELS.items())
    parser.add_argument("--engine", metavar="引擎", choices=tuple(ENGINE_LABELS), help=engines)
    parser.add_argument("--master", metavar="地址", help="Spark Connect 的地址，例如 sc://10.0.0.8:15002")
    parser.add_argument("--memory", metavar="内存", help="本命令最多用多少内存，例如 1GB；放不下时暂存到磁盘")
