"""The real `silu collect` in a process of its own, on a scratch study."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

GENEROUS = "burst = 1000000000\nper_second = 1000000000\ndrain_seconds = 0"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(study: Path, port: int, batch: int = 512, delay: float = 0.0) -> subprocess.Popen[bytes]:
    """The server, answering.

    Args:
        study: its folder.
        port: where to listen.
        batch: letters of one commit at most; 1 is the rival.
        delay: seconds that each sync of the disk takes longer.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.collecting.servers", str(study), str(port), str(batch), str(delay)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return process
        except OSError:
            time.sleep(0.05)
            if process.poll() is not None:
                raise RuntimeError(process.stderr.read().decode()) from None  # type: ignore[union-attr]
    raise RuntimeError("the server did not start")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Graceful."""
    process.terminate()
    process.wait(30)
    if process.stderr is not None:
        process.stderr.close()


def main(study: str, port: str, batch: str, delay: str) -> None:
    """Run the command as a user would, with another batch or disk where one is asked for."""
    from cli import main as silu
    from survey.collect import server
    from survey.collect.inbox import inbox
    from survey.collect.inbox.sqlite import SqliteBackend

    inbox.BATCH = int(batch)
    if float(delay):
        from benchmarks.collecting.disks import SlowDisk

        disk = SlowDisk(float(delay))
        server.open_backend = lambda address: SqliteBackend(Path(address), disk.connect)
    silu(["collect", study, "--port", port])


if __name__ == "__main__":
    main(*sys.argv[1:])
