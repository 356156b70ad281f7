"""`silu account`: add, list, change and switch off accounts on the machine of the study."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from survey.errors import AccountError, ArgumentError
from survey.host.access import ROLES

if TYPE_CHECKING:
    from accounts.entry import Entry
    from accounts.roster import Issued
    from accounts.users import User

HELP = "账户：添加、重置口令、停用、授予岗位、从名单添加"
ACTIONS: Mapping[str, str] = {
    "add": "添加一个账户，显示一次性口令",
    "import": "从名单（CSV：用户名、姓名、岗位、区县、单位）添加许多账户",
    "reset": "重置口令，显示新的一次性口令；这个账户的登录全部结束",
    "grant": "授予岗位和范围，代替原来的",
    "disable": "停用；登录立即结束",
    "enable": "恢复停用的账户",
    "list": "列出账户；久未登录的注明",
}
ONCE = "一次性口令只显示这一次，只能用来设自己的口令："


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "action", metavar="做什么", choices=ACTIONS, help="；".join(f"{k} {v}" for k, v in ACTIONS.items())
    )
    parser.add_argument(
        "what", metavar="用户名或名单", nargs="?", default="", help="一个账户的用户名；import 时是名单文件"
    )
    parser.add_argument("--study", metavar="目录", type=Path, required=True, help="调查文件夹")
    parser.add_argument(
        "--role", metavar="岗位", default="", help="；".join(f"{role} {label}" for role, label in ROLES.items())
    )
    parser.add_argument("--display", metavar="姓名", default="", help="页面和记录里的姓名")
    parser.add_argument("--district", metavar="区县", default="", help="只看这一个区县；不写为全部")
    parser.add_argument("--unit", metavar="单位", default="", help="责任单位")
    parser.add_argument("--out", metavar="文件", type=Path, help="import：把一次性口令写进这个新文件，不显示在屏幕上")


def run(args: argparse.Namespace) -> int:
    """Change or list the accounts.

    Raises:
        ArgumentError: a name or file is missing.
        AccountError: the name is unknown, taken or invalid.
    """
    from accounts.entry import entry_of
    from survey.study.study import load_study

    load_study(args.study)
    if args.action != "list" and not args.what:
        raise ArgumentError("缺少用户名或名单", where=f"silu account {args.action}")
    entry = entry_of(args.study)
    if not entry.file.exists and args.action in ("add", "import"):
        entry.file.make()
    DO[args.action](entry, args)
    return 0


def _add(entry: Entry, args: argparse.Namespace) -> None:
    from accounts.roster import issue
    from accounts.users import User, check_name, read_role

    name = check_name(args.what)
    _check_scope(args.study, [args.district])
    user = User(name, args.display or name, read_role(args.role), args.district, args.unit)
    _print(issue(entry, [user]))
    if user.role is None:
        print("还没有岗位，登录后什么也看不到：用 silu account grant 授予。")


def _import(entry: Entry, args: argparse.Namespace) -> None:
    from accounts.roster import issue, read_roster, roster_csv

    users = read_roster(Path(args.what))
    _check_scope(args.study, [user.district for user in users])
    if args.out is None:
        _print(issue(entry, users))
        return
    try:
        number = os.open(args.out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ArgumentError("文件已经有了", where="--out", got=str(args.out), cure="换一个文件名") from error
    with os.fdopen(number, "w", encoding="utf-8-sig", newline="") as file:
        try:
            issued = issue(entry, users)
        except AccountError:
            args.out.unlink()
            raise
        file.write(roster_csv(issued))
    print(f"已添加 {len(issued)} 个账户，一次性口令在 {args.out}。分发后请删除这个文件。")


def _reset(entry: Entry, args: argparse.Namespace) -> None:
    from accounts.roster import reset

    _print([reset(entry, _known(entry, args.what))])


def _grant(entry: Entry, args: argparse.Namespace) -> None:
    from accounts.users import grant, read_role

    user, role = _known(entry, args.what), read_role(args.role)
    _check_scope(args.study, [args.district])
    grant(entry.file, user.name, role, district=args.district, unit=args.unit)
    print(_line(replace(user, role=role, district=args.district, unit=args.unit), entry.clock.now()))


def _switch(entry: Entry, args: argparse.Namespace) -> None:
    from accounts.users import disable

    user, off = _known(entry, args.what), args.action == "disable"
    disable(entry.file, user.name, disabled=off)
    print(f"{user.name} {'已停用，登录已结束' if off else '已恢复'}")


def _list(entry: Entry, args: argparse.Namespace) -> None:
    from accounts.users import all_users

    if not entry.file.exists:
        print("还没有账户：用 silu account add 添加，或用 silu dashboard --accounts 在网页上设安全管理员")
        return
    for user in all_users(entry.file):
        print(_line(user, entry.clock.now()))


DO: Mapping[str, Callable[[Entry, argparse.Namespace], None]] = {
    "add": _add,
    "import": _import,
    "reset": _reset,
    "grant": _grant,
    "disable": _switch,
    "enable": _switch,
    "list": _list,
}


def _known(entry: Entry, name: str) -> User:
    from accounts.users import find_user

    user = find_user(entry.file, name)
    if user is None:
        raise AccountError("没有这个账户", got=name, cure="用 silu account list 查看有哪些账户")
    return user


def _check_scope(study: Path, districts: Sequence[str]) -> None:
    """Refuse a district that the study does not have, because its user would see nothing.

    Raises:
        ArgumentError: names the district and those that there are.
    """
    from survey.study.study import load_study

    known = load_study(study).areas.population("district")
    if odd := sorted({one for one in districts if one and one not in known}):
        raise ArgumentError("没有这个区县", got="、".join(odd), expected="、".join(known))


def _print(issued: Sequence[Issued]) -> None:
    """Print one-time passwords, once; the note goes elsewhere, so that a pipe gets the lines alone."""
    print(ONCE, file=sys.stderr)
    for one in issued:
        print(f"{one.user.name}　{one.password}")


def _line(user: User, now: float) -> str:
    role = ROLES[user.role] if user.role else "没有岗位"
    last = "从未登录" if user.seen is None else f"{datetime.fromtimestamp(user.seen):%Y-%m-%d} 登录"
    notes = ["已停用"] if user.disabled else ["久未登录，请核实是否停用"] if user.unused(now) else []
    parts = [user.name, user.display, role, user.district, user.unit, last, *notes]
    return "　".join(part for part in parts if part)
