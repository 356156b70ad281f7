"""Check that address, port and certificate are usable before anything is started or printed.

uvicorn fails late and with the same message for each; a first-time user needs to know the cause.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Mapping

from survey.collect.serving.server import Listen
from survey.errors import CollectError

LAST_PORT = 65535
REASONS: Mapping[int, tuple[str, str]] = {
    errno.EADDRINUSE: ("端口已被占用", "换一个端口（命令里写 --port）；也可能这项调查的网上问卷已经在运行"),
    errno.EACCES: ("没有权限使用这个端口", "用 --port 换一个 1024 以上的端口"),
    errno.EADDRNOTAVAIL: ("这台机器没有这个地址", "--host 写本机的地址；对外服务写 0.0.0.0，只限本机写 127.0.0.1"),
}
OTHER = ("监听地址不对", "--host 写本机的地址；对外服务写 0.0.0.0，只限本机写 127.0.0.1")


def check(listen: Listen) -> None:
    """Open the port for a test and close it again.

    Raises:
        CollectError: the port cannot be opened; the error gives the cause and the remedy.
    """
    where = f"{listen.host}:{listen.port}"
    if not 0 < listen.port <= LAST_PORT:
        raise CollectError("没有这个端口", where=where, expected=f"1 至 {LAST_PORT}")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except OSError as error:
        what, cure = REASONS.get(error.errno or 0, OTHER)
        raise CollectError(what, where=where, got=error.strerror or "", cure=cure) from None
    if listen.certificate is not None:
        _load(listen)


def _load(listen: Listen) -> None:
    for path in (listen.certificate, listen.key):
        if path is not None and not path.is_file():
            raise CollectError("证书或私钥文件不存在", where=str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(str(listen.certificate), listen.key, password="")
    except OSError as error:
        where = f"{listen.certificate}、{listen.key}"
        cure = "两个文件都要是 PEM 格式，并且是一对：证书以 -----BEGIN CERTIFICATE----- 开头，私钥没有口令"
        raise CollectError("证书或私钥不能用", where=where, got=error.strerror or "", cure=cure) from None
