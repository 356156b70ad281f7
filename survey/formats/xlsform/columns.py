"""Report the sheets, columns and languages of a form that are not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.sheets import FormSheet, Workbook
from survey.formats.xlsform.standard import (
    CHOICES_NOTED,
    CHOICES_READ,
    NOTED,
    READ,
    RULED,
    SETTINGS_NOTED,
    SETTINGS_READ,
    SHEETS,
)
from survey.instrument.finding import nearest

TABLE = "table-list"
"""An appearance that is read: its group becomes a matrix, or questions of their own."""
TYPO = 0.8
"""Similarity above which an unknown column is taken for a misspelt one."""


def check_columns(book: Workbook, findings: Findings) -> None:
    """Report what is not read; misspelt and repeated columns, and a missing column type, are errors."""
    for name in book.others:
        why = SHEETS.get(name.lower(), "不是 XLSForm 的工作表")
        findings.about(name, "工作表", f"没有读取：{why}")
    if ("type", "") not in book.survey.columns:
        findings.about("survey", "第 1 行", "survey 没有 type 列", cure="补上 type 列", error=True)
    _check_sheet(book.survey, READ | RULED, NOTED, findings)
    _check_sheet(book.choices, CHOICES_READ, CHOICES_NOTED, findings)
    _check_sheet(book.settings, SETTINGS_READ, SETTINGS_NOTED, findings)
    for sheet in (book.survey, book.choices):
        read, *unread = [
            language or "没有注明语言的列" for language in book.languages if language in sheet.languages
        ] or [""]
        if unread:
            cure = "要用别的语言，就在 settings 里写 default_language"
            what = f"只读一种语言：{read}；没有导入：{'、'.join(unread)}"
            findings.about(sheet.name, "label 列", what, cure=cure)
    for row in book.settings.rows[1:]:
        findings.note(row, "", "settings 只用第一行，这一行没有导入", got="；".join(row.cells.values()))


def _check_sheet(sheet: FormSheet, read: Collection[str], noted: Mapping[str, str], findings: Findings) -> None:
    for heading in sheet.twins:
        findings.about(sheet.name, f"标题“{heading}”", "两列的含义相同", cure="删去其中一列", error=True)
    filled = Counter(column for row in sheet.rows for column, cell in row.raw.items() if cell != TABLE)
    for column, letters in sheet.columns.items():
        name = column[0]
        if name in read or not filled[column]:
            continue
        place = f"{'::'.join(filter(None, column))} 列（{letters}）"
        reason = noted.get(name) or noted.get(name.partition("::")[0])
        near = "" if reason else nearest(name, sorted(read), TYPO)
        if near:
            findings.about(sheet.name, place, "不认识的列", cure=f"是否想写 {near}？不是就换一个列名", error=True)
        else:
            what = reason or ("没有用到" if sheet.name == "choices" else "不是 XLSForm 的列")
            findings.about(sheet.name, place, f"没有导入 {filled[column]} 格：{what}")
