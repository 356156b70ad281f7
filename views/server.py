"""The web server of the dashboard: Streamlit inside, compression and a content policy around it."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import suppress
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from survey.errors import ArgumentError
from views.shell.shell import ContentPolicy, FirstPage
from views.shell.uploader import ChineseUploader
from views.visitor.session import STUDY_VARIABLE

APP = Path(__file__).parent.parent / "app.py"
LOCAL = "127.0.0.1"


def application(study: Path) -> st.App:
    """The dashboard of one study as an ASGI application."""
    os.environ[STUDY_VARIABLE] = str(study.resolve())
    os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
    # Streamlit serves its scripts uncompressed: 10 MB for a first view, 3 MB with this.
    compression = Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    around = [Middleware(ContentPolicy), compression, Middleware(ChineseUploader), Middleware(FirstPage)]
    return st.App(APP, middleware=around, on_script_error=tell_fault)


def listen(host: str, port: int) -> socket.socket:
    """Take a port (0: any free one), so that it is known to be ours before the address is told.

    Raises:
        ArgumentError: the port is taken or not allowed.
    """
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
    except (OSError, OverflowError) as error:
        door.close()
        raise ArgumentError(
            "端口不能使用", where="--port", got=f"{host}:{port}", cure="用 --port 换一个端口，或先停掉占用它的程序"
        ) from error
    door.listen(128)
    return door


def serve(study: Path, door: socket.socket) -> None:
    """Serve the dashboard of a study on a port of `listen` until the process is told to stop."""
    host = door.getsockname()[0]
    if host != LOCAL:
        # Without it Streamlit asks a server on the internet for the address of this machine.
        os.environ["STREAMLIT_BROWSER_SERVER_ADDRESS"] = host
    settings = uvicorn.Config(application(study), log_level="warning", access_log=False, timeout_graceful_shutdown=2)
    with suppress(KeyboardInterrupt):
        uvicorn.Server(settings).run(sockets=[door])


def tell_fault(error: Exception) -> bool:
    """Say in Chinese that the program failed, and keep the details for the log; Streamlit would say it in English."""
    logging.getLogger("silu").error("页面出错", exc_info=error)
    st.error("这个页面出错了，不是您的操作问题。请把出错时间和正在看的页面告诉系统维护人员；详细信息已写入服务器日志。")
    return True
