"""A real PostgreSQL for the inbox tests, started by the tests themselves in a scratch folder."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)), None)
needs_postgres = pytest.mark.skipif(
    BINARIES is None, reason="没有安装 PostgreSQL 服务器：apt-get install postgresql（只用其程序，不用启动服务）"
)


def _as_postgres() -> dict[str, object]:
    """The server refuses to run as root: then it runs as the user that Debian made for it, or as nobody."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    return {"user": user, "group": pwd.getpwnam(user).pw_gid}


class Postgres:
    """One server on one port; `crash` is kill -9 on all of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.bin = folder, Path(str(BINARIES)).parent
        self.account = _as_postgres()
        if self.account:
            shutil.chown(folder, str(self.account["user"]))
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = int(listener.getsockname()[1])
        self.url = f"postgresql://silu@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "-D", str(folder / "data"), "-U", "silu", "--auth=trust", "-E", "UTF8", "--locale=C")
        self.process: subprocess.Popen[bytes] | None = None

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.bin / name), *arguments], check=True, capture_output=True, cwd=self.folder, **self.account
        )  # type: ignore[call-overload]

    def start(self) -> None:
        command = [str(self.bin / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port),
                   "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]  # fmt: skip
        self.process = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.account
        )  # type: ignore[call-overload]
        for _ in range(300):
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url, connect_timeout=1).close()
                return
            time.sleep(0.1)
        raise AssertionError("PostgreSQL did not start")

    def stop(self, *, crash: bool = False) -> None:
        if self.process is None:
            return
        # SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, recovery at the next start.
        self.process.send_signal(3 if crash else 2)
        self.process.wait(30)
        self.process = None


@contextmanager
def running() -> Iterator[Postgres]:
    """A server for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="silu-pg-") as name:
        server = Postgres(Path(name))
        server.start()
        try:
            yield server
        finally:
            server.stop()
