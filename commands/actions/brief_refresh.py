"""`silu brief STUDY --refresh FILE`: new numbers in an edited deck or document."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from survey.study.study import Study


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument(
        "--refresh",
        metavar="文件",
        type=Path,
        help="把改过的 .pptx 或 .docx 里的生成区换成最新的数字，其余不动，另存一份",
    )


def run(args: argparse.Namespace, study: Study) -> int:
    """Write a refreshed copy beside the file, or into the folder of --out, and say what people should know."""
    from accounts.grants import may
    from accounts.verbs import Verb
    from commands.terminal.asked import selection_of
    from documents.delivery import hashes, record
    from documents.forms import form_of
    from documents.refresh.refresh import record_of, refreshed
    from reports.briefing.build import parts, source
    from reports.sample import gather
    from survey.errors import ArgumentError
    from survey.host.disk import write_whole

    path: Path = args.refresh
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArgumentError("文件打不开", got=str(path), cure="检查文件名，或关掉正在用它的程序") from error
    old = record_of(study.root, path.name, content).briefing
    asked = selection_of(args)
    found = source(gather(study, asked), asked, quotes=may(Verb.VOICES))
    one = next(iter(parts(found, old.kind, old.area))).make()
    done = refreshed(path.name, content, old, one)
    record(study.root, one, hashes([(form_of(path.name), done.content)]))
    folder = args.out if args.out != Path() else path.parent
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{path.stem}_版本{dict(one.facts)['version']}{path.suffix}"
    if target.exists():
        raise ArgumentError("更新后的文件已经有了", got=str(target), cure="改名，或用 --out 存到别的文件夹")
    write_whole(target, partial(_fill, done.content))
    print(f"已存到 {target}（原来的文件没有动）")
    for line in done.lines:
        print(line)
    return 0


def _fill(content: bytes, draft: Path) -> None:
    draft.write_bytes(content)
