"""`silu dashboard`: show a study in the browser."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from survey.errors import ArgumentError
from survey.host.access import ROLES, current_role

HELP = "打开网页看板"
PORT = 8501
LOCAL = "127.0.0.1"
LOOPBACK = (LOCAL, "localhost", "::1")
INSECURE = (
    "警告：看板还没有账号。凡是能连到 {address} 的人，不用登录就以“{role}”的身份打开它，传输不加密。"
    "只在可信的内部网络短时间使用，用完按 Ctrl+C 停止。"
)


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
    parser.add_argument(
        "--insecure-lan", action="store_true", help="没有账号也对局域网开放：能连到端口的人都不用登录，传输不加密"
    )


def run(args: argparse.Namespace) -> int:
    """Check the study, so that its errors appear in the terminal, then serve."""
    from survey.study.study import load_study

    check_host(args)
    load_study(args.study)
    show(args)
    return 0


def check_host(args: argparse.Namespace) -> None:
    """Reject an address that other machines can reach, because there are no accounts yet.

    Raises:
        ArgumentError: `--host` is not a loopback address, and `--insecure-lan` is not given.
    """
    if args.host not in LOOPBACK and not args.insecure_lan:
        raise ArgumentError(
            "看板还没有账号，只能在本机打开",
            where="--host",
            got=args.host,
            expected="、".join(LOOPBACK),
            cure="给同事看结果请导出文件；确实要让任何能连到端口的人不登录就打开，再加上 --insecure-lan",
        )


def show(args: argparse.Namespace) -> None:
    """Bind the port, print the address, and serve until stopped.

    Raises:
        ArgumentError: the port is in use or not permitted, or a host name is invalid.
    """
    from views import server
    from views.shell.hosts import read_name

    names = [read_name(name) for name in args.name]
    door = server.listen(args.host, args.port)
    host = f"[{args.host}]" if ":" in args.host else args.host
    address = f"{host}:{door.getsockname()[1]}"
    if insecure := args.host not in LOOPBACK:
        print(INSECURE.format(address=address, role=ROLES[current_role()]), file=sys.stderr, flush=True)
    print(f"四率看板：http://{address}  （按 Ctrl+C 停止）", flush=True)
    server.serve(args.study, door, names, insecure=insecure)
