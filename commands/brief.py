"""`silu brief STUDY`: documents for leaders, and the check of a finished one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands import brief_life, brief_refresh, brief_template
from survey.study.modes import MODES

if TYPE_CHECKING:
    from documents.forms import Form
    from reports.briefing.build import Parts
    from reports.briefing.model import Briefing

HELP = "领导材料：简报、区域档案、通报、整改通知单、督办单，一次生成 Word 等格式；--verify 核对一份文件"
LEVELS = {"区县": "district", "街道": "street", "社区": "community"}
KINDS = ("简报", "区域档案", "通报", "专题汇报", "整改通知单", "督办单", "汇报演示")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="调查文件夹", type=Path, nargs="?", help="调查文件夹；只检查或新建模板时不写")
    parser.add_argument("--kind", metavar="种类", choices=KINDS, default=KINDS[0], help="、".join(KINDS))
    parser.add_argument(
        "--area",
        metavar="区县",
        default="",
        help="哪个区域（街道写成 区县/街道）或责任单位；不写则每个区域（或每条台账）一份",
    )
    parser.add_argument(
        "--level", metavar="层级", choices=LEVELS, default="区县", help="不写 --area 时每个区县、街道或社区一份"
    )
    parser.add_argument(
        "--form", metavar="格式", default="", help="docx、pptx、xlsx、html 等，几种用逗号分开，不写则为 docx"
    )
    parser.add_argument("--out", metavar="文件夹", type=Path, default=Path(), help="存到哪个文件夹，默认当前文件夹")
    parser.add_argument("--zip", metavar="文件", type=Path, help="全部文件装进一个压缩包，例如 各区县.zip")
    parser.add_argument("--wave", metavar="轮次", default="", help="哪一轮；不写则为最近一轮")
    modes = [mode for mode in MODES if mode != "online"]
    parser.add_argument("--mode", metavar="方式", choices=modes, default="household", help="调查方式，默认入户面访")
    parser.add_argument("--spoken", action="store_true", help="只打印百字、三百字、八百字的口头汇报，不写文件")
    parser.add_argument("--verify", metavar="文件", type=Path, help="核对一份已生成的文件与存底是否一致")
    brief_life.configure(parser)
    parser.add_argument("--without-excluded", action="store_true", help="不计由人决定剔除的答卷（见 silu exclude）")
    brief_template.configure(parser)
    brief_refresh.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Write the documents, print the spoken summaries, or check a file."""
    from commands.asked import listed, selection_of, study_of
    from documents.delivery import deliver
    from reports.briefing.build import parts, source
    from reports.briefing.model import Kind
    from reports.sample import gather

    if (done := _other(args)) is not None:
        return done
    forms = brief_template.forms_of(listed(args.form), args.template)
    study = study_of(args)
    asked = selection_of(args)
    found = source(gather(study, asked), asked, quotes=_may_quote())
    if args.zip is not None:
        _packed(study.root, parts(found, Kind(args.kind), args.area, LEVELS[args.level]), forms, args.zip)
        return 0
    for part in parts(found, Kind(args.kind), args.area, LEVELS[args.level]):
        one = part.make()
        if args.spoken:
            print("\n\n".join(str(text) for text in one.spoken))
            continue
        for path in deliver(study.root, one, forms, args.out):
            print(f"已存到 {path}")
            if path.suffix == ".png":
                _charts(one, path)
    return 0


def _charts(found: Briefing, page: Path) -> None:
    """Write each chart as a picture beside the page."""
    from documents.png.render import charts
    from survey.host.disk import write_whole

    for key, picture in charts(found).items():
        path = page.with_name(f"{page.stem}_{key}.png")
        write_whole(path, partial(_fill, picture))
        print(f"已存到 {path}")


def _fill(content: bytes, draft: Path) -> None:
    draft.write_bytes(content)


def _other(args: argparse.Namespace) -> int | None:
    """Do what is asked for in place of new documents: templates, checks, the life of a document, a refresh."""
    from commands.asked import study_of
    from survey.errors import ArgumentError

    if (done := brief_template.run(args)) is not None:
        return done
    if args.study is None:
        raise ArgumentError("没有写调查文件夹", expected="silu brief 调查文件夹")
    if args.verify is not None:
        return brief_life.verify(args.study, args.verify)
    if (done := brief_life.run(args)) is not None:
        return done
    return brief_refresh.run(args, study_of(args)) if args.refresh is not None else None


def _packed(root: Path, every: Parts, forms: Sequence[Form], path: Path) -> None:
    """Write all documents into one archive, whole or not at all, and show how many are made; Ctrl+C cancels."""
    from commands.progress import ProgressLine
    from documents.batch import CancelledError, Progress, write_batch

    progress = Progress()
    try:
        with ProgressLine() as line:
            write_batch(root, path, every, forms, progress, lambda now: line.show(f"写文件 {now.now}", now.share))
    except KeyboardInterrupt:
        raise CancelledError("已取消，没有写文件", cure="需要时重新运行") from None
    print(f"已存到 {path}，清单在压缩包里")


def _may_quote() -> bool:
    from accounts.grants import may
    from accounts.verbs import Verb

    return may(Verb.VOICES)
