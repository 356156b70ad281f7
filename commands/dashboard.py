"""`silu dashboard`: show a study in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from survey.study.study import load_study

HELP = "打开网页看板"
PORT = 8501
LOCAL = "127.0.0.1"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("study", metavar="DIR", type=Path, help="调查文件夹")
    parser.add_argument("--port", type=int, default=PORT, help=f"端口，默认 {PORT}；0 表示任选一个空闲端口")
    parser.add_argument("--host", default=LOCAL, help=f"监听的地址，默认 {LOCAL}，只有本机能打开")


def run(args: argparse.Namespace) -> int:
    """Check the study first, so that a mistake in it is said here and not in the browser; then serve."""
    load_study(args.study)
    show(args.study, args.port, args.host)
    return 0


def show(study: Path, port: int, host: str = LOCAL) -> None:
    """Take the port, tell the address, and serve until stopped.

    Raises:
        ArgumentError: the port is taken or not allowed.
    """
    from views import server

    door = server.listen(host, port)
    print(f"四率看板：http://{host}:{door.getsockname()[1]}  （按 Ctrl+C 停止）", flush=True)
    server.serve(study, door)
