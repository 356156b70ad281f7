"""The engine that computes the cells of a study: [engine] in study.toml, or the options of a command."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from survey.errors import ArgumentError
from survey.host.names import path_fault

AUTO, DUCKDB, SPARK = ENGINES = ("auto", "duckdb", "spark")
"""Values of [engine] engine: auto counts column by column in this process and keeps the cells."""
ENGINE_LABELS: Mapping[str, str] = {
    AUTO: "本机逐列计数（默认，最快）",
    DUCKDB: "本机 DuckDB，内存有上限，放不下时暂存到磁盘",
    SPARK: "Spark 集群",
}
LEAST_MEMORY = 512 * 1024**2
UNITS: Mapping[str, int] = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
AMOUNT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?\s*", re.IGNORECASE)
CONNECT_PORT = 15002


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """The engine of a study.

    Attributes:
        engine: one of `ENGINES`.
        master: address of a Spark Connect server, sc://host:port.
        memory: what a command may take, such as "4GB"; "" for a share of the machine.
        spill: folder for what does not fit into memory; "" for a temporary one inside the study.
        store: the folder `store` as the cluster sees it; "" where it has the same path there.
    """

    engine: str = AUTO
    master: str = ""
    memory: str = ""
    spill: str = ""
    store: str = ""

    @property
    def chosen(self) -> str:
        """Return the engine; a limit of memory alone chooses DuckDB, which keeps it."""
        return DUCKDB if self.engine == AUTO and self.memory else self.engine


THIS_MACHINE = EngineSettings()


def engine_fault(value: Any) -> str:
    """Return the expected value in Chinese; "" for a known engine."""
    known = "、".join(f'"{name}"（{label}）' for name, label in ENGINE_LABELS.items())
    return "" if value in ENGINES else known


def master_fault(value: Any) -> str:
    """Return the expected value in Chinese; "" for the address of a Spark Connect server."""
    expected = "sc://主机:端口，例如 sc://10.0.0.8:15002（Spark Connect 的地址，不是 spark:// 或 local[2]）"
    if not isinstance(value, str):
        return expected
    try:
        parts = urlsplit(value)
        good = parts.scheme == "sc" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    return "" if good else expected


def memory_fault(value: Any) -> str:
    """Return the expected value in Chinese; "" for an amount of memory that suffices."""
    expected = "不小于 512MB 的内存，例如 1GB"
    try:
        return "" if isinstance(value, str) and amount(value) >= LEAST_MEMORY else expected
    except ArgumentError:
        return expected


def spill_fault(value: Any) -> str:
    """Return the expected value in Chinese; "" for a folder name."""
    return path_fault(Path(value)) if isinstance(value, str) and value.strip() else "一个文件夹"


def amount(text: str) -> int:
    """Return the bytes of an amount such as 1GB, 512 MB or 1.5G; units are powers of 1024.

    Raises:
        ArgumentError: it is no amount.
    """
    found = AMOUNT.fullmatch(text)
    if found is None:
        raise ArgumentError("内存大小写法不对", got=text, expected="例如 512MB、1GB 或 1.5GB")
    return int(float(found[1]) * UNITS[found[2].upper()])


def address(master: str) -> tuple[str, int]:
    """Return host and port of a Spark Connect address that `master_fault` accepts."""
    parts = urlsplit(master)
    return str(parts.hostname), parts.port or CONNECT_PORT
