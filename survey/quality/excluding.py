"""Which responses a person may exclude together: by id, interviewer, sampling point or check, never by what they say.

Dissatisfied people cannot be picked (rule R-07): there is no way in by an answer, and a check that reads answers as a
mere hint gives no list.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from survey.errors import ArgumentError

COLUMNS = ("interviewer", "psu")
"""Columns by which a group may be named: who asked, and where."""


def by_column(rows: pa.Table, column: str, value: str) -> tuple[str, ...]:
    """Ids of the responses of one interviewer or sampling point.

    Args:
        rows: the responses of a wave and mode.
        column: one of `COLUMNS`.
        value: code of the interviewer, or of the community.

    Raises:
        ArgumentError: another column, or no such responses.
    """
    if column not in COLUMNS:
        raise ArgumentError("不能按答案剔除答卷（规则 R-07）", got=column, expected="、".join(COLUMNS))
    found = rows.filter(pc.equal(rows[column].cast(pa.string()), value.strip()))["response_id"].to_pylist()
    if not found:
        raise ArgumentError("没有这样的答卷", got=value.strip() or "空", cure="核对访问员代码或社区代码")
    return tuple(found)


def by_id(rows: pa.Table, text: str) -> tuple[str, ...]:
    """The ids of a text, cut at blanks and commas; every one must be there.

    Raises:
        ArgumentError: none is given, or one is not among the responses.
    """
    wanted = tuple(dict.fromkeys(part for part in re.split(r"[\s,，、;；]+", text) if part))
    known = set(rows["response_id"].to_pylist())
    if lost := [name for name in wanted if name not in known]:
        raise ArgumentError("这一轮这种方式里没有这些答卷编号", got="、".join(lost[:5]), cure="核对编号、轮次和方式")
    if not wanted:
        raise ArgumentError("没有写答卷编号", expected="一个或几个编号，用逗号或换行分开")
    return wanted
