"""typst: data in, a typeset file out, with the fonts of this computer, which are looked up once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import typst

from documents.joiners import WHOLE
from survey.errors import ArgumentError

ROLES = ("body", "title", "head")
ANY = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "SimSun", "FangSong", "WenQuanYi Zen Hei")
UNSHOWN = re.compile('the text `"(.+?)"` could not be displayed')
INSTALL = (
    "Debian、Ubuntu、麒麟、统信：apt install fonts-noto-cjk；Windows 自带宋体、黑体；不能上网时把字体文件（.ttf、.otf、"
    ".ttc）拷到 ~/.local/share/fonts 或 C:\\Windows\\Fonts；装好后重新启动程序，或先用 Word 格式"
)
RARE = "生僻字装 Noto Serif CJK SC 或宋体扩展字库，表情符号装 Noto Color Emoji；装好后重新启动程序，或先用 Word 格式"


@cache
def fonts() -> typst.Fonts:
    """Return the fonts of this computer; to look them up takes as long as to typeset a short page."""
    return typst.Fonts()


def typeset(source: bytes, data: Mapping[str, Any], what: str, **options: Any) -> bytes:
    """Return the file that typst makes of a template and its data.

    Args:
        source: the template.
        data: its data, in types of JSON.
        what: what is made, for the message.
        options: passed on to typst.

    Raises:
        ArgumentError: typst refuses it, such as for a missing font or alternative text.
    """
    if (lacking := lacking_fonts(data["fonts"])) is not None:
        raise ArgumentError(f"电脑上没有中文字体，{what}排不出来", expected=f"其中任一种：{lacking}", cure=INSTALL)
    inputs = {"data": json.dumps({**data, "whole": WHOLE.pattern}, ensure_ascii=False)}
    try:
        made = typst.compile(source, font_paths=fonts(), sys_inputs=inputs, **options)
    except RuntimeError as error:
        raise _refused(what, str(error).splitlines()[0]) from error
    page = made[0] if isinstance(made, list) else made
    if not isinstance(page, bytes):
        raise TypeError("typst gives a page as bytes")
    return page


def lacking_fonts(chains: Mapping[str, Sequence[Any]]) -> str | None:
    """Return the Chinese fonts of which one is needed; None where there is one, which typst then takes for all words.

    Args:
        chains: role -> its fonts in order; entries with `covers` are for Latin letters only.
    """
    named = [one for name in ROLES for one in chains[name] if not isinstance(one, Mapping)]
    wanted = {str(one): None for one in (*named, *ANY) if one}
    there = {name.casefold() for name in fonts().families()}
    return None if any(name.casefold() in there for name in wanted) else "、".join(wanted)


def _refused(what: str, words: str) -> ArgumentError:
    """Return what typst found wrong, with the sign that no font has where that is it."""
    if (sign := UNSHOWN.search(words)) is not None:
        return ArgumentError(f"{what}排不出来：这台电脑的字体里没有这个字", got=sign.group(1), cure=RARE)
    return ArgumentError(f"{what}排不出来", got=words, cure="把这句话告诉系统维护人员，或先用 Word 格式")


@cache
def template(name: str, package: str = __package__) -> bytes:
    """Return a template behind what all of them share."""
    shared = resources.files(__package__).joinpath("parts.typ").read_bytes()
    return shared + b"\n" + resources.files(package).joinpath(name).read_bytes()
