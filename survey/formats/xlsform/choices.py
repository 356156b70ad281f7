"""Read the choices sheet: lists of choices, whose names become codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.kept import kept_of
from survey.formats.xlsform.logic.fields import Code
from survey.formats.xlsform.references import wording
from survey.formats.xlsform.sheets import FormRow, FormSheet
from survey.formats.xlsform.standard import yes
from survey.instrument.question import OTHER, OTHER_VALUE

LARGEST = 127
SHOWN = 6


@dataclass(frozen=True)
class CodedList:
    """The choices of one question.

    Attributes:
        choices: JSON of the choices.
        codes: name -> code, "other" for 其他.
        other: label of 其他; None if the list has no such choice, or the question no text for it.
    """

    choices: list[Any]
    codes: Mapping[str, Code]
    other: str | None = None


@dataclass
class ChoiceLists:
    """All lists of a form.

    Attributes:
        rows: name of a list -> its rows.
        findings: of the import.
    """

    rows: Mapping[str, list[FormRow]]
    findings: Findings
    _made: dict[tuple[str, bool], CodedList] = field(default_factory=dict)

    def coded(self, name: str, *, other: bool) -> CodedList:
        """Return the choices of a list; `other` is whether the question has a text for the choice `other`."""
        if (name, other) not in self._made:
            self._made[name, other] = self._coded(self.rows[name], other=other)
        return self._made[name, other]

    @property
    def unused(self) -> tuple[str, ...]:
        """Lists that no question has used so far."""
        return tuple(set(self.rows) - {name for name, _ in self._made})

    def _coded(self, rows: list[FormRow], *, other: bool) -> CodedList:
        plain = [row for row in rows if not (other and row.code("name") == OTHER_VALUE)]
        codes: dict[str, Code] = {}
        choices = []
        own = {row.code("name"): code for row in plain if (code := _own_code(row)) is not None}
        free = (code for code in range(1, LARGEST + 1) if code != OTHER and code not in own.values())
        for row in plain:
            name = row.code("name")
            code = own.get(name) if name in own else next(free, None)
            if code is None:
                self.findings.error(
                    row, "list_name", "选项太多", got=f"{len(plain)} 个", expected="最多 126 个", cure="拆成几道题"
                )
                break
            codes[name] = code
            choices.append(_choice(row, code, self.findings))
        self._report(plain, codes)
        extra = next((row for row in rows if row not in plain), None)
        if extra is not None:
            codes[OTHER_VALUE] = OTHER_VALUE
        return CodedList(choices, codes, wording(extra, "label", self.findings) or "其他" if extra else None)

    def _report(self, rows: list[FormRow], codes: Mapping[str, Code]) -> None:
        named = [f"{name}={code}" for name, code in codes.items() if name != str(code)]
        if named and not kept_of(rows[0]):
            more = f" 等 {len(named)} 个" if len(named) > SHOWN else ""
            self.findings.note(
                rows[0],
                "name",
                f"选项表 {rows[0]['list_name']} 的名称不能作代码，已编码；原名留在 sourceName，导入答卷、导出时都认得",
                got="、".join(named[:SHOWN]) + more,
            )


def _own_code(row: FormRow) -> int | None:
    """Return the code that the name of a choice is; None for any other name."""
    kept, name = kept_of(row), row.code("name")
    if kept and kept.same(row, "name"):
        value = kept.json.get("value") if isinstance(kept.json, dict) else kept.json
        if isinstance(value, int):
            return value
    valid = name.isascii() and name.isdecimal() and str(int(name)) == name and int(name) <= LARGEST
    return int(name) if valid and int(name) != OTHER else None


def _choice(row: FormRow, code: int, findings: Findings) -> Any:
    kept, name = kept_of(row), row.code("name")
    if kept and not isinstance(kept.json, dict) and kept.same(row, "label"):
        return code
    found = kept.properties(row) if kept else {}
    named = {"sourceName": name} if name != str(code) and not (kept and kept.same(row, "name")) else {}
    text = {} if kept and kept.same(row, "label") else {"text": wording(row, "label", findings) or name}
    return {**found, "value": code, **text, **named}


def choice_lists(sheet: FormSheet, settings: FormRow, findings: Findings) -> ChoiceLists:
    """Read all lists; names that are missing or not unique are errors."""
    lists: dict[str, list[FormRow]] = {}
    if sheet.rows and ("name", "") not in sheet.columns:
        findings.about("choices", "第 1 行", "choices 没有 name 列", cure="补上 name 列", error=True)
        return ChoiceLists({}, findings)
    for row in sheet.rows:
        if not row["list_name"]:
            findings.note(row, "list_name", "没有写选项表，这一行没有导入", got=row["name"] or row["label"])
            continue
        if not row["name"]:
            findings.error(row, "name", "选项没有 name", got=row["label"], cure="补上选项的名称或代码")
            continue
        lists.setdefault(row.code("list_name"), []).append(row)
    for rows in lists.values():
        _check_unique(rows, settings, findings)
    return ChoiceLists(lists, findings)


def _check_unique(rows: list[FormRow], settings: FormRow, findings: Findings) -> None:
    names = Counter[str]()
    labels = Counter[str]()
    for row in rows:
        name, label = row.code("name"), row["label"] or row.code("name")
        if names[name]:
            allowed = (
                "（Silu 的代码不能重复，allow_choice_duplicates 也一样）"
                if yes(settings["allow_choice_duplicates"])
                else ""
            )
            findings.error(row, "name", f"同一张选项表里有两个相同的 name{allowed}", got=name, cure="换一个名称")
        elif labels[label]:
            findings.error(row, "label", "同一张选项表里有两个相同的选项文字", got=label, cure="改成不同的文字")
        if not row["label"] and not kept_of(row):
            findings.note(row, "label", "选项没有文字，用了它的 name", got=name)
        names[name] += 1
        labels[label] += 1
