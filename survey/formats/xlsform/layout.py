"""Arrange the rows of the survey sheet as a tree of groups, and check names, types and nesting as pyxform does."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.sheets import FormRow, FormSheet
from survey.formats.xlsform.standard import BEGIN, CONTROLS, END, NAME, NOTES, yes

RESERVED = "meta"
DEEPEST = 30
"""Largest number of groups inside each other, which keeps recursions far from Python's limit."""


@dataclass
class Entry:
    """A row of the survey sheet that is not the end of a group.

    Attributes:
        row: the row.
        type: its type, with single blanks.
        control: "group", "repeat" or "loop"; "" for a question.
        children: the rows inside.
    """

    row: FormRow
    type: str
    control: str = ""
    children: list[Entry] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Name as written."""
        return self.row.code("name")

    def all(self) -> Iterator[Entry]:
        """Yield the entry and all entries inside."""
        yield self
        for child in self.children:
            yield from child.all()


def arrange(sheet: FormSheet, findings: Findings) -> list[Entry]:
    """Return the top level of the form; errors are findings."""
    top = Entry(FormRow("survey", 1, {}, {}), "", "group")
    stack = [top]
    for row in sheet.rows:
        kind = re.sub(r" +", " ", row.code("type"))
        if not _counts(row, kind, findings):
            continue
        if closing := END.fullmatch(kind):
            _close(stack, row, CONTROLS.get(closing["kind"], closing["kind"]), findings)
            continue
        opening = BEGIN.fullmatch(kind)
        if opening and len(stack) > DEEPEST:
            findings.error(row, "type", f"组套得太深，最多 {DEEPEST} 层", got=row["name"], cure="拆成几个组")
            break
        entry = Entry(row, kind, CONTROLS.get(opening["kind"], opening["kind"]) if opening else "")
        stack[-1].children.append(entry)
        if opening:
            stack.append(entry)
    for entry in stack[1:]:
        findings.error(entry.row, "type", f"这个组没有结束：缺少 end_{entry.control}", cure="在组的最后一行下面补上")
    for parent in top.all():
        _check_names(parent, findings)
    return top.children


def _counts(row: FormRow, kind: str, findings: Findings) -> bool:
    """Return whether a row belongs to the form."""
    if yes(row["disabled"]):
        findings.note(row, "disabled", "停用的行没有导入", got=row["name"])
        return False
    if kind:
        return True
    if row["name"] or row["label"]:
        findings.error(row, "type", "这一行没有 type", expected="integer、text、select_one 选项表 等", cure="补上题型")
    else:
        findings.note(row, "", "这一行没有 type、name 和 label，按注释处理", got="；".join(row.cells.values()))
    return False


def _close(stack: list[Entry], row: FormRow, control: str, findings: Findings) -> None:
    if len(stack) > 1 and stack[-1].control == control:
        stack.pop()
        return
    open_ = f"现在打开的是 {stack[-1].name} 的 begin_{stack[-1].control}" if len(stack) > 1 else "没有打开的组"
    findings.error(row, "type", f"多出一个 end_{control}：{open_}", cure=f"补上 begin_{control}，或删去这一行")


def _check_names(parent: Entry, findings: Findings) -> None:
    """Check that the names in a group are given, valid and unique."""
    seen = Counter[str]()
    for entry in parent.children:
        if problem := _problem(entry, seen):
            findings.error(entry.row, "name", problem, got=entry.name, cure="补上或换一个名称")
        seen[entry.name] += 1


def _problem(entry: Entry, seen: Counter[str]) -> str:
    """Return what is wrong with a name, in Chinese; "" for nothing."""
    name = entry.name
    if entry.type == "audit":
        return "audit 行的 name 只能留空" if name not in ("", "audit") else ""
    if not name:
        return "" if entry.type in NOTES else "这一行没有 name"
    if not NAME.fullmatch(name):
        return "name 写法不对：要以字母或下划线开头，只用字母、数字、下划线、连字符和点"
    if name == RESERVED:
        return "name 不能是 meta，它留给表单信息"
    return "同一组里有两个相同的 name" if seen[name] else ""


def names_of(entries: list[Entry]) -> Counter[str]:
    """Return how often each name occurs in the form; only unique names can be referred to."""
    everything = (entry for top in entries for entry in top.all())
    return Counter(entry.name for entry in everything if entry.type != "audit" and entry.name)
