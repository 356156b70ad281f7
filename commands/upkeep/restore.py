"""`silu restore`: restore a study folder from a backup."""

from __future__ import annotations

import argparse
from pathlib import Path

from survey.errors import ArgumentError
from survey.host.permissions import make_private, restrict_new_files, share
from survey.storage.backup.restore import check, restore
from survey.storage.backup.snapshot import snapshots

MIB = 2**20


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("source", metavar="备份", type=Path, help="备份文件夹")
    parser.add_argument("folder", metavar="目录", type=Path, nargs="?", help="恢复成哪个新文件夹")
    parser.add_argument("--list", action="store_true", help="列出有哪些备份")
    parser.add_argument("--check", action="store_true", help="检查备份是否完好，不恢复；不需要私钥")
    parser.add_argument("--snapshot", metavar="名称", default="", help="哪一份（名称的开头就行），默认最近一份")
    parser.add_argument("--identity", metavar="文件", type=Path, help="age 私钥文件，加密的备份要用")


def run(args: argparse.Namespace) -> int:
    """List, check or restore."""
    from survey.study.study import load_study

    if not (args.source / "snapshots").is_dir():
        raise ArgumentError("这里没有备份", got=str(args.source), expected="silu backup 写成的文件夹")
    if args.list:
        return _list(args.source)
    if args.check:
        return _check(args.source)
    if args.folder is None:
        raise ArgumentError("没有写恢复到哪里", cure="在备份后面写一个新的文件夹名")
    made = restore(args.source, args.folder, name=args.snapshot, identity=args.identity)
    study = load_study(args.folder)
    print(
        f"已恢复：{made.study}，{made.taken.astimezone():%Y-%m-%d %H:%M} 的备份，{len(made.files)} 个文件，逐个核对无误"
    )
    if note := _share(study.root):
        print(note)
    print(f"接下来：silu history --study {args.folder}")
    return 0


def _share(root: Path) -> str:
    """Give the restored files to the group that study.toml names; return why that was not possible, in Chinese."""
    from survey.collect.links.keys import FILE
    from survey.study.settings import shared_group

    try:
        if group := shared_group(root):
            share(root, group)
            restrict_new_files(group)
        if group and (root / FILE).exists():
            make_private(root / FILE, 0o640)
    except (ArgumentError, OSError) as error:
        return f"注意：恢复的文件现在只有你能读写，没有交给 study.toml 里的用户组：{error}"
    return ""


def _list(source: Path) -> int:
    for one in snapshots(source):
        locked = "，加密" if one.recipients else ""
        print(
            f"{one.name.removesuffix('.json')}  {one.taken.astimezone():%Y-%m-%d %H:%M}  {one.study}  "
            f"{len(one.files)} 个文件  {one.size / MIB:.1f} MB{locked}"
        )
    return 0


def _check(source: Path) -> int:
    faults = list(check(source))
    for fault in faults:
        print(fault)
    print(f"检查了 {len(snapshots(source))} 份备份：{f'{len(faults)} 处问题' if faults else '全部完好'}")
    return 1 if faults else 0
