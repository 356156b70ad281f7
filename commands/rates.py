"""`silu rates --study DIR --by district,age --measure satisfaction`: what it takes; `commands.rating` does the work."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from analysis.estimation.interval_names import DEFAULT_INTERVAL, INTERVAL_LABELS
from commands.choices import BY, FORMATS
from commands.counting import add_option
from survey.instrument.measure import MEASURES
from survey.study.modes import MODES

HELP = "计算四率：按区县、年龄等分组，带置信区间"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument(
        "--by", metavar="分组", default="", help="用逗号分开，例如 district,age；可用：" + "、".join(BY)
    )
    asked = parser.add_mutually_exclusive_group()
    measures = {key: measure.label for key, measure in MEASURES.items()}
    asked.add_argument("--measure", metavar="指标", choices=tuple(measures), help="四率之一：" + _choices(measures))
    asked.add_argument("--item", metavar="题号", default="", help="指标题号，用逗号分开；不写则为四率")
    parser.add_argument("--wave", metavar="轮次", default="", help="只看这些轮次，用逗号分开；不写则为最近一轮")
    parser.add_argument("--mode", metavar="方式", choices=tuple(MODES), help="只看这种方式：" + _choices(MODES))
    parser.add_argument(
        "--where", metavar="条件", action="append", default=[], help="只看一部分人，例如 district=东湖区"
    )
    parser.add_argument(
        "--interval", metavar="区间", choices=tuple(INTERVAL_LABELS), default=DEFAULT_INTERVAL, help="区间方法"
    )
    parser.add_argument("--level", metavar="水平", type=float, default=0.95, help="置信水平，默认 0.95")
    formats = (*FORMATS, "json")
    parser.add_argument("--format", metavar="格式", choices=formats, default="table", help="table、csv、xlsx 或 json")
    parser.add_argument("--out", metavar="文件", type=Path, help="存到文件；xlsx 必须写")
    add_option(parser)
    parser.add_argument("--version", metavar="版本", type=int, help="哪个数据版本；默认为最新")


def run(args: argparse.Namespace) -> int:
    """Load what computes, only now, and compute."""
    from commands.rating import rate

    return rate(args)


def _choices(names: Mapping[str, str]) -> str:
    return "、".join(f"{name}（{label}）" for name, label in names.items())
