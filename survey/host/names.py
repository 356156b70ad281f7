"""Names of files and folders that work on every system a study may move to, and texts without control characters."""

from __future__ import annotations

import re
from pathlib import Path

from survey.errors import ArgumentError

LONGEST = 80
"""Characters of a new name; a Chinese character takes 3 bytes, and file systems take 255."""
BYTES = 255
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
FORBIDDEN = re.compile(r'[<>:"|?*/\\]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Devices of Windows, whatever follows the dot."""
CURE = f"换一个名称：不超过 {LONGEST} 个字，只用汉字、字母、数字、下划线、连字符和点"


def name_fault(name: str) -> str:
    """Return in Chinese what is wrong with a new name; "" where nothing is."""
    if not name.strip(". ") or name != name.strip() or name.endswith("."):
        return "名称不能只有点或空格，也不能以空格开头、以点或空格结尾"
    if found := CONTROL.search(name):
        return f"名称里有看不见的控制字符（U+{ord(found.group()):04X}）"
    if found := FORBIDDEN.search(name):
        return f"名称里不能有“{found.group()}”"
    if RESERVED.fullmatch(name):
        return "这个名称是 Windows 的设备名，不能用"
    return f"名称太长：{len(name)} 个字" if len(name) > LONGEST or len(name.encode()) > BYTES else ""


def check_new_name(path: Path, where: str = "") -> None:
    """Refuse a file or folder that is to be made under a name that not every system takes.

    Raises:
        ArgumentError: says what is wrong with its last part.
    """
    check_path(path, where)
    name = path.name if path.name not in ("", "..") else path.resolve().name
    if name and (fault := name_fault(name)):
        raise ArgumentError(fault, where=where or str(path), got=_shown(name), cure=CURE)


def check_path(path: Path, where: str = "") -> None:
    """Refuse a path that no file can have.

    Raises:
        ArgumentError: a part holds a control character or is longer than file systems take.
    """
    for part in path.parts:
        if fault := path_fault(Path(part)):
            raise ArgumentError("文件或文件夹的名称不能用", where=where, got=_shown(part), expected=fault, cure=CURE)


def path_fault(path: Path) -> str:
    """Return in Chinese what the parts of a path should have been; "" where a file can have it."""
    if CONTROL.search(str(path)):
        return "不含控制字符的路径"
    long = [part for part in path.parts if len(part.encode("utf-8", "surrogateescape")) > BYTES]
    return f"每一段不超过 {BYTES // 3} 个字（现在有一段 {len(long[0])} 个字）" if long else ""


def text_fault(text: str, longest: int = 200) -> str:
    """Return in Chinese what a title or the name of a place should have been; "" where it is fine."""
    if CONTROL.search(text):
        return "不含换行和控制字符的一行文字"
    return f"不超过 {longest} 个字（现在 {len(text)} 个）" if len(text) > longest else ""


def _shown(name: str) -> str:
    """Return a name as an error quotes it: short, control characters made visible."""
    visible = CONTROL.sub(lambda found: f"\\x{ord(found.group()):02x}", name)
    return visible if len(visible) <= 40 else f"{visible[:30]}……"
