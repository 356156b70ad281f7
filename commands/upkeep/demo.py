"""`silu demo`: show a mock city in the browser with one command; with `--accounts`, behind a login."""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "演示：没有模拟城市就生成一个，然后打开网页看板"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    from commands.upkeep import dashboard

    parser.add_argument("study", metavar="DIR", type=Path, help="放模拟城市的文件夹")
    dashboard.listening(parser)


def run(args: argparse.Namespace) -> int:
    """Draw the mock city unless it exists, then show it."""
    from commands.upkeep import dashboard

    dashboard.check_host(args)
    prepare(args.study)
    if args.accounts:
        add_people(args.study)
    dashboard.show(args)
    return 0


def add_people(study: Path) -> None:
    """Make an account for each role, with generated passwords that are printed once, unless there are accounts."""
    from accounts.entry import entry_of
    from accounts.roster import issue
    from accounts.users import User
    from survey.host.access import ROLES, Role
    from survey.study.study import load_study

    entry = entry_of(study)
    if entry.file.exists:
        print("演示账户已经有了；忘了口令：silu account reset 用户名 --study 目录")
        return
    entry.file.make()
    district = next(iter(load_study(study).areas.population("district")))
    people = [User(str(role), label, role, district if role is Role.UNIT else "") for role, label in ROLES.items()]
    print("演示账户，口令只显示这一次：")
    for one in issue(entry, people, once=False):
        print(f"  {one.user.name:<12} {one.password}　{one.user.display}")


def prepare(study: Path) -> None:
    """Draw a mock city into a folder unless it contains one with answers, and enter samples into an empty ledger.

    Raises:
        StudyError: the folder contains other data.
    """
    from commands.upkeep import mock
    from reports.data.versions import newest
    from reports.overview.sample_entries import enter_samples
    from survey.study.study import load_study

    if not newest(study):
        parser = argparse.ArgumentParser()
        mock.configure(parser)
        # An interrupted drawing leaves files without answers, which are drawn again.
        mock.run(parser.parse_args([str(study), "--overwrite"]))
    enter_samples(load_study(study))
