"""`silu demo`: the mock city on screen with one command."""

from __future__ import annotations

import argparse
from pathlib import Path

from commands import dashboard, mock
from reports.data.versions import newest

HELP = "演示：没有模拟城市就生成一个，然后打开网页看板"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="DIR", type=Path, help="放模拟城市的文件夹")
    dashboard.listening(parser)


def run(args: argparse.Namespace) -> int:
    """Make the city where its answers are not there yet, then show it; a second start finds it made."""
    dashboard.check_host(args)
    prepare(args.study)
    dashboard.show(args)
    return 0


def prepare(study: Path) -> None:
    """Draw the mock city into a folder unless it holds one with answers.

    Raises:
        StudyError: the folder holds something else.
    """
    if newest(study):
        return
    parser = argparse.ArgumentParser()
    mock.configure(parser)
    # A drawing that was cut short leaves files without answers: they are drawn anew.
    mock.run(parser.parse_args([str(study), "--overwrite"]))
