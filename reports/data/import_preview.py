"""Format an import preview for readers: detected columns, issues, and the changes it would make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reports.data.versions import COUNTS, DataVersion
from reports.data.versions import KINDS as KINDS_OF_VERSION
from reports.sentences.formats import Format
from reports.sentences.sentence import Sentence, field, join, say
from survey.host.person import shown_name
from survey.importing import ingest
from survey.importing.preview import Preview, changes
from survey.readers.cells.issues import KINDS, Severity

SHOWN = 2_000
"""Issues of a file that are listed; the rest are counted."""
EFFECTS: Mapping[Severity, str] = {
    Severity.REJECT: "退回整行",
    Severity.CELL: "退回整行",
    Severity.NOTE: "照常写入，请知悉",
}
PARTIAL = "只舍弃这个答案"


def summary(preview: Preview) -> Sentence:
    """Return the summary sentence of a preview."""
    read = field(preview, "rows_in", Format.COUNT)
    parts = [
        _number(preview, "new", "新增 {n} 份"),
        _number(preview, "changed", "更新 {n} 份"),
        _number(preview, "revoked", "作废 {n} 份"),
        _number(preview, "rejected", "{n} 行退回") or say("没有退回的行"),
    ]
    if not any(parts[:3]):
        parts = [say("没有新的内容"), parts[-1]]
    return say("读到 {read} 行：{parts}", read=read, parts=join(parts, "，"))


def _number(preview: Preview, name: str, words: str) -> Sentence:
    """Return a count of the preview in words; empty for 0."""
    return say(words, n=field(preview, name, Format.COUNT)) if getattr(preview, name) else Sentence()


def files_table(preview: Preview) -> pd.DataFrame:
    """Return what was detected in each file."""
    rows = [
        {
            "文件": file["name"],
            "来源": ingest.reader_title(file["reader"]),
            "怎样认出": file["why"],
            "工作表": file["sheet"],
            "表头行": file["header_row"] or None,
            "行数": file["rows"],
        }
        for file in preview.files
    ]
    return pd.DataFrame(rows)


def columns_table(preview: Preview) -> pd.DataFrame:
    """Return which column maps to which question, for every file."""
    titles = {question.name: question.title for question in preview.study.questionnaire.questions}
    rows = []
    for coded in preview.coded:
        read = coded.read
        for column in sorted(read.columns, key=lambda column: column.index):
            title = titles.get(column.target.partition(".")[0], "")
            rows.append((read.provenance.file, column.letters, column.heading, column.target, title))
        rows += [(read.provenance.file, "", heading, "（没有用到）", "") for heading in read.unused]
    return pd.DataFrame(rows, columns=["文件", "列", "文件里的列名", "对应", "问卷题目"])


def issues_table(preview: Preview, *, keep_partial: bool) -> pd.DataFrame:
    """Return one issue per row, those that reject a row first; at most `SHOWN` per file."""
    found = [issue for issues in preview.all_issues for issue in issues.first(SHOWN)]
    rows = [
        {
            "处理": _effect(KINDS[issue.code][1], keep_partial=keep_partial),
            "问题": issue.title,
            "文件": issue.file,
            "行": issue.row,
            "相同的行数": issue.count,
            "列": issue.column,
            "读到": issue.value,
            "应为": issue.expected,
            "怎么办": issue.cure,
        }
        for issue in found
    ]
    table = pd.DataFrame(rows, columns=["处理", "问题", "文件", "行", "相同的行数", "列", "读到", "应为", "怎么办"])
    table = table.astype({"行": "Int64"})
    return table.drop(columns="文件") if len(preview.files) == 1 else table


def _effect(severity: Severity, *, keep_partial: bool) -> str:
    return PARTIAL if severity is Severity.CELL and keep_partial else EFFECTS[severity]


def changes_table(preview: Preview) -> pd.DataFrame:
    """Return the cells that a corrected file would change."""
    rows = [(change.response_id, change.column, change.before, change.after) for change in changes(preview)]
    return pd.DataFrame(rows, columns=["答卷编号", "题目", "现在", "更正为"])


BROKEN = "数据文件损坏或不见了，打不开"


def history_table(versions: Sequence[DataVersion]) -> pd.DataFrame:
    """Return all versions, newest first, with time, person and action."""
    rows = [
        {
            "版本": one.number,
            "时间": f"{one.at:%Y-%m-%d %H:%M}",
            "操作人": shown_name(one.who),
            "操作": one.kind + ("（已撤销）" if one.undone else ""),
            "轮次": one.wave,
            "文件": "、".join(one.files),
            **{label: one.counts.get(label) for label in COUNTS.values()},
            "说明": one.note,
            "数据": BROKEN if one.broken else "可打开" if one.readable else "含已撤回的答卷，已清除",
        }
        for one in versions
        if one.kind != KINDS_OF_VERSION["create"]
    ]
    return pd.DataFrame(rows)
