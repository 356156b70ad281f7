"""Build the pages of a questionnaire from the groups of the survey sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from survey.formats.xlsform.choices import ChoiceLists
from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.kept import kept_of
from survey.formats.xlsform.layout import Entry
from survey.formats.xlsform.parameters import parameters_of
from survey.formats.xlsform.questions import Questions
from survey.formats.xlsform.standard import (
    COMPUTED,
    DEVICE,
    EXTERNAL,
    FOREIGN_SELECTS,
    NOTES,
    ONE,
    QUESTIONS,
    RANK,
    SELECT,
    SELECTS,
    UNSTORED,
    WORDING,
    yes,
)
from survey.instrument.question import OTHER_VALUE

ALONE = ("relevant", "constraint", "hint", "calculation", "choice_filter", "default", "read_only", "parameters")
"""Columns that a row of a matrix cannot have."""
Select = dict[str, Any]


class Pages:
    """Builder of pages.

    Attributes:
        pages: the pages so far.
    """

    def __init__(self, questions: Questions, lists: ChoiceLists, findings: Findings) -> None:
        """Start without pages."""
        self.pages: list[dict[str, Any]] = []
        self._loose: list[Any] | None = None
        self._conditions = 0  # of the groups around the current row
        self._questions, self._lists, self._findings = questions, lists, findings

    def take_all(self, entries: Sequence[Entry], into: list[Any] | None = None) -> None:
        """Add the entries of one group to its elements, or those of the top level to pages."""
        skipped: Entry | None = None
        for entry, following in zip_longest(entries, entries[1:]):
            if entry is skipped:
                continue
            words = skipped = self._words(entry, following)
            self._check_or_other(entry, entries)
            self._take(entry, words, into)

    def _take(self, entry: Entry, words: Entry | None, into: list[Any] | None) -> None:
        if not entry.control:
            self._check_label(entry)
        if entry.control:
            parameters_of(entry.row, entry.control, self._findings)
        if entry.control == "group":
            self._group(entry, into)
        elif entry.control:
            what = f"重复组（{sum(not one.control for one in entry.all())} 行）没有对应：每份答卷只有一组答案"
            self._findings.lost(entry.row, "type", what, got=entry.name, cure="改成固定的几道题")
            self._drop(entry, "重复组里的题")
        elif entry.type in NOTES:
            self._note(entry, into)
        else:
            select = self._select(entry)
            given = parameters_of(entry.row, select["kind"] if select else entry.type, self._findings)
            if not self._left_out(entry):
                self._question(entry, words, {**(select or {}), "parameters": given}, into)

    def _check_label(self, entry: Entry) -> None:
        """Report a question without a label; a hint or a picture may take its place."""
        asks = any(entry.type in kinds for kinds in (QUESTIONS, NOTES, UNSTORED)) or SELECT.fullmatch(entry.type)
        worded = entry.row["calculation"] or any(column in WORDING for column, _ in entry.row.raw)
        if asks and entry.type not in EXTERNAL and not worded:
            self._findings.error(entry.row, "label", "这一行没有文字", got=entry.name, cure="补上 label，或删去这一行")

    def _place(self, into: list[Any] | None) -> list[Any]:
        """Return the elements to add to: those of the group, or of a page for questions outside any group."""
        if into is not None:
            return into
        if self._loose is None:
            self.pages.append({"name": f"page{len(self.pages) + 1}", "elements": []})
            self._loose = self.pages[-1]["elements"]
        return self._loose

    def _group(self, entry: Entry, into: list[Any] | None) -> None:
        shown = self._questions.visible_if(entry.row)
        self._questions.absent(Entry(entry.row, entry.type), "一个组")
        if shown is None:
            self._drop(entry, "没有导入的组里的题")
        elif listed := self._matrix_list(entry):
            self._place(into).append(self._questions.matrix(entry, shown, listed))
        else:
            self._open(entry, shown, into)

    def _drop(self, entry: Entry, what: str) -> None:
        """Check the rows of a group that is left out, and name each of them."""
        self._conditions += 1
        self.take_all(entry.children, [])
        self._conditions -= 1
        self._questions.absent(entry, what)
        for child in entry.children:
            self._findings.note(child.row, "type", f"{what}没有导入", got=f"{child.type} {child.name}")

    def _open(self, entry: Entry, shown: str, into: list[Any] | None) -> None:
        """Add a page for a group at the top level, a panel for one inside another."""
        kept = kept_of(entry.row)
        named = {} if kept and kept.same(entry.row, "name") else {"name": entry.name}
        elements: list[Any] = []
        made = {**self._questions.common(entry.row), **named, **({"visibleIf": shown} if shown else {})}
        if into is None:
            self._loose = None
            self.pages.append({**made, "elements": elements})
        else:
            into.append({"type": "panel", **made, "elements": elements})
        self._conditions += bool(shown)
        self.take_all(entry.children, elements)
        self._conditions -= bool(shown)
        if not elements and not kept:
            (self.pages if into is None else into).pop()
            self._findings.note(entry.row, "type", "组里没有可导入的题目，这个组没有导入", got=entry.name)

    def _matrix_list(self, entry: Entry) -> str:
        """Return the list of a table-list group that a matrix can represent; "" for any other group."""
        if "table-list" not in entry.row["appearance"].split():
            return ""
        selects = [SELECT.fullmatch(child.type) for child in entry.children]
        lists = list(dict.fromkeys(found["list"] for found in selects if found))
        for child, found in zip(entry.children, selects, strict=True):
            if found and found["list"] != lists[0]:
                cure = f"改成 {lists[0]}，或去掉 table-list"
                self._findings.error(child.row, "type", "table-list 组里的选项表不一致", got=child.type, cure=cure)
        plain = all(
            found
            and SELECTS.get(found["kind"]) == ONE
            and not found["other"]
            and child.row["label"]
            and not any(map(child.row.__getitem__, ALONE))
            for child, found in zip(entry.children, selects, strict=True)
        )
        required = {yes(child.row["required"]) for child in entry.children}
        listed = next(iter(lists), "")
        simple = plain and len(required) == 1 and None not in required and not entry.row["constraint"]
        return listed if simple and len(self._lists.rows.get(listed, ())) > 1 else ""

    def _note(self, entry: Entry, into: list[Any] | None) -> None:
        parameters_of(entry.row, "note", self._findings)
        shown = self._questions.visible_if(entry.row, asks=False)
        if entry.name:
            self._questions.absent(entry, "说明文字")
        if shown is None:
            return
        row, kept = entry.row, kept_of(entry.row)
        found = kept.properties(row) if kept else {"name": entry.name or f"note{row.number}"}
        if not (kept and kept.same(row, "label") and kept.same(row, "hint")):
            # answers inserted into the text stay as references, since no form shows it
            found["html"] = "\n".join(filter(None, (row["label"], row["hint"])))
        if not kept:
            what = "说明文字留在问卷文件里，手机问卷和纸质问卷不显示"
            self._findings.note(row, "type", what, got=row["label"])
        self._place(into).append({"type": "html", **found, **({"visibleIf": shown} if shown else {})})

    def _left_out(self, entry: Entry) -> bool:
        """Return whether a row has no answer that Silu stores; its absence is a note."""
        kind, row, what = entry.type, entry.row, _absence(entry)
        if kind in COMPUTED and not row["calculation"]:
            self._findings.error(row, "calculation", "calculate 行没有 calculation", cure="补上算式，或删去这一行")
        if kind == "background-geopoint" and not row["trigger"]:
            self._findings.error(row, "trigger", "background-geopoint 行没有 trigger", cure="补上，或删去这一行")
        if what:
            self._findings.note(row, "type", f"{what}没有导入", got=f"{kind} {entry.name}".strip())
            self._questions.absent(entry, what)
        if kind in COMPUTED:
            self._questions.calculated(entry, always=not self._conditions)
        return bool(what)

    def _question(self, entry: Entry, words: Entry | None, select: Select, into: list[Any] | None) -> None:
        row = entry.row
        self._check_columns(entry)
        shown = self._questions.visible_if(row)
        if shown is None or ("kind" not in select and entry.type not in QUESTIONS):
            self._questions.absent(entry, "没有导入的题")
            if words:
                self._questions.absent(words, "没有导入的题")
        elif "kind" not in select:
            self._place(into).append(self._questions.simple(entry, shown, select["parameters"]))
        else:
            self._place(into).append(self._questions.chosen(entry, shown, select, words))

    def _check_columns(self, entry: Entry) -> None:
        """Report the columns of a question that have no counterpart."""
        row = entry.row
        if row["default"]:
            self._findings.note(row, "default", "默认值没有导入：不得预先填好答案（规则 R-01）", got=row["default"])
        if row["choice_filter"]:
            cure = "按前一题的每个答案拆成几道题，各写 relevant"
            self._findings.lost(
                row, "choice_filter", "按前面的答案筛选选项没有对应", got=row["choice_filter"], cure=cure
            )
        if row["trigger"]:
            self._findings.note(row, "trigger", "触发计算没有导入", got=row["trigger"])
        if row["read_only"] and yes(row["read_only"]) is None:
            self._findings.lost(row, "read_only", "有条件的只读没有对应", got=row["read_only"], cure="留空")
        if row["calculation"]:
            cure = "删去算式，让人填写；或改成 calculate 行"
            self._findings.lost(row, "calculation", "选择题的答案不能由算式得出", got=row["calculation"], cure=cure)

    def _select(self, entry: Entry) -> Select | None:
        """Return kind, list and or_other of a question with choices; None for any other row."""
        found = SELECT.fullmatch(entry.type)
        if found and found["kind"] not in FOREIGN_SELECTS and found["list"] in self._lists.rows:
            kind = SELECTS[found["kind"]]
            self._check_spaces(entry, kind, found["list"])
            return {"kind": kind, "list": found["list"], "other": bool(found["other"])}
        row = entry.row
        if found is None and not self._known(entry):
            expected = "integer、text、date、select_one、select_multiple、rank、note、range 等"
            self._findings.error(
                row, "type", "这种题型没有对应", got=entry.type, expected=expected, cure="删去或改写这一行"
            )
        elif found and (found["kind"] in FOREIGN_SELECTS or "${" in found["list"] or "." in found["list"]):
            cure = "把选项写进 choices 工作表"
            self._findings.lost(row, "type", "选项来自文件或别的题，没有对应", got=entry.type, cure=cure)
        elif found:
            known = "、".join(list(self._lists.rows)[:12])
            self._findings.error(
                row,
                "type",
                "choices 里没有这张选项表",
                got=found["list"],
                expected=known,
                cure="补上选项表，或改正表名",
            )
        return None

    @staticmethod
    def _known(entry: Entry) -> bool:
        """Return whether the type is one of the standard without choices."""
        return any(entry.type in kinds for kinds in (QUESTIONS, NOTES, COMPUTED, DEVICE, UNSTORED))

    def _check_or_other(self, entry: Entry, siblings: Sequence[Entry]) -> None:
        """Report a row that has the name of the text that or_other adds."""
        found = SELECT.fullmatch(entry.type)
        for other in siblings if found and found["other"] else ():
            if other.name == f"{entry.name}_other":
                cure = "删去这一行，或去掉 or_other"
                self._findings.error(other.row, "name", "or_other 已经有这个名称的文字题", got=other.name, cure=cure)
        if found and found["other"] and entry.row["choice_filter"]:
            self._findings.error(entry.row, "choice_filter", "or_other 不能和 choice_filter 同用", cure="去掉其中一个")

    def _check_spaces(self, entry: Entry, kind: str, listed: str) -> None:
        if kind in (ONE, RANK):
            return
        for choice in self._lists.rows[listed]:
            if " " in choice.code("name"):
                self._findings.error(
                    choice, "name", "多选题的选项 name 不能有空格", got=choice["name"], cure="去掉空格"
                )

    def _words(self, entry: Entry, following: Entry | None) -> Entry | None:
        """Return the next row if it is the text of the choice 其他, as `q2_other` is of `q2`."""
        found = SELECT.fullmatch(entry.type)
        if not found or not following or following.type != "text" or SELECTS.get(found["kind"], RANK) == RANK:
            return None
        kept = kept_of(following.row)
        if kept and kept.json is None:
            return following
        has = any(row.code("name") == OTHER_VALUE for row in self._lists.rows.get(found["list"], ()))
        asked = re.escape(f"${{{entry.name}}}")
        pattern = rf"""\s*(selected\(\s*{asked}\s*,\s*['"]other['"]\s*\)|{asked}\s*=\s*['"]other['"])\s*"""
        fits = following.name == f"{entry.name}_other" and re.fullmatch(pattern, following.row.code("relevant"))
        return following if has and fits and not found["other"] else None


def _absence(entry: Entry) -> str:
    """Return what a row without an answer is, in Chinese; "" for a question."""
    if entry.type in COMPUTED or (entry.row["calculation"] and entry.type in QUESTIONS):
        return "计算字段"
    if entry.type in DEVICE:
        return "设备信息"
    if entry.type in UNSTORED:
        return f"{UNSTORED[entry.type]}题"
    return "只读字段" if yes(entry.row["read_only"]) else ""
