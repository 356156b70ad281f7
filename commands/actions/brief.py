"""`silu brief STUDY`: documents for leaders, and the check of a finished one."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from commands.actions import brief_life, brief_refresh, brief_template, brief_when
from survey.study.modes import MODES

if TYPE_CHECKING:
    from documents.forms import Form
    from reports.briefing.build import Parts, Source
    from reports.briefing.model import Briefing, Kind

HELP = "领导材料：简报、区域档案、通报、整改通知单、督办单，一次生成 Word 等格式；--verify 核对一份文件"
LEVELS = {"区县": "district", "街道": "street", "社区": "community"}
KINDS = ("简报", "区域档案", "通报", "专题汇报", "整改通知单", "督办单", "汇报演示")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="调查文件夹", type=Path, nargs="?", help="调查文件夹；只检查或新建模板时不写")
    parser.add_argument("--kind", metavar="种类", default=KINDS[0], help=f"{'、'.join(KINDS)}；几种用逗号分开")
    when = "数据有新版本、这些种类还没出过才写，否则什么也不做（供计划任务用）"
    parser.add_argument("--when", choices=("new-version",), help=when)
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
    parser.add_argument(
        "--to", "--out", dest="out", metavar="文件夹", type=Path, default=Path(), help="存到哪个文件夹，默认当前文件夹"
    )
    parser.add_argument("--zip", metavar="文件", type=Path, help="全部文件装进一个压缩包，例如 各区县.zip")
    pack = "领导材料：一页简报、封面和五页幻灯（写 --area 则为该区县的档案）装进一个压缩包，例如 领导材料.zip"
    parser.add_argument("--pack", metavar="文件", type=Path, help=pack)
    parser.add_argument(
        "--evidence",
        action="store_true",
        help="证据卷宗：问卷、抽样、权重、结果表、版本、披露清单和校验值装进一个压缩包",
    )
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
    """Write the documents or the dossier, print the spoken summaries, or care for what was issued."""
    from commands.terminal.asked import listed, selection_of, study_of
    from documents.batch import write_dossier
    from reports.briefing.build import source
    from reports.sample import gather

    if (done := _other(args)) is not None:
        return done
    if args.when and not brief_when.is_due(args):
        print("数据没有新版本，没有写文件。")
        return 0
    study, asked, kinds = study_of(args), selection_of(args), [_kind(name) for name in listed(args.kind)]
    forms = brief_template.forms_of(study, listed(args.form), args.template)
    found = source(gather(study, asked), asked, quotes=_may_quote())
    if args.evidence:
        path = args.zip or args.out / f"证据卷宗_版本{found.facts.gathered.version}.zip"
        print(f"已存到 {write_dossier(study.root, path, found.facts)}")
        return 0
    if args.pack is not None:
        _leader_pack(args, found)
        return 0
    _write(args, study.root, tuple(part for kind in kinds for part in _parts(found, kind, args)), forms)
    if args.when:
        brief_when.note(args, found.facts.gathered.version)
    return 0


def _write(args: argparse.Namespace, root: Path, every: Parts, forms: Sequence[Form]) -> None:
    """Write documents into an archive or a folder, or print what is said of them aloud."""
    from documents.delivery import deliver

    if args.zip is not None:
        _packed(root, every, forms, args.zip)
        return
    for part in every:
        one = part.make()
        if args.spoken:
            print("\n\n".join(str(text) for text in one.spoken))
            continue
        for path in deliver(root, one, forms, args.out):
            print(f"已存到 {path}")
            if path.suffix == ".png":
                _charts(one, path)


def _kind(name: str) -> Kind:
    """Return the kind with a name.

    Raises:
        ArgumentError: there is no such kind.
    """
    from reports.briefing.model import Kind
    from survey.errors import ArgumentError

    if name not in KINDS:
        raise ArgumentError("没有这种材料", got=name, expected="、".join(KINDS))
    return Kind(name)


def _parts(found: Source, kind: Kind, args: argparse.Namespace) -> Parts:
    """Return the documents of a kind; with --when, no entry in the ledger is not an error but a line."""
    from reports.briefing.build import OF_LEDGER, parts
    from survey.errors import ArgumentError

    try:
        return parts(found, kind, args.area, LEVELS[args.level])
    except ArgumentError as error:
        if not args.when or kind not in OF_LEDGER:
            raise
        print(f"{kind}：{error.what}")
        return ()


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
    from commands.terminal.asked import study_of
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


def _leader_pack(args: argparse.Namespace, found: Source) -> None:
    """Write the pack for leaders, the same as behind the button 领导材料."""
    from documents.leader_pack import leader_pack
    from reports.briefing.build import build
    from survey.host.disk import write_whole

    study = found.facts.study
    forms = brief_template.known_forms(study, args.template)
    content = leader_pack(study.root, lambda kind: build(found, kind, args.area), forms, area=bool(args.area))
    write_whole(args.pack, partial(_fill, content))
    print(f"已存到 {args.pack}")


def _packed(root: Path, every: Parts, forms: Sequence[Form], path: Path) -> None:
    """Write all documents into one archive, whole or not at all, and show how many are made; Ctrl+C cancels."""
    from commands.terminal.progress import ProgressLine
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
