"""An argument parser with Chinese messages."""

from __future__ import annotations

import argparse
import re
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any, NoReturn

# Pattern of an English message of the standard parser -> Chinese message; groups are inserted.
TRANSLATIONS: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.+)", "缺少必需的参数：{}"),
    (r"argument (.+): expected one argument", "{} 后面要跟一个值"),
    (r"argument (.+): expected at least one argument", "{} 后面至少要跟一个值"),
    (r"argument (.+): invalid choice: (.+?) \(choose from (.*)\)", "{} 不能是 {}；可以是：{}"),
    (r"argument (.+): invalid (?:int|float) value: (.+)", "{} 应为数字，读到 {}"),
    (r"argument (.+): not allowed with argument (.+)", "{} 不能与 {} 同时使用"),
    (r"unrecognized arguments: (.+)", "不认识的参数：{}"),
    (r"one of the arguments (.+) is required", "以下参数必须给出一个：{}"),
)


ANYWHERE = ("--study", "--engine", "--master", "--memory")
"""Options with a value that may also stand before the command."""
# Lines may break after each of these pieces: a Latin word with the following blanks, or a Chinese character.
PIECE = re.compile(r"[\x21-\x7e]+\s*|\s+|.[，。；：、）！？”]*")


class ChineseHelp(argparse.HelpFormatter):
    """Formatter that breaks lines by display width (two columns per Chinese character) and keeps Latin words whole."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        lines, used = [""], 0
        for piece in PIECE.findall(" ".join(text.split())):
            size = columns(piece)
            if used and used + columns(piece.rstrip()) > width:
                lines, used = [*lines, ""], 0
            lines[-1] += piece
            used += size
        return [line.rstrip() for line in lines]


def command_first(args: Sequence[str]) -> list[str]:
    """Return arguments of the program with the options that stand before the command moved behind it."""
    at = 0
    while at < len(args) and args[at].partition("=")[0] in ANYWHERE:
        at += 1 if "=" in args[at] else 2
    return [*args[at : at + 1], *args[:at], *args[at + 1 :]]


def columns(text: str) -> int:
    """Return the display width of a text in a terminal, in columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


class CommandParser(argparse.ArgumentParser):
    """The standard parser with Chinese headings, help and errors (exit code 2)."""

    def __init__(self, **options: Any) -> None:
        """Take the options of `argparse.ArgumentParser` and add `-h` in Chinese."""
        super().__init__(**{"formatter_class": ChineseHelp, **options, "add_help": False})
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def format_help(self) -> str:
        """Return the help text with its first word in Chinese."""
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> NoReturn:
        """Print the error and how to list the options in Chinese, then exit with 2."""
        print(f"错误：{translate(message)}\n处理办法：运行 {self.prog} --help 查看用法", file=sys.stderr)
        sys.exit(2)


def translate(message: str) -> str:
    """Translate a message of `argparse` to Chinese; an unknown one is returned unchanged."""
    for pattern, text in TRANSLATIONS:
        if match := re.fullmatch(pattern, message):
            return text.format(*match.groups())
    return message
