"""The online form as a child process of another server, such as the dashboard: start, address, stop."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from threading import Lock

from survey.collect.serving import door
from survey.collect.serving.server import GRACE, Listen
from survey.errors import CollectError
from survey.host.disk import make_folder

LOCAL, EVERYWHERE = "127.0.0.1", "0.0.0.0"
"""Addresses to listen on: this machine alone, every network of this machine."""
LOG = Path("log") / "form.log"
"""What the form reports, in the study: one JSON object per line without personal data."""
PATIENCE = 60.0
"""Seconds that a start may take."""
PROGRAM = Path(__file__).parents[3]
"""Folder of `cli.py`; the form runs further commands from there."""


class FormProcess:
    """The form of one study; it runs at most once."""

    def __init__(self, root: Path) -> None:
        """Prepare the form of the study in a folder without starting it."""
        self._root, self._lock = root.resolve(), Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._listen = Listen()

    @property
    def listens(self) -> Listen | None:
        """Where the form listens; None while it does not run."""
        running = self._process is not None and self._process.poll() is None
        return self._listen if running else None

    def start(self, listen: Listen) -> None:
        """Start the form and wait until it listens; do nothing where it runs.

        Args:
            listen: address and port.

        Raises:
            CollectError: the port cannot be used, or the form ended; the error quotes what it reported.
        """
        with self._lock:
            if self.listens:
                return
            door.check(listen)
            log = self._root / LOG
            make_folder(log.parent)
            command = [sys.executable, "-m", "cli", "collect", str(self._root)]
            command += ["--host", listen.host, "--port", str(listen.port)]
            with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as report:
                begin = log.stat().st_size
                # In a session of its own, because Ctrl+C in the terminal of the server would end it at once.
                self._process = subprocess.Popen(
                    command,
                    cwd=PROGRAM,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=report,
                    start_new_session=True,
                )
            self._listen = listen
            if not self._opened():
                self._end()
                raise CollectError("网上问卷没有启动起来", where=str(log), got=_said(log, begin), cure="改正后再启动")

    def stop(self) -> None:
        """Stop the form: it finishes requests in progress and stores what it has received."""
        with self._lock:
            self._end()

    def _opened(self) -> bool:
        """Return whether the form listens before it ends or takes too long."""
        until = time.monotonic() + PATIENCE
        while self.listens and time.monotonic() < until:
            with socket.socket() as visitor:
                if not visitor.connect_ex((LOCAL, self._listen.port)):
                    return True
            time.sleep(0.1)
        return False

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(GRACE + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def own_address() -> str:
    """Return the address of this machine in its network; "" where it has none. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("192.0.2.1", 9))  # documentation address (RFC 5737): chooses a route
            return str(way.getsockname()[0])
        except OSError:
            return ""


def _said(log: Path, begin: int) -> str:
    """Return the plain words in a log from a position on; lines of JSON are events."""
    lines = log.read_bytes()[begin:].decode("utf-8", "replace").splitlines()
    return " ".join(line.strip() for line in lines if line.strip() and not line.startswith("{"))[:400]
