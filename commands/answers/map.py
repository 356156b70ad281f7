"""`silu map import FILE... --study DIR --level district`: boundaries for the map; also `show` and `remove`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from commands.answers.import_ import YES
from survey.boundaries.names import DISTRICT, STREET
from survey.boundaries.systems import CHOICES
from survey.errors import ArgumentError
from survey.host.person import name_of_person

if TYPE_CHECKING:
    from survey.boundaries.staging import Draft

HELP = "地图边界：导入、查看、删去"
SHOWN = 20
"""So many lines of each list are printed; the rest are counted."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the actions and their options."""
    parser.add_argument(
        "action", metavar="动作", choices=["import", "show", "remove"], help="import 导入，show 查看，remove 删去"
    )
    parser.add_argument(
        "files", metavar="文件", nargs="*", type=Path, help="GeoJSON、Shapefile（或 zip）、KML、KMZ；可以几个"
    )
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--level", choices=[DISTRICT, STREET], help="文件里是哪一级：district 区县，street 街道")
    parser.add_argument("--system", choices=list(CHOICES), default="", help="文件没有写明时，它的坐标系")
    parser.add_argument("--approval", metavar="审图号", default="", help="审图号，印在导出的地图上")
    parser.add_argument("--yes", action="store_true", help="写入（或删去）；不写就只是预览")
    parser.add_argument("--who", metavar="姓名", default="", help="操作人；默认为系统用户名")


def run(args: argparse.Namespace) -> int:
    """Run one action.

    Returns:
        0, or 1 where areas or features found no counterpart, or the user declined.
    """
    from survey.boundaries.draft_words import stored
    from survey.boundaries.stored import read_boundaries, remove_boundaries
    from survey.study.study import load_study

    if args.action != "import":
        if args.files:
            raise ArgumentError(f"silu map {args.action} 后面不写文件", got=str(args.files[0]), cure="去掉文件名")
        study = load_study(args.study)
        if args.action == "show":
            print(stored(read_boundaries(study.root)))
            return 0
        if not _agreed(args, "删去这个调查的边界？"):
            return 1
        print("已删去边界，总览用格子图。" if remove_boundaries(study.root) else "这个调查没有边界。")
        return 0
    return _import(args)


def _import(args: argparse.Namespace) -> int:
    from survey.boundaries.draft_words import written
    from survey.boundaries.staging import commit, stage
    from survey.study.study import load_study

    if not args.files or not args.level:
        cure = f"silu map import 边界.geojson --study {args.study} --level district"
        raise ArgumentError("导入边界要写明文件，并用 --level 写明是区县还是街道", cure=cure)
    study = load_study(args.study)
    draft = stage(study, args.files, args.level, system=args.system, approval=args.approval)
    _show(draft)
    if not _agreed(args, "写入以上边界？"):
        print("没有写入任何数据。")
        return 1
    print(written(commit(study, draft, who=args.who or name_of_person())))
    return int(bool(draft.matches.missing or draft.matches.unused))


def _show(draft: Draft) -> None:
    from survey.boundaries.draft_words import details, lists, shortened, summary

    for line in details(draft):
        print(line)
    print(summary(draft))
    for one in lists(draft):
        print(f"\n{one.title}")
        for line in shortened(one.lines, SHOWN):
            print(f"  {line}")
    print()


def _agreed(args: argparse.Namespace, question: str) -> bool:
    """Return whether to go on; without a terminal and without --yes, a command only previews."""
    if args.yes:
        return True
    if not sys.stdin.isatty():
        print("这是预览；加上 --yes 才会改动。")
        return False
    return input(f"{question}[y/N] ").strip().lower() in YES
