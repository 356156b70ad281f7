"""typst: data in, a typeset file out, with the fonts of this computer, which are looked up once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import typst

from survey.errors import ArgumentError


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
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        made = typst.compile(source, font_paths=fonts(), sys_inputs=inputs, **options)
    except RuntimeError as error:
        cure = "检查电脑上有没有中文字体（如 Noto CJK、宋体），或先用 Word 格式"
        raise ArgumentError(f"{what}排不出来", got=str(error).splitlines()[0], cure=cure) from error
    page = made[0] if isinstance(made, list) else made
    if not isinstance(page, bytes):
        raise TypeError("typst gives a page as bytes")
    return page


@cache
def template(name: str, package: str = __package__) -> bytes:
    """Return a template behind what all of them share."""
    shared = resources.files(__package__).joinpath("parts.typ").read_bytes()
    return shared + b"\n" + resources.files(package).joinpath(name).read_bytes()
