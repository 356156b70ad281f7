"""`silu keys`: count the keys of the online form, add a new one, or retire old ones."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

HELP = "网上问卷的密钥：查看、更换、停用旧密钥"
DONE: Mapping[str, str] = {
    "rotate": ("已换上新密钥。新的回执、邀请码和访问员链接用它，以前发出的仍然有效。"),
    "retire": ("已停用旧密钥。用旧密钥发出的回执、邀请码和访问员链接从此无效，请重新发放。"),
    "lost": ("已换上新密钥。以前发出的回执、邀请码和访问员链接全部作废，请重新发放。"),
}
"""Option -> the consequences for people."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", type=Path, metavar="调查文件夹")
    actions = parser.add_mutually_exclusive_group()
    actions.add_argument("--rotate", action="store_true", help="换新密钥；以前发出的回执、邀请码、访问员链接仍然有效")
    actions.add_argument("--retire", action="store_true", help="停用旧密钥；用它们发出的从此无效。先 silu drain")
    actions.add_argument("--lost", action="store_true", help="密钥文件丢失又没有备份时重新开始；以前发出的全部作废")


def run(args: argparse.Namespace) -> int:
    """Change or count the keys; a key itself is never printed."""
    from survey.collect.links import keys
    from survey.collect.serving.server import open_inbox
    from survey.collect.settings import collect_settings
    from survey.study.study import load_study

    study = load_study(args.study)
    backend = open_inbox(study, collect_settings(study))
    actions = {"rotate": keys.rotate, "retire": keys.retire, "lost": keys.replace_lost, "": keys.keys_of}
    chosen = next((name for name in DONE if getattr(args, name)), "")
    try:
        found = actions[chosen](study, backend)
    finally:
        backend.close()
    if chosen:
        print(f"{DONE[chosen]}重新启动 silu collect 后生效。")
    for at, key in enumerate(found):
        print(f"{key.made}　{key.fingerprint}　{'只核对以前发出的' if at else '现用'}")
    print(f"密钥文件：{study.root / keys.FILE}（请随备份保存，不要发给别人）")
    return 0
