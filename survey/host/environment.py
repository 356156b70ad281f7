"""Environment variables that Silu reads. A misspelt one raises an error instead of being ignored."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping

from survey.errors import ArgumentError

ROLE = "SILU_ROLE"
"""Role of the user of this process; analyst where it is not set."""
STUDY = "SILU_STUDY"
"""Study folder that the dashboard shows; `silu dashboard` sets it."""
INSECURE_LAN = "SILU_INSECURE_LAN"
"""Set by `silu dashboard --insecure-lan`: the dashboard listens on the network without TLS."""
KNOWN: Mapping[str, str] = {
    ROLE: "使用者的岗位",
    STUDY: "看板显示的调查文件夹",
    INSECURE_LAN: "看板没有加密就对局域网开放（由 silu dashboard --insecure-lan 设置）",
}
"""Variable -> its meaning, in Chinese."""
PREFIX = "SILU"


def check_names(environment: Mapping[str, str] | None = None) -> None:
    """Refuse an unknown variable with the prefix of Silu.

    Args:
        environment: variable -> value; that of this process when None.

    Raises:
        ArgumentError: names the variable and the nearest known one.
    """
    names = os.environ if environment is None else environment
    unknown = sorted(name for name in names if name[: len(PREFIX)].upper() == PREFIX and name not in KNOWN)
    for name in unknown[:1]:
        raise ArgumentError(
            "不认识的环境变量", where=name, expected=nearest(name.upper(), KNOWN), cure="改正名称，或删去这个变量"
        )


def nearest(word: str, known: Mapping[str, str]) -> str:
    """Return the known word closest to a given one, with its label; all of them where none is close."""
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return "、".join(f"{name}（{known[name]}）" for name in near or known)
