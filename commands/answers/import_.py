"""`silu import FILE... --study DIR --wave W`: preview answer files, then commit them atomically."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from commands.terminal.progress import ProgressLine
from survey.errors import ArgumentError, DamagedError
from survey.host.person import name_of_person
from survey.study.modes import MODES

if TYPE_CHECKING:
    from survey.importing import ingest
    from survey.study.study import Study

HELP = "导入答卷文件：先预览，确认后一次写入"
YES = {"y", "yes", "是", "好", "确认"}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("files", metavar="文件", nargs="+", type=Path, help="xlsx、xls 或 csv；可以一次给几个")
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument("--wave", metavar="轮次", required=True, help="属于哪一轮，如 W1")
    parser.add_argument("--mode", choices=list(MODES), help="调查方式；该轮只有一种时可省略")
    parser.add_argument("--yes", action="store_true", help="不再询问，直接写入")
    parser.add_argument("--dry-run", action="store_true", help="只预览，不写入")
    parser.add_argument("--keep-partial", action="store_true", help="个别答案无法识别时保留这份答卷，只舍弃该答案")
    parser.add_argument(
        "--confirm",
        metavar="种类",
        action="append",
        default=[],
        help="预览要求确认的事，核对后确认；可以写几次，种类见预览",
    )
    parser.add_argument("--who", metavar="姓名", default="", help="操作人，记入历史；默认为系统用户名")
    parser.add_argument("--note", metavar="说明", default="", help="说明，记入历史")


def run(args: argparse.Namespace) -> int:
    """Preview, ask for confirmation and commit.

    Returns:
        0 if every row is in the store, 1 if rows were rejected or the user declined.
    """
    from reports.counted.definition import KEEP_FROM
    from survey.importing import ingest
    from survey.study.study import load_study

    study = load_study(args.study)
    preview = _staged(study, args)
    show_preview(preview)
    if args.dry_run:
        print("这是预览，没有写入任何数据。")
        return int(preview.rejected > 0)
    if preview.rejected:
        _export_rejected(preview, args.files)
    if preview.comparison.empty:
        print("没有新的内容，数据保持原样。")
        return int(preview.rejected > 0)
    confirmed = _decided(preview, args)
    if confirmed is None or (not args.yes and not _agreed("写入以上内容？")):
        print("没有写入任何数据。")
        return 1
    with ProgressLine() as bar:
        done = ingest.commit(
            preview, who=args.who or name_of_person(), note=args.note, confirmed=confirmed, progress=bar.show
        )
        if done.version is not None and preview.rows_in >= KEEP_FROM:
            from reports.fieldwork.background import start_after_commit
            from reports.fieldwork.deriving import derive_at_commit  # loads the estimates

            bar.show("汇总答卷", 1.0)
            derive_at_commit(study)
            start_after_commit(study)
    print("没有新的内容，数据保持原样。" if done.version is None else f"已写入，数据版本 {done.version}。")
    return int(done.preview.rejected > 0)


def _staged(study: Study, args: argparse.Namespace) -> ingest.Preview:
    """Return the preview; if the store is damaged, the files are used to repair it first."""
    with ProgressLine() as bar:
        try:
            return _stage(study, args, bar)
        except DamagedError:
            if args.dry_run:
                raise
            from reports.health.repair import heal_with  # loaded only by those who need it

            healed = heal_with(study, args.files, progress=bar.show)
            preview = _stage(study, args, bar)
    print("注意：答卷库有损坏，已用这些文件修复：")
    for line in healed.done:
        print(f"  {line}")
    return preview


def _stage(study: Study, args: argparse.Namespace, bar: ProgressLine) -> ingest.Preview:
    from survey.importing import ingest

    return ingest.stage(study, args.files, args.wave, mode=args.mode, keep_partial=args.keep_partial, progress=bar.show)


def show_preview(preview: ingest.Preview) -> None:
    """Print counts and the first issues."""
    from survey.importing import ingest
    from survey.readers.cells.issues import KINDS

    for file in preview.files:
        reader = ingest.reader_title(file["reader"])
        sheet = f"，工作表「{file['sheet']}」" if file["sheet"] else ""
        why = f"（{file['why']}）" if file["why"] else ""
        print(f"{file['name']}：{reader}{why}{sheet}，表头在第 {file['header_row']} 行，{file['rows']} 行答卷")
    counts = [("新增", preview.new), ("不变", preview.unchanged), ("更新", preview.changed), ("退回", preview.rejected)]
    counts += [("作废", preview.revoked)] * bool(preview.revoked)
    print(f"共 {preview.rows_in} 行：" + "，".join(f"{label} {count}" for label, count in counts))
    _show_confirmations(preview)
    total = sum(preview.issue_count.values())
    if not total:
        return
    shown = preview.issues
    print(f"\n发现 {total} 处问题：")
    for code, count in preview.issue_count.items():
        print(f"  {KINDS[code][0]}：{count}")
    print(f"前 {len(shown)} 处：")
    for issue in shown:
        print(f"  {issue}")


def _show_confirmations(preview: ingest.Preview) -> None:
    if not preview.confirmations:
        return
    print(f"\n要先确认 {len(preview.confirmations)} 件事：")
    for one in preview.confirmations:
        print(f"  {one}（核对后没错：--confirm {one.kind}）")


def _export_rejected(preview: ingest.Preview, files: list[Path]) -> None:
    """Write rejected rows next to the first answer file, or into the study if that folder is not writable."""
    from survey.importing.rejects import write_rejected

    try:
        written = write_rejected(preview.comparison.rejected, files[0].absolute().parent)
    except OSError:
        written = write_rejected(preview.comparison.rejected, preview.study.root / "rejected")
    print("\n退回的行已另存，改好后可直接再导入：" + "、".join(str(path) for path in written))


def _decided(preview: ingest.Preview, args: argparse.Namespace) -> tuple[str, ...] | None:
    """Return the confirmed kinds, asking a person at a terminal for those that are open; None if one was declined.

    `--yes` confirms none of them: a script must name each kind.
    """
    from survey.importing.confirming.confirmations import open_confirmations

    given = tuple(kind for option in args.confirm for kind in option.replace("、", ",").split(","))
    asked = () if args.yes else open_confirmations(preview.confirmations, given)
    for one in asked:
        if not _agreed(f"{one.title}：{one.found}。确实没错？"):
            return None
    return (*given, *(one.kind for one in asked))


def _agreed(question: str) -> bool:
    if not sys.stdin.isatty():
        raise ArgumentError("需要确认才能写入", cure="加上 --yes 直接写入，或加上 --dry-run 只看预览")
    return input(f"{question}[y/N] ").strip().lower() in YES
