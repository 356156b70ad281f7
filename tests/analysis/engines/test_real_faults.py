"""Faults around a real Spark, made and not imitated: the command names each in Chinese and leaves the store as it was.

Java and the environment of `make .make/spark` are needed where a server runs; without them the tests are SKIPPED.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.cluster import MASTER, NoServerError, free_ports, running, server_home
from benchmarks.large_store import make
from tests.analysis.engines.test_cluster import a_cluster

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.timeout(900)]
ROOT = Path(__file__).parents[3]
BY = "wave,district,age,sex"


def silu(study: Path, master: str, *python: str, **environment: str) -> tuple[int, str]:
    """Run `silu rates` on a cluster in a process of its own; return its exit code and what it says."""
    rates = ["rates", "--study", str(study), "--by", BY, "--engine", "spark", "--master", master]
    done = subprocess.run(
        [sys.executable, *python, "cli.py", *rates],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def stored(study: Path) -> Mapping[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in (study / "store").rglob("*") if path.is_file()}


def told(study: Path, master: str, *python: str, **environment: str) -> str:
    """Return what a command says that fails and changes nothing; it holds no traceback and no Java stack."""
    before = stored(study)
    code, said = silu(study, master, *python, **environment)
    print(said)
    assert code == 2
    assert "Traceback" not in said
    assert "\tat " not in said
    assert stored(study) == before
    return said


def linked(folder: Path, source: Path, without: str) -> Path:
    """Return a folder of links to what another holds, without some of it."""
    folder.mkdir(parents=True)
    for path in source.iterdir():
        if not path.name.startswith(without):
            (folder / path.name).symlink_to(path)
    return folder


def test_a_machine_without_the_client(tmp_path: Path) -> None:
    study = make(tmp_path / "study", 2_000, communities=20, waves=1)
    packages = linked(tmp_path / "packages", Path(sysconfig.get_path("purelib")), "pyspark")
    said = told(study, "sc://127.0.0.1:15002", "-S", PYTHONPATH=str(packages))
    assert "没有安装 Spark 客户端" in said
    assert 'pip install "silu[spark]"' in said


def test_a_server_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        home = server_home()
    except NoServerError as error:
        pytest.skip(f"SKIPPED, no Spark server on this machine: {error}")
    study = make(tmp_path / "study", 2_000, communities=20, waves=1)
    monkeypatch.setenv("PATH", str(linked(tmp_path / "bin", Path("/usr/bin"), "java")))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(NoServerError, match=r"没有找到 Java(.|\n)*openjdk-17"), running(tmp_path / "c", free_ports(3)):
        pass
    done = subprocess.run([home / "bin" / "spark-class", MASTER], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "JAVA_HOME is not set" in done.stderr
    said = told(study, f"sc://127.0.0.1:{free_ports(1)[0]}")
    assert "连不上 Spark 服务端" in said
    assert "需要 Java 17" in said


def test_a_client_of_another_minor_version(tmp_path: Path) -> None:
    other = tmp_path / "other"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(other), "pyspark-client==4.1.*"]
    if (done := subprocess.run(pip, capture_output=True, text=True, check=False)).returncode:
        pytest.skip(f"SKIPPED, another Spark client is not to be had: {done.stderr[-200:]}")
    study = make(tmp_path / "study", 2_000, communities=20, waves=1)
    with a_cluster(tmp_path / "cluster", 1) as cluster:
        said = told(study, cluster.url, PYTHONPATH=str(other))
        assert silu(study, cluster.url)[0] == 0
    assert "小版本不同" in said
    assert "客户端 4.1." in said
    assert 'pip install "pyspark-client==4.2.*"' in said
