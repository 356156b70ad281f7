"""The web server of the dashboard: Streamlit inside; known hosts, compression and a content policy around it."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from accounts.rules import Proxies
from reports.sentences.notes.catalogue import tr
from survey.errors import ArgumentError
from survey.host import environment
from views.cached import form
from views.cached.checking import stop_checks
from views.cached.warming import warm_up
from views.door import forms, sso, visitor
from views.door.door import ROUTES, Door, Doorway
from views.door.peer import Peer
from views.shell.heap import hold_plain_texts, share_arenas
from views.shell.hosts import Authority, KnownHosts
from views.shell.options import apply_options
from views.shell.pictures import Pictures
from views.shell.scripts import OwnScripts
from views.shell.shell import ContentPolicy, FirstPage

APP = Path(__file__).parent.parent / "app.py"
LOCAL = "127.0.0.1"


def application(study: Path, names: Iterable[Authority] = (), way: Doorway | None = None) -> st.App:
    """Build the dashboard of one study as an ASGI application.

    Args:
        study: folder of the study.
        names: host names from the option `--name`.
        way: its accounts; None for the owner of this machine alone, without a login.
    """
    os.environ[environment.STUDY] = str(study.resolve())
    os.environ.pop(environment.INSECURE_LAN, None)
    if way is not None and way.insecure:
        os.environ[environment.INSECURE_LAN] = "1"
    apply_options()
    # Streamlit serves its scripts uncompressed: 10 MB for a first view, 3 MB when compressed.
    compression = Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    visitor.watch(None if way is None else way.entry)
    around = [Middleware(Peer, proxies=Proxies() if way is None else way.entry.rules.proxies)]
    around += [Middleware(ContentPolicy), Middleware(KnownHosts, names=tuple(names))]
    around += [] if way is None else [Middleware(Door, way=way)]
    around += [compression, Middleware(Pictures, cookie="" if way is None else way.cookie), Middleware(OwnScripts)]
    around += [Middleware(FirstPage, routes=() if way is None else ROUTES)]
    own = [] if way is None else [*forms.routes(way), *sso.routes(way)]
    return st.App(APP, middleware=around, routes=own, on_script_error=report_fault, lifespan=_until_stopped)


@asynccontextmanager
async def _until_stopped(_app: object) -> AsyncIterator[None]:
    """Prepare for the first visitor; end the processes that the server started when it stops."""
    warm_up(watch=True)
    yield
    stop_checks()
    form.stop_forms()


def listen(host: str, port: int) -> socket.socket:
    """Bind a port (0: any free one) before the address is printed.

    Raises:
        ArgumentError: the port is in use or not allowed, or this machine does not have the address.
    """
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((LOCAL if host == "localhost" else host, port))
    except (OSError, OverflowError) as error:
        door.close()
        cure = tr("用 --port 换一个端口，或先停掉占用它的程序；--host 要写本机的地址")
        raise ArgumentError(tr("端口不能使用"), where="--port", got=f"{host}:{port}", cure=cure) from error
    door.listen(128)
    return door


def serve(
    study: Path,
    door: socket.socket,
    names: Iterable[Authority] = (),
    way: Doorway | None = None,
    tls: tuple[Path, Path] | None = None,
) -> None:
    """Serve the dashboard of a study on a port of `listen` until the process is stopped; see `application`.

    Pages may start the online form only where nobody reaches the server from another machine.

    Args:
        study: folder of the study.
        door: the port.
        names: host names from the option `--name`.
        way: its accounts; None for no login.
        tls: files of certificate and key; None for plain HTTP.
    """
    share_arenas()
    hold_plain_texts()
    names = tuple(names)
    if not names and ip_address(door.getsockname()[0]).is_loopback:
        form.permit(study)
    certificate, key = tls or (None, None)
    settings = uvicorn.Config(
        application(study, names, way),
        ssl_certfile=certificate,
        ssl_keyfile=key,
        proxy_headers=False,  # `views.door.peer` reads them
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(settings).run(sockets=[door])


def report_fault(error: Exception) -> bool:
    """Show a program failure in Chinese and log the details; Streamlit's own message is in English."""
    logging.getLogger("silu").error(tr("页面出错"), exc_info=error)
    st.error(
        tr("这个页面出错了，不是您的操作问题。请把出错时间和正在看的页面告诉系统维护人员；详细信息已写入服务器日志。")
    )
    return True
