"""Servers: the real `silu collect` in its own process, on a scratch study."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

GENEROUS = "burst = 1000000000\nper_second = 1000000000\ndrain_seconds = 0"


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start(study: Path, port: int, batch: int = 512, delay: float = 0.0) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers.

    Args:
        study: folder of the study.
        port: port to listen on.
        batch: most submissions per commit; 1 is the rival.
        delay: seconds added to each sync of the disk.
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
    """Stop the server gracefully."""
    process.terminate()
    process.wait(30)
    if process.stderr is not None:
        process.stderr.close()


def main(study: str, port: str, batch: str, delay: str) -> None:
    """Run the command as a user would, with another batch or disk if requested."""
    from cli import main as silu
    from survey.collect.inbox import inbox
    from survey.collect.inbox.sqlite import SqliteBackend
    from survey.collect.serving import server

    inbox.BATCH = int(batch)
    if float(delay):
        from benchmarks.collecting.disks import SlowDisk

        disk = SlowDisk(float(delay))
        server.open_backend = lambda address: SqliteBackend(Path(address), disk.connect)
    silu(["collect", study, "--port", port])


if __name__ == "__main__":
    main(*sys.argv[1:])
