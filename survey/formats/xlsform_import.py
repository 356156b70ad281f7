"""Read an XLSForm as a questionnaire: types, lists, groups and conditions; anything else must be added by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from survey.errors import QuestionnaireError
from survey.formats.xpath import from_relevant
from survey.instrument.choices import listed
from survey.instrument.question import OTHER_VALUE
from survey.instrument.question_types import TYPES
from survey.readers.files.excel import open_workbook

Row = Mapping[str, str]
PASSED = frozenset(
    {
        "start",
        "end",
        "today",
        "deviceid",
        "username",
        "phonenumber",
        "note",
        "calculate",
        "hidden",
        "audit",
        "email",
        "",
    }
)
"""Types of rows that are not questions."""
SIMPLE: Mapping[str, Mapping[str, Any]] = {
    "integer": {"type": "text", "inputType": "number"},
    "decimal": {"type": "text", "inputType": "number"},
    "range": {"type": "text", "inputType": "number"},
    "date": {"type": "text", "inputType": "date"},
    "text": {"type": "comment"},
}
CHOSEN: Mapping[str, str] = {kind.xlsform: kind.elements[0] for kind in reversed(TYPES) if kind.listed}
"""XLSForm type with a list of choices -> SurveyJS type, the first in `TYPES` if several share it."""
LIMIT = re.compile(r"\.\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)")
YES = frozenset({"yes", "true", "true()", "1"})


def read_xlsform(path: Path) -> dict[str, Any]:
    """Return the questionnaire of an XLSForm as the JSON value of a questionnaire file.

    Args:
        path: the workbook.

    Returns:
        SurveyJS JSON. It may lack what XLSForm cannot express: measures, roles, codes for don't know.

    Raises:
        ReadError: not a workbook.
        QuestionnaireError: no survey sheet, an unsupported type, choice names that are not codes, or a condition that
            cannot be translated; the error names row and column.
    """
    sheets = {sheet.name.strip().lower(): _table(sheet) for sheet in open_workbook(path) if not sheet.hidden}
    if "survey" not in sheets:
        raise QuestionnaireError("不是 XLSForm：没有名为 survey 的工作表", where=path.name, got="、".join(sheets))
    settings: Row = next(iter(sheets.get("settings", ())), {})
    made = _Form(path.name, _lists(sheets.get("choices", ()), path.name))
    for number, row in enumerate(sheets["survey"], start=2):
        made.take(row, number)
    return {
        **_kept(settings),
        "title": settings.get("form_title", path.stem),
        "instrumentId": settings.get("form_id", path.stem),
        "instrumentVersion": settings.get("version", "1"),
        "pages": [page for page in made.pages if page["elements"]],
    }


def _table(sheet: Any) -> tuple[Row, ...]:
    body = sheet.load(1).frame if sheet.head else None
    if body is None:
        return ()
    heading = [cell.strip().lower().partition("::")[0] for cell in sheet.head[0]]
    cells = [[cell or "" for cell in column.to_pylist()] for column in body.columns]
    # the first of several languages is used
    return tuple(
        {title: cell.strip() for title, cell in reversed(list(zip(heading, row, strict=True))) if title}
        for row in zip(*cells, strict=True)
    )


def _kept(row: Row) -> dict[str, Any]:
    """Return what `survey.formats.xlsform_export` kept as JSON."""
    try:
        value = json.loads(row.get("silu", "") or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _lists(rows: Sequence[Row], file: str) -> Mapping[str, list[dict[str, Any]]]:
    lists: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows, start=2):
        name = row.get("name", "")
        listed = row.get("list_name") or row.get("list name") or ""
        if not listed:
            continue
        if not name.isdecimal() and name != OTHER_VALUE:
            raise QuestionnaireError(
                "选项的 name 不是数字，不能作为选项代码",
                where=f"{file} choices 第 {number} 行",
                got=name,
                expected="0 到 127 的整数，“其他”写 other",
            )
        value: Any = name if name == OTHER_VALUE else int(name)
        lists.setdefault(listed, []).append({"value": value, "text": row.get("label", name), **_kept(row)})
    return lists


@dataclass
class _Form:
    """Builder of the questionnaire from the rows of the survey sheet."""

    file: str
    lists: Mapping[str, list[dict[str, Any]]]
    pages: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def take(self, row: Row, number: int) -> None:
        kind, _, rest = (
            row.get("type", "").replace("begin group", "begin_group").replace("end group", "end_group").partition(" ")
        )
        where = f"{self.file} survey 第 {number} 行"
        if kind == "begin_group":
            self._open(row)
        elif kind == "end_group" and self.groups:
            self.groups.pop()
        elif kind in PASSED or self._is_other_text(row):
            return
        elif self._matrix is not None and kind == "select_one":
            self._matrix_row(row, rest)
        else:
            self._add(self._element(row, kind, rest.strip(), where))

    @property
    def _matrix(self) -> dict[str, Any] | None:
        return self.groups[-1] if self.groups and self.groups[-1].get("type") == "matrix" else None

    def _open(self, row: Row) -> None:
        if "table-list" in row.get("appearance", ""):
            element = {"type": "matrix", **dict(self._common(row)), "columns": [], "rows": []}
            if not row.get("silu"):
                element["isAllRowRequired"] = False
            self._add(element)
            self.groups.append(element)
            return
        condition = {"visibleIf": from_relevant(row["relevant"], self.names)} if row.get("relevant") else {}
        page = {"name": row.get("name", ""), "title": row.get("label", ""), "elements": [], **condition}
        self.pages.append(page)
        self.groups.append(page)

    def _add(self, element: dict[str, Any]) -> None:
        if not self.pages:
            self.pages.append({"name": "page1", "elements": []})
        self.pages[-1]["elements"].append(element)

    def _matrix_row(self, row: Row, listed: str) -> None:
        matrix = self.groups[-1]
        kept = _kept(row)
        name = row["name"].removeprefix(f"{matrix['name']}_")
        value = kept.get("value", name)
        matrix["rows"].append({**kept, "value": value, "text": row.get("label", name)})
        matrix["columns"] = self.lists.get(listed.strip(), [])
        matrix["isAllRowRequired"] = row.get("required", "").lower() in YES
        self.names[row["name"]] = f"{matrix['name']}.{value}"

    def _is_other_text(self, row: Row) -> bool:
        """Return whether a row is the text of an "other" choice, as `q2_other` is of `q2`."""
        stem = row.get("name", "").removesuffix("_other")
        owner = next((one for page in self.pages for one in page["elements"] if one.get("name") == stem), None)
        found = stem != row.get("name") and row.get("type") == "text" and bool(owner and owner.get("showOtherItem"))
        if found:
            self.names[row["name"]] = f"{stem}-Comment"
        return found

    def _element(self, row: Row, kind: str, rest: str, where: str) -> dict[str, Any]:
        element = dict(self._common(row))
        if kind in SIMPLE:
            element = {**SIMPLE[kind], **element, **dict(_limits(row))}
        elif kind in CHOSEN:
            element = {"type": CHOSEN[kind], **element}
            element |= self._choices(rest.partition(" ")[0], element, where)
        else:
            raise QuestionnaireError(
                "这种题型没有对应",
                where=where,
                got=row.get("type", ""),
                expected="、".join([*CHOSEN, "integer、text、date、note 和 table-list 组"]),
                cure="删去或改写这一行",
            )
        if row.get("required", "").lower() in YES:
            element["isRequired"] = True
        return element

    def _choices(self, name: str, element: Mapping[str, Any], where: str) -> dict[str, Any]:
        if name not in self.lists:
            raise QuestionnaireError("choices 里没有这张选项表", where=where, got=name)
        made = next((one for one in TYPES if element["type"] in one.elements), None)
        if made is not None and made.choices is not listed:  # they are derived from other properties of the element
            return {}
        plain = [choice for choice in self.lists[name] if choice["value"] != OTHER_VALUE]
        other = next((choice for choice in self.lists[name] if choice["value"] == OTHER_VALUE), None)
        return {"choices": plain, **({"showOtherItem": True, "otherText": other["text"]} if other else {})}

    def _common(self, row: Row) -> Iterator[tuple[str, Any]]:
        """Yield name, title, hint, condition and the kept properties; an edited relevant takes precedence."""
        kept = _kept(row)
        props = kept.get("props", {}) if isinstance(kept.get("props"), dict) else {}
        yield from ((name, value) for name, value in props.items() if name not in ("visibleIf", "showOtherItem"))
        yield "name", row.get("name", "")
        yield "title", row.get("label", "") or row.get("name", "")
        if row.get("hint"):
            yield "description", row["hint"]
        if row.get("relevant") and row["relevant"] != kept.get("relevant"):
            yield "visibleIf", from_relevant(row["relevant"], self.names)
        elif props.get("visibleIf"):
            yield "visibleIf", props["visibleIf"]


def _limits(row: Row) -> Iterator[tuple[str, float | int]]:
    for sign, number in LIMIT.findall(row.get("constraint", "")):
        yield ("min" if sign == ">=" else "max"), float(number) if "." in number else int(number)
