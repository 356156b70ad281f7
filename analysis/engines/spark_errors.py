"""What goes wrong on a Spark cluster, in words of the user."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from survey.errors import DamagedError, EngineError, SiluError

UNTOUCHED = "答卷没有改动"
CAUSES: Sequence[tuple[tuple[str, ...], str, str]] = (
    (
        ("maxresultsize", "outofmemoryerror", "java heap space", "gc overhead", "rpc_message_max"),
        "Spark 服务端的内存不够",
        "把服务端的 spark.driver.memory 和 spark.driver.maxResultSize 调大，或减少分组、题目后重试",
    ),
    (
        ("stopped sparkcontext", "sparkcontext was shut down", "sparkcontext has been shutdown", "taskresultlost"),
        "Spark 服务端中途停止了计算，多半是内存不够",
        "把服务端的 spark.driver.memory 调大并重新启动，或减少分组、题目后重试",
    ),
    (
        ("deadline_exceeded", "deadline exceeded"),
        "Spark 服务端不再回答，多半是内存不够，或机器太忙",
        "看服务端的日志；把 spark.driver.memory 调大并重新启动，或减少分组、题目后重试",
    ),
    (
        ("path_not_found", "path does not exist", "failed_read_file.file_not_exist", "filenotfoundexception"),
        "Spark 集群看不到答卷文件",
        "把调查文件夹放到集群每台机器都能读的地方，并在 [engine] 里用 store 写明集群看到的路径",
    ),
    (
        ("no module named", "modulenotfounderror"),
        "Spark 工作机器缺少读留言要用的 Python 包",
        "在每台工作机器上安装与本机相同版本的 silu（见 docs/spark.md）",
    ),
    (
        ("python_version_mismatch", "different minor version", "python in worker has different version"),
        "Spark 工作机器的 Python 版本与本机不同",
        "让两边的 Python 小版本一致，例如都用 3.11",
    ),
    (
        ("executorlost", "executor lost", "lost executor", "worker lost"),
        "Spark 的工作机器中断，重试后仍没有算完",
        "检查集群的工作机器，恢复后重试",
    ),
    (
        (
            "unavailable",
            "connection refused",
            "socket closed",
            "failed to connect",
            "retriesexceeded",
            "retries_exceeded",
            "session_closed",
            "session_not_found",
            "session_changed",
            "invalid_handle",
        ),
        "与 Spark 服务端的连接断了",
        "检查服务端是否还在运行（内存不够时它会退出），重新启动后重试",
    ),
    (
        ("failed_read_file",),
        "Spark 读不出一个答卷文件，可能已经损坏，也可能没有读的权限",
        "运行 silu verify 核对本机的答卷库；集群用的是副本时重新复制，并核对工作机器的权限",
    ),
)
"""Marks in messages of Spark (lower case), what they mean, and the remedy; the first that fits counts."""
DAMAGED = (
    "is not a parquet file",
    "failed_read_file.cannot_read_file_footer",
    "corrupt",
    "could not read footer",
    "cannot_read_file_footer",
    "expected magic number",
)


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of Spark inside the block into one for the user; other errors pass.

    Raises:
        EngineError: what Spark could not do, and the remedy.
        DamagedError: the cluster reads a damaged part.
    """
    try:
        with warnings.catch_warnings():
            # The error says it as well.
            warnings.filterwarnings("ignore", message=r"\[RETRIES_EXCEEDED\]")
            yield
    except SiluError:
        raise
    except Exception as error:
        if not _of_spark(error):
            raise
        raise problem(error) from error


def problem(error: Exception) -> SiluError:
    """Return the error for the user."""
    told = str(error)
    lower = told.lower()
    if any(mark in lower for mark in DAMAGED):
        cure = f"运行 silu verify 核对本机的答卷库；集群用的是副本时重新复制。{UNTOUCHED}"
        return DamagedError("Spark 读到损坏的答卷文件", got=short(told), cure=cure)
    for marks, what, cure in CAUSES:
        if any(mark in lower for mark in marks):
            return EngineError(what, got=short(told), cure=f"{cure}。{UNTOUCHED}")
    return EngineError("Spark 没有算出结果", got=short(told), cure=f"把这句话交给管理集群的人。{UNTOUCHED}")


def short(text: str) -> str:
    """Return the first line of a message that says something, without a Java stack; of an RPC its details."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if line.startswith("details =")] or lines
    return lines[0][:300] if lines else ""


def _of_spark(error: Exception) -> bool:
    return type(error).__module__.split(".")[0] in ("pyspark", "grpc", "py4j")
