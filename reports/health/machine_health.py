"""Check whether this machine is fit for use; each check reports its finding and remedy in Chinese."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from survey.host import browsers

GIB = 2**30
LEAST_FREE = 2 * GIB
SLOW_SYNC = 50
"""Synced writes per second below which the online form is slow; an SSD reaches hundreds, a hard disk about 80."""
BUILT = 2026
WINDOWS_FONTS = ("msyh.ttc", "simsun.ttc")
PORTS = {8501: "看板", 8600: "网上问卷"}


class State(StrEnum):
    """Severity of a finding."""

    GOOD = "正常"
    HINT = "提醒"
    FAULT = "要处理"


@dataclass(frozen=True, slots=True)
class Checkup:
    """Result of one check.

    Attributes:
        name: subject of the check.
        state: whether action is needed.
        found: the finding.
        cure: the remedy; "" where none is needed.
    """

    name: str
    state: State
    found: str
    cure: str = ""


def machine_health(folder: Path) -> Iterator[Checkup]:
    """Check Python, packages, fonts, browser, ports, clock and the disk that holds a folder."""
    yield _python()
    yield _packages()
    yield _fonts()
    yield _browser()
    yield from _ports()
    yield clock(datetime.now())
    yield space(shutil.disk_usage(folder).free)
    yield _writing(folder)


def _python() -> Checkup:
    found = f"Python {platform.python_version()}，{platform.system()} {platform.machine()}"
    if sys.version_info < (3, 11) or sys.maxsize < 2**32:
        return Checkup("Python", State.FAULT, found, "安装 64 位的 Python 3.11 或更新的版本")
    return Checkup("Python", State.GOOD, found)


def _packages() -> Checkup:
    """Check that all packages that Silu declares are installed."""
    try:
        wanted = [one for one in requires("silu") or () if "extra ==" not in one]
        own = version("silu")
    except PackageNotFoundError:
        return Checkup("软件包", State.HINT, "四率没有安装为软件包，按源代码运行", "照说明运行 make demo 会安装好")
    missing = [name for name in map(_package_name, wanted) if not _installed(name)]
    if missing:
        return Checkup("软件包", State.FAULT, f"缺少 {'、'.join(missing)}", "照说明重新安装四率")
    return Checkup("软件包", State.GOOD, f"四率 {own}，依赖的 {len(wanted)} 个软件包都在")


def _package_name(requirement: str) -> str:
    """Return the name in a requirement; "" where a marker may exclude this machine."""
    return "" if ";" in requirement else re.split(r"[\[<>=!~ ]", requirement, maxsplit=1)[0]


def _installed(name: str) -> bool:
    try:
        return not name or bool(version(name))
    except PackageNotFoundError:
        return False


def _fonts() -> Checkup:
    """Check for a Chinese font, needed for charts and documents rendered as images."""
    if os.name == "nt":
        folder = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        found = [name for name in WINDOWS_FONTS if (folder / name).is_file()]
    else:
        found = _lines_of("fc-list", ":lang=zh", "family")
    if found:
        return Checkup("中文字体", State.GOOD, f"有 {len(found)} 种，例如 {found[0].split(',')[0]}")
    return Checkup(
        "中文字体",
        State.FAULT,
        "没有找到中文字体，图片和文件里的中文会变成方框",
        "安装 fonts-noto-cjk 或 Noto Sans CJK SC",
    )


def _lines_of(*words: str) -> list[str]:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return sorted({line.strip() for line in done.stdout.splitlines() if line.strip()})


def _browser() -> Checkup:
    if found := browsers.installed():
        return Checkup("浏览器", State.GOOD, Path(found).name)
    found = "没有找到 Chromium、Chrome 或 Edge：看板能用，保存图片不能用"
    return Checkup("浏览器", State.HINT, found, browsers.CURE)


def _ports() -> Iterator[Checkup]:
    for port, what in PORTS.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                yield Checkup(f"端口 {port}", State.GOOD, f"空着，{what}可以使用")
            except OSError:
                found = f"已被占用：可能{what}正在运行"
                yield Checkup(f"端口 {port}", State.HINT, found, "不是四率占用的，就用 --port 换一个端口")


def clock(now: datetime) -> Checkup:
    """Check that the clock is plausible: it dates waves, versions and approvals."""
    if now.year < BUILT:
        return Checkup(
            "时钟", State.FAULT, f"时钟显示 {now:%Y-%m-%d}，早于软件发布", "把电脑的日期改对；轮次和批准期限靠它判断"
        )
    return Checkup("时钟", State.GOOD, f"{now:%Y-%m-%d %H:%M}，时区 {time.strftime('%z')}")


def space(free: int) -> Checkup:
    """Check free disk space.

    Args:
        free: free bytes.
    """
    found = f"还有 {free / GIB:.1f} GB"
    if free < LEAST_FREE:
        return Checkup("磁盘空间", State.FAULT, found, "清理磁盘或把调查文件夹移到空间更大的盘；写满时导入会失败")
    return Checkup("磁盘空间", State.GOOD, found)


def _writing(folder: Path) -> Checkup:
    """Check synced writes per second in the folder: each submission is acknowledged after one."""
    try:
        rate = synced_writes(folder)
    except OSError as error:
        return Checkup("写入", State.FAULT, f"{folder} 不能写入：{error.strerror}", "检查文件夹的权限，或换一个文件夹")
    if rate < SLOW_SYNC:
        return Checkup("写入", State.HINT, f"每秒只能落盘 {rate:.0f} 次", "网上问卷放在本机固态硬盘上，不要放在网络盘")
    return Checkup("写入", State.GOOD, f"每秒落盘约 {rate:.0f} 次")


def synced_writes(folder: Path, seconds: float = 0.2) -> float:
    """Append 4 KiB and sync repeatedly for `seconds`; return writes per second. Remove the file."""
    path = folder / f".silu-probe-{os.getpid()}"
    count, block = 0, b"\0" * 4096
    try:
        with path.open("wb", buffering=0) as file:
            start = time.perf_counter()
            while time.perf_counter() - start < seconds:
                file.write(block)
                os.fsync(file.fileno())
                count += 1
            return count / (time.perf_counter() - start)
    finally:
        path.unlink(missing_ok=True)
