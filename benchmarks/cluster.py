"""A Spark cluster of its own on this machine: a standalone master, workers and a Spark Connect server.

The server needs Java 17 and a full pyspark of the client's minor version, in an environment of its own, which
`make .make/spark` makes in .venv-spark; SPARK_SERVER_VENV names another. Tests, benchmarks and notebook 06 use it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from survey.errors import SiluError

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
EVENTS = "events"
LONGEST_START = 180.0
"""Seconds that a server may take to answer on a machine with other work."""


class NoServerError(SiluError):
    """This machine cannot run a Spark server; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task of a job.

    Attributes:
        good: whether it ended well.
        cpu: CPU seconds of the executor; Python workers are apart.
        run: seconds that it ran.
        read: bytes of input.
        shuffled: bytes written for the shuffle.
    """

    good: bool
    cpu: float
    run: float
    read: int
    shuffled: int


@dataclass(slots=True)
class Cluster:
    """Running processes of a cluster.

    Attributes:
        url: address of the Spark Connect server.
        folder: logs and work folders; removed with the cluster.
        processes: name -> process: master, worker-0 ..., connect.
    """

    url: str
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def log(self, name: str) -> str:
        """Return what a process has printed."""
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def tasks(self) -> list[Task]:
        """Return the tasks that have ended so far, by the event log of the server."""
        found = []
        for path in sorted((self.folder / EVENTS).glob("*")):
            for line in path.read_text("utf-8").splitlines(keepends=True):
                if '"SparkListenerTaskEnd"' in line and line.endswith("\n"):  # the last may be half written
                    found.append(_task(json.loads(line)))
        return found

    def cpu_seconds(self) -> float:
        """Return the CPU seconds of all processes of the cluster so far, Python workers included."""
        parents = _parents()
        mine = {one.pid for one in self.processes.values()}
        while more := {pid for pid, parent in parents.items() if parent in mine} - mine:
            mine |= more
        return sum(map(_cpu_of, mine))

    def executors_of(self, worker: str) -> list[int]:
        """Return the process ids of a worker's executors."""
        return [pid for pid, parent in _parents().items() if parent == self.processes[worker].pid]

    def kill(self, worker: str) -> int:
        """Kill a worker and its executors by SIGKILL, as a power cut would; return how many processes."""
        pids = [*self.executors_of(worker), self.processes[worker].pid]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.processes[worker].wait()
        return len(pids)


def server_home() -> Path:
    """Return the folder of the full pyspark.

    Raises:
        NoServerError: no environment with pyspark, or no Java.
    """
    place = Path(os.environ.get("SPARK_SERVER_VENV", ROOT / ".venv-spark"))
    found = sorted(place.glob("lib/python*/site-packages/pyspark/jars"))
    if not found:
        cure = "运行 make .make/spark，或用环境变量 SPARK_SERVER_VENV 指明装有 pyspark 的环境"
        raise NoServerError("没有可以启动的 Spark 服务端", where=str(place), cure=cure)
    own = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{own}/bin") is None if own else shutil.which("java") is None:
        raise NoServerError(
            "没有找到 Java，Spark 服务端启动不了",
            expected="Java 17 或 21",
            cure="安装 openjdk-17-jre-headless，或设置 JAVA_HOME",
        )
    return found[0].parent


@contextmanager
def running(
    folder: Path,
    ports: Sequence[int],
    *,
    workers: int = 2,
    settings: Mapping[str, str] | None = None,
    memory: str = "1g",
) -> Iterator[Cluster]:
    """Run a cluster until the end of the block.

    Args:
        folder: an empty folder for logs and shuffle files.
        ports: of the Spark Connect server, the master and the master's page, then one per worker for its page.
        workers: number of workers, each with one core.
        settings: further Spark settings of the server.
        memory: of the driver and of each executor.

    Raises:
        NoServerError: there is no server environment, or it does not start.
    """
    home = server_home()
    (folder / EVENTS).mkdir(parents=True, exist_ok=True)
    connect, master, page = ports[:3]
    cluster = Cluster(f"sc://{HOST}:{connect}", folder)
    try:
        where = ["--host", HOST, "--port", str(master), "--webui-port", str(page)]
        _start(cluster, "master", home, [MASTER, *where])
        _await_port(cluster, "master", master)
        for at in range(workers):
            name = f"worker-{at}"
            options = ["--host", HOST, "--cores", "1", "--memory", memory, "--webui-port", str(ports[3 + at])]
            _start(
                cluster, name, home, [WORKER, *options, "--work-dir", str(folder / name), f"spark://{HOST}:{master}"]
            )
        _start(cluster, "connect", home, _server(folder, connect, master, settings or {}, memory), "spark-submit")
        _await_port(cluster, "connect", connect)
        yield cluster
    finally:
        _stop(cluster)


def _server(folder: Path, port: int, master: int, settings: Mapping[str, str], memory: str) -> list[str]:
    """Return the arguments of spark-submit for the Spark Connect server."""
    every = {
        "spark.connect.grpc.binding.address": HOST,
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.host": HOST,
        "spark.driver.bindAddress": HOST,
        "spark.driver.memory": memory,
        "spark.executor.memory": memory,
        "spark.executor.cores": "1",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.shuffle.partitions": "8",
        "spark.ui.enabled": "false",
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": (folder / EVENTS).as_uri(),
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.pyspark.python": sys.executable,
        **settings,
    }
    options = [part for name, value in every.items() for part in ("--conf", f"{name}={value}")]
    return ["--master", f"spark://{HOST}:{master}", *options, "--class", CONNECT, "spark-internal"]


def _start(cluster: Cluster, name: str, home: Path, arguments: Sequence[str], script: str = "spark-class") -> None:
    quiet = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "SPARK_NO_DAEMONIZE": "1"}
    if script == "spark-class":  # for the Connect server it would win over spark.driver.memory
        quiet["SPARK_DAEMON_MEMORY"] = "512m"
    # workers must not inherit the caller's packages: they run the code that the client sends
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYSPARK", "PYTHONPATH", "SPARK"))}
    with (cluster.folder / f"{name}.log").open("wb") as log:
        cluster.processes[name] = subprocess.Popen(
            [str(home / "bin" / script), *arguments],
            cwd=cluster.folder,
            env={**kept, **quiet, "PYSPARK_PYTHON": sys.executable},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _await_port(cluster: Cluster, name: str, port: int) -> None:
    """Wait until a process listens."""
    end = time.monotonic() + LONGEST_START
    while time.monotonic() < end:
        if cluster.processes[name].poll() is not None:
            break
        with suppress(OSError), socket.create_connection((HOST, port), 1):
            return
        time.sleep(0.3)
    told = "\n".join(line for line in cluster.log(name).splitlines() if re.search("ERROR|Exception|java", line))[-600:]
    raise NoServerError(
        "Spark 服务端没有启动起来",
        where=name,
        got=told or cluster.log(name)[-600:],
        cure="端口是否被占用、Java 是否为 17",
    )


def _stop(cluster: Cluster) -> None:
    """Stop every process of the cluster with its children: the server first, so that executors end themselves."""
    for process in reversed(cluster.processes.values()):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    for process in cluster.processes.values():
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    shutil.rmtree(cluster.folder / "local", ignore_errors=True)


def _task(event: Mapping[str, Any]) -> Task:
    """Return the task of an event; a lost task has no measures."""
    told = event.get("Task Metrics") or {}
    return Task(
        good=event["Task End Reason"]["Reason"] == "Success",
        cpu=told.get("Executor CPU Time", 0) / 1e9,
        run=told.get("Executor Run Time", 0) / 1e3,
        read=told.get("Input Metrics", {}).get("Bytes Read", 0),
        shuffled=told.get("Shuffle Write Metrics", {}).get("Shuffle Bytes Written", 0),
    )


def _cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process and of those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on at the moment."""
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def _parents() -> dict[int, int]:
    """Return process -> parent process of this machine (Linux)."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            found[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    return found
