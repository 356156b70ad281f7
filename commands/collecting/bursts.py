"""`silu bursts --study DIR`: bursts of the open form, what they would change, and decisions on them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from survey.errors import ArgumentError

if TYPE_CHECKING:
    from survey.study.study import Study

HELP = "集中提交（刷票嫌疑）：查看、计入或不计入，由分析员决定并写明理由"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--count", metavar="编号", default="", help="计入结果，例如 1,2；all 为全部")
    what.add_argument("--drop", metavar="编号", default="", help="不计入")
    what.add_argument("--undo", metavar="编号", default="", help="撤销判断，回到待判断")
    parser.add_argument("--who", metavar="姓名", default="", help="经办人")
    parser.add_argument("--why", metavar="理由", default="", help="为什么")


def run(args: argparse.Namespace) -> int:
    """Log a decision, or list the bursts."""
    from reports.fieldwork.bursts import ACTIONS, bursts_of, decide_bursts
    from reports.sentences.notes.fieldwork import bursts_decided
    from survey.study.study import load_study

    study = load_study(args.study)
    found = bursts_of(study)
    kind = next((kind for kind in ACTIONS if getattr(args, kind)), None)
    if kind is not None:
        numbers = _numbers(getattr(args, kind), [one.number for one in found])
        count = decide_bursts(study, numbers, kind, who=args.who, why=args.why)
        print(bursts_decided(ACTIONS[kind], count))
    _show(study)
    return 0


def _show(study: Study) -> None:
    """Print the bursts and what they would change."""
    from commands.terminal.tables import as_text
    from reports.fieldwork.bursts import NOT_AN_ACCUSATION, bursts_of, bursts_table, effect_of

    found = bursts_of(study)
    if not found:
        print("没有集中提交")
        return
    print(as_text(bursts_table(found), [NOT_AN_ACCUSATION]).decode(), end="")
    for wave in dict.fromkeys(one.wave for one in found if one.held):
        effect = effect_of(study, wave)
        if not effect.empty:
            print(f"\n{wave}　网上自填的四率")
            print(as_text(effect, []).decode(), end="")


def _numbers(text: str, known: list[int]) -> list[int]:
    """Return the numbers of the option; all of them for "all"."""
    if text.strip() == "all":
        return known
    parts = [part.strip() for part in text.replace("，", ",").split(",") if part.strip()]
    if wrong := [part for part in parts if not part.isdecimal()]:
        raise ArgumentError("编号要写成数字", got="、".join(wrong), expected="例如 1,2 或 all")
    return [int(part) for part in parts]
