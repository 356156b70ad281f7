"""Set apart the rows that a tool or a supervisor has marked as not accepted, invalid or deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from survey.readers.cells.issues import IssueCode
from survey.readers.cells.keys import key
from survey.readers.files.sheet import distinct
from survey.readers.tables.derived import cells_of
from survey.readers.tables.read_table import MarkedRows, ReadTable

HEADINGS = frozenset(
    {
        *("_validation_status", "validationstatus", "reviewstate", "审核状态", "审核结果", "审核意见", "复核结果"),
        *("质检结果", "状态", "答卷状态", "问卷状态", "样本状态", "有效状态", "有效性", "清洗数据结果"),
        *("是否有效", "是否采用", "是否作废"),
    }
)
"""Keys of the headings of status columns."""
REFUSED = frozenset(
    {
        *("无效", "无效答卷", "无效样本", "不采用", "不采纳", "未采用", "已删除", "删除", "作废", "已作废", "废卷"),
        *(
            "废答卷",
            "废弃",
            "剔除",
            "已剔除",
            "不通过",
            "未通过",
            "审核不通过",
            "审核未通过",
            "复核不通过",
        ),
        *(
            "质检不通过",
            "退回",
            "已退回",
            "驳回",
            "已驳回",
            "拒绝",
            "不合格",
            "暂缓",
            "搁置",
            "invalid",
            "deleted",
            "rejected",
        ),
        *("notapproved", "unapproved", "onhold", "hasissues"),
        *("validation_status_not_approved", "validation_status_on_hold"),
    }
)
"""Keys of cells that set a row apart."""
NO, YES = ("否", "0", "no", "n", "false"), ("是", "1", "yes", "y", "true")
ANSWERS: Mapping[str, tuple[str, ...]] = {"是否有效": NO, "是否采用": NO, "是否作废": YES}
"""Heading that is a question -> keys of the answers that set a row apart."""


def reviewed(table: ReadTable) -> ReadTable:
    """Return the table with the rows marked that a status column sets apart; a column with answers is no status."""
    used = {column.index for column in table.columns}
    marks: list[MarkedRows] = []
    for index, heading in enumerate(table.headings[: table.frame.num_columns]):
        name = key(heading)
        if index in used or name not in HEADINGS:
            continue
        refused = REFUSED | set(ANSWERS.get(name, ()))
        texts = distinct(table.frame[f"c{index}"]).dictionary.to_pylist()
        for text in texts:
            if key(text) in refused:
                rows = tuple(place for place, cell in enumerate(cells_of(table, index)) if cell == text)
                marks.append(MarkedRows(IssueCode.NOT_ACCEPTED, rows, heading.strip(), text.strip()))
    return replace(table, marked=(*table.marked, *marks)) if marks else table
