"""A real nginx in front of dashboard and form, as an office has one."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(NGINX is None, reason="没有安装 nginx：apt-get install nginx")
SUBPATH = (Path(__file__).parent / "nginx_subpath.conf").read_text(encoding="utf-8")
"""Dashboard on 8501 under /silu/, form on 8600 under /wj/, nginx on 8080."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def proxied(folder: Path, port: int, changes: Mapping[str, str], text: str = SUBPATH) -> Iterator[str]:
    """The address of nginx; `changes` are made in its configuration, whose port 8080 becomes `port`."""
    for old, new in {"127.0.0.1:8080": f"127.0.0.1:{port}", **changes}.items():
        assert old in text, old
        text = text.replace(old, new)
    if os.geteuid() == 0:
        text = f"user root;\n{text}"  # the folder of a test is closed to nobody's workers
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "error.log"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        try:
            _wait(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nginx did not start")
