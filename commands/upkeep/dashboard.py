"""`silu dashboard`: show a study in the browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from survey.errors import ArgumentError

if TYPE_CHECKING:
    from accounts.entry import Entry
    from views.door.door import Doorway

HELP = "打开网页看板"
PORT = 8501
LOCAL = "127.0.0.1"
LOOPBACK = (LOCAL, "localhost", "::1")
INSECURE = "警告：没有加密（--insecure-lan）：{address}。网络上的旁人能看到口令和结果，只在可信的内部网络短时间使用。"
SET_UP = "还没有账户。第一次打开看板时设安全管理员，要填开通码：{code}"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="DIR", type=Path, help="调查文件夹")
    listening(parser)


def listening(parser: argparse.ArgumentParser) -> None:
    """Declare the options about address and port."""
    parser.add_argument("--port", type=int, default=PORT, help=f"端口，默认 {PORT}；0 表示任选一个空闲端口")
    parser.add_argument("--host", metavar="地址", default=LOCAL, help=f"监听的地址，默认 {LOCAL}，只有本机能打开")
    parser.add_argument(
        "--name",
        metavar="名称",
        action="append",
        default=[],
        help="看板在浏览器里的名称或地址，例如反向代理的 silu.example.cn 或 192.168.1.20:8080；可以写几次",
    )
    parser.add_argument("--accounts", action="store_true", help="要登录；还没有账户时，第一次打开先设安全管理员")
    parser.add_argument("--tls-cert", metavar="文件", type=Path, help="证书（PEM），用 https 打开")
    parser.add_argument("--tls-key", metavar="文件", type=Path, help="证书的私钥（PEM）")
    parser.add_argument("--insecure-lan", action="store_true", help="没有加密也对局域网开放；仍然要登录")


def run(args: argparse.Namespace) -> int:
    """Check the study, so that its errors appear in the terminal, then serve."""
    from survey.study.study import load_study

    check_host(args)
    load_study(args.study)
    show(args)
    return 0


def check_host(args: argparse.Namespace) -> None:
    """Refuse what would open the dashboard to others without a login, or without TLS.

    Raises:
        ArgumentError: names the option, and what is missing.
        AccountError: the settings of accounts are invalid.
    """
    from accounts.entry import entry_of

    entry = entry_of(args.study)
    outside = [one for one in (args.host, *map(_host_of, args.name)) if one not in LOOPBACK]
    if outside and not (args.accounts or entry.file.exists):
        raise ArgumentError(
            "没有账户，只能在本机打开",
            got=outside[0],
            expected="、".join(LOOPBACK),
            cure="加上 --accounts（第一次打开先设安全管理员），或先用 silu account add 添加账户",
        )
    if bool(args.tls_cert) is not bool(args.tls_key):
        raise ArgumentError("证书和私钥要一起写", where="--tls-cert、--tls-key")
    behind = any(one not in ("127.0.0.1", "::1") for one in entry.rules.proxies.addresses)
    if args.host not in LOOPBACK and not (args.tls_cert or behind or args.insecure_lan):
        raise ArgumentError(
            "没有加密，不能对局域网开放：口令和结果会被旁人看到",
            where="--host",
            got=args.host,
            cure="写 --tls-cert 和 --tls-key，或在 accounts/login.toml 写明反向代理；暂不加密要写 --insecure-lan",
        )


def _host_of(name: str) -> str:
    from views.shell.hosts import read_name

    return read_name(name).host


def way_of(args: argparse.Namespace, entry: Entry) -> Doorway | None:
    """Return the door of the dashboard; None where there are no accounts and none are wanted.

    Raises:
        DamagedError: the account file is damaged.
    """
    from accounts.passwords import one_time_password
    from views.door.door import Doorway

    if not (args.accounts or entry.file.exists):
        return None
    if entry.file.exists:
        entry.file.check()
    code = one_time_password() if entry.empty else ""
    return Doorway(entry, args.study, args.insecure_lan, code)


def show(args: argparse.Namespace) -> None:
    """Bind the port, print the address, and serve until stopped.

    Raises:
        ArgumentError: the port is in use or not permitted, or a host name is invalid.
    """
    from accounts.entry import entry_of
    from views import server
    from views.shell.hosts import read_name

    names = [read_name(name) for name in args.name]
    way = way_of(args, entry_of(args.study))
    door = server.listen(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    address = f"{host}:{door.getsockname()[1]}"
    if way is not None and way.insecure:
        print(INSECURE.format(address=address), file=sys.stderr, flush=True)
    if way is not None and way.code:
        print(SET_UP.format(code=way.code), flush=True)
    print(f"四率看板：{'https' if args.tls_cert else 'http'}://{address}  （按 Ctrl+C 停止）", flush=True)
    server.serve(args.study, door, names, way, (args.tls_cert, args.tls_key) if args.tls_cert else None)
