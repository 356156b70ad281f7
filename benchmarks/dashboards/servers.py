"""Servers: the real `silu dashboard`, and a plain Streamlit script beside it, each in a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.collecting.servers import free_port

ROOT = Path(__file__).parents[2]
HELLO = """\
import streamlit as st

st.title("Hello")
name = st.selectbox("性别", ["全部", "男", "女"])
st.write(f"Hello, {name}.")
"""
"""The rival: Streamlit with its own defaults, a title, a select box and a line of text."""


REST, RESTS, BUSY = 0.5, 4, 0.06
"""Seconds of a look at a server, looks until it is at rest, and the share of a core that it may use meanwhile."""


@dataclass(frozen=True)
class Server:
    """A server in a process of its own."""

    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """Return CPU seconds so far, user and system, all threads."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def memory(self) -> float:
        """Return the resident memory in MB."""
        return float(self.process.memory_info().rss) / 2**20

    def peak(self) -> float:
        """Return the largest resident memory so far in MB; where the system does not say, the present one."""
        status = Path(f"/proc/{self.process.pid}/status")
        lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), self.memory())

    def settle(self) -> float:
        """Wait until the server has prepared itself and rests; return its CPU seconds so far."""
        used, rested = self.cpu(), 0
        while rested < RESTS:
            time.sleep(REST)
            last, used = used, self.cpu()
            rested = rested + 1 if used - last < BUSY * REST else 0
        return used


@contextmanager
def dashboard(study: Path) -> Iterator[Server]:
    """Serve a study as `silu dashboard` does, until the block ends."""
    port = free_port()
    with _running([sys.executable, "cli.py", "dashboard", str(study), "--port", str(port)], port) as server:
        yield server


@contextmanager
def hello(folder: Path) -> Iterator[Server]:
    """Serve a plain Streamlit script, written to a folder, until the block ends."""
    script, port = folder / "hello.py", free_port()
    script.write_text(HELLO, encoding="utf-8")
    quiet = ["--server.headless", "true", "--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *quiet]
    with _running(command, port) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[Server]:
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(process, port)
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
            if process.poll() is not None:
                break
    raise RuntimeError("the server did not start")
