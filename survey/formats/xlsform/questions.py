"""Build the elements of a questionnaire from the rows of the survey sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from survey.errors import QuestionnaireError
from survey.formats.xlsform.choices import ChoiceLists, CodedList
from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.kept import Kept, kept_of
from survey.formats.xlsform.layout import Entry
from survey.formats.xlsform.logic.calculations import calculation
from survey.formats.xlsform.logic.conditions import to_visible_if
from survey.formats.xlsform.logic.constraints import NO_LIMITS, Limits, to_limits
from survey.formats.xlsform.logic.fields import Field, Kind
from survey.formats.xlsform.naming import Naming
from survey.formats.xlsform.parameters import choice_order, range_limits
from survey.formats.xlsform.references import wording
from survey.formats.xlsform.sheets import FormRow
from survey.formats.xlsform.standard import AS_TEXT, FRACTIONS, ONE, QUESTIONS, RANK, SEVERAL, yes
from survey.instrument.choices import localised_text
from survey.instrument.conditions.expressions import COMMENT
from survey.instrument.question import OTHER_VALUE
from survey.instrument.question_types import TYPES

CHOSEN: Mapping[str, str] = {kind.xlsform: kind.elements[0] for kind in reversed(TYPES) if kind.listed}
"""XLSForm type with a list of choices -> SurveyJS type, the first in `TYPES` if several share it."""
SAID = "请注明"
"""Label of the text of 其他 that needs no mention."""
LISTED = ("choices", "columns", "rateValues")


class Questions:
    """Builder of elements.

    Attributes:
        fields: name in the form -> what it is in the questionnaire, for all rows read so far.
        rows: name of a question -> its row.
    """

    def __init__(self, names: Iterable[str], lists: ChoiceLists, naming: Naming, findings: Findings) -> None:
        """Start without questions; `names` are those of all rows, which are asked later until they are read."""
        self.fields = {name: Field("", Kind.ABSENT, absent="后面才问的题") for name in names}
        self.rows: dict[str, int] = {}
        self._lists, self._naming, self._findings = lists, naming, findings

    def absent(self, entry: Entry, what: str) -> None:
        """Record that a row and all rows inside are not in the questionnaire."""
        for one in entry.all():
            if one.name:
                self.fields[one.name] = Field("", Kind.ABSENT, absent=what)

    def calculated(self, entry: Entry, *, always: bool) -> None:
        """Record a calculated field; conditions can look through one that is always calculated."""
        known = {name: field.calculation for name, field in self.fields.items() if field.calculation}
        made = calculation(entry.row.code("calculation"), known) if always and not entry.row["relevant"] else None
        self.fields[entry.name] = Field("", Kind.ABSENT, absent="计算字段", calculation=made)

    def visible_if(self, row: FormRow, *, asks: bool = True) -> str | None:
        """Return the condition of a row, "" for always, None for never.

        A condition without a counterpart is an error where the row asks something; a note with one is left out.
        """
        text, kept = row.code("relevant"), kept_of(row)
        if kept and kept.same(row, "relevant"):
            return str(kept.properties(row).get("visibleIf", ""))
        said = yes(text)
        if not text or said:
            return ""
        if said is not None:
            self._findings.note(row, "relevant", "条件永远不成立，这部分没有导入", got=text)
            return None
        try:
            return to_visible_if(text, self.fields)
        except QuestionnaireError as error:
            if asks:
                self._findings.caught(row, "relevant", error)
                return ""
            self._findings.note(row, "relevant", f"这段说明没有导入：{error.what}", got=text)
            return None

    def common(self, row: FormRow) -> dict[str, Any]:
        """Return the kept properties, title and note of a row."""
        kept = kept_of(row)
        found = kept.properties(row) if kept else {}
        if row["label"] and not (kept and kept.same(row, "label")):
            found["title"] = wording(row, "label", self._findings)
        if row["hint"] and not (kept and kept.same(row, "hint")):
            found["description"] = wording(row, "hint", self._findings)
        return found

    def simple(self, entry: Entry, shown: str, given: Mapping[str, str]) -> dict[str, Any]:
        """Return the element of a question without choices; `given` are its parameters."""
        row, kept = entry.row, kept_of(entry.row)
        base = dict(QUESTIONS[entry.type])
        found = {**base, **self._question(entry, shown)}
        kind = Kind.NUMBER if base.get("inputType") == "number" else Kind.DATE if "inputType" in base else Kind.TEXT
        self.fields[entry.name] = Field(found["name"], kind)
        if entry.type == "range":
            found |= range_limits(row, given, self._findings)
        if entry.type in AS_TEXT:
            self._findings.note(row, "type", "这种题型按文字题导入", got=entry.type)
        if entry.type in FRACTIONS:
            self._findings.note(row, "type", "数字题只收整数，带小数的答案会被拒收", got=entry.type)
        if not (kept and kept.same(row, "constraint")):
            found |= self._limits(row, kind).properties
        if kind is Kind.NUMBER and "min" not in found:
            found["min"] = 0
            self._findings.note(
                row, "constraint", "没有写最小值，按 0 处理，负数会被拒收", cure="需要别的下限就写 . >= 数"
            )
        return found

    def chosen(self, entry: Entry, shown: str, select: Mapping[str, Any], words: Entry | None) -> dict[str, Any]:
        """Return the element of a question with choices.

        Args:
            entry: the row.
            shown: its condition.
            select: kind, name of the list, parameters, and whether the type ends with or_other.
            words: the row with the text of 其他, if there is one.
        """
        row, kept = entry.row, kept_of(entry.row)
        found = {"type": CHOSEN[select["kind"]], **self._question(entry, shown)}
        other = bool(words or select["other"]) and select["kind"] != RANK
        coded = self._lists.coded(select["list"], other=other)
        found |= choice_order(row, select["parameters"], self._findings)
        self._set_choices(row, found, coded, kept)
        if other:
            self._set_other(found, coded, words, kept)
        elif found.get("showOtherItem"):
            del found["showOtherItem"]
        codes = {**coded.codes, **({OTHER_VALUE: OTHER_VALUE} if other else {})}
        kind = Kind.ONE if select["kind"] == ONE else Kind.SEVERAL
        self.fields[entry.name] = Field(found["name"], kind, codes)
        if not (kept and kept.same(row, "constraint")):
            limits = self._limits(row, kind if select["kind"] == SEVERAL else Kind.ONE)
            found |= limits.properties
            self._set_exclusive(row, found, coded, limits.exclusive)
        return found

    def matrix(self, entry: Entry, shown: str, listed: str) -> dict[str, Any]:
        """Return the matrix of a table-list group whose rows have nothing but a label."""
        found = {"type": "matrix", **self._question(entry, shown)}
        coded = self._lists.coded(listed, other=False)
        rows = []
        naming = Naming()
        for child in entry.children:
            kept = kept_of(child.row)
            own = kept.json if kept and kept.same(child.row, "name") else None
            name = naming.give(child.name.removeprefix(f"{entry.name}_"), "r")
            made = _matrix_row(child, kept, own, name)
            if isinstance(made, dict) and "text" not in made and not (kept and kept.same(child.row, "label")):
                made["text"] = wording(child.row, "label", self._findings) or child.name
            value = made["value"] if isinstance(made, dict) else made
            rows.append(made)
            self.fields[child.name] = Field(f"{found['name']}.{value}", Kind.ONE, coded.codes)
        found["columns"], found["rows"] = coded.choices, rows
        if not (kept_of(entry.row) and all(_unedited(child.row, "required") for child in entry.children)):
            found["isAllRowRequired"] = bool(yes(entry.children[0].row["required"]))
            found.pop("isRequired", None)
        return found

    def _question(self, entry: Entry, shown: str) -> dict[str, Any]:
        """Return name, wording, condition and required of a question."""
        row, kept = entry.row, kept_of(entry.row)
        found = self.common(row)
        if not (kept and kept.same(row, "name") and "name" in found):
            found |= self._named(entry)
        if not row["label"] and not kept:
            found["title"] = entry.name
            self._findings.note(row, "label", "题目没有文字，用了它的 name", got=entry.name)
        if shown:
            found["visibleIf"] = shown
        if not (kept and kept.same(row, "required")):
            self._set_required(row, found)
        self.rows[found["name"]] = row.number
        return found

    def _named(self, entry: Entry) -> dict[str, str]:
        name = self._naming.give(entry.name, f"q{entry.row.number}")
        if name == entry.name:
            return {"name": name}
        self._findings.note(entry.row, "name", f"题号改为 {name}，原名留在 sourceName，导入答卷时认得", got=entry.name)
        return {"name": name, "sourceName": entry.name}

    def _set_required(self, row: FormRow, found: dict[str, Any]) -> None:
        said = yes(row["required"])
        if said:
            found["isRequired"] = True
        elif said is None:
            cure = "改成 yes 或留空"
            self._findings.lost(row, "required", "有条件的必填没有对应", got=row["required"], cure=cure)

    def _limits(self, row: FormRow, kind: Kind) -> Limits:
        text = row.code("constraint")
        if text and yes(text) is None:
            try:
                return to_limits(text, kind)
            except QuestionnaireError as error:
                self._findings.lost(row, "constraint", error.what, got=text, cure=error.cure or error.expected)
        return NO_LIMITS

    def _set_choices(self, row: FormRow, found: dict[str, Any], coded: CodedList, kept: Kept | None) -> None:
        """Set the choices; a scale or a yes-or-no question of our own derives them from other properties."""
        if kept and found["type"] in ("rating", "boolean") and "rateValues" not in found:
            return
        key = next((name for name in LISTED if name in found), "choices")
        found[key] = coded.choices

    def _set_other(self, found: dict[str, Any], coded: CodedList, words: Entry | None, kept: Kept | None) -> None:
        found["showOtherItem"] = True
        if coded.other is not None and localised_text(found.get("otherText"), "其他") != coded.other:
            found["otherText"] = coded.other
        if words is None:
            return
        self.fields[words.name] = Field(found["name"] + COMMENT, Kind.TEXT)
        if not kept and words.row["label"] not in ("", SAID):
            found["otherPlaceholder"] = wording(words.row, "label", self._findings)

    def _set_exclusive(self, row: FormRow, found: dict[str, Any], coded: CodedList, names: tuple[str, ...]) -> None:
        codes = {coded.codes.get(name) for name in names}
        if None in codes or OTHER_VALUE in codes:
            cure = "写 choices 里的 name"
            self._findings.lost(row, "constraint", "互斥的选项不在选项表里", got="、".join(names), cure=cure)
        elif codes:
            found["choices"] = [
                {**choice, "exclusive": True} if choice["value"] in codes else choice for choice in found["choices"]
            ]


def _unedited(row: FormRow, column: str) -> bool:
    kept = kept_of(row)
    return kept is not None and kept.same(row, column)


def _matrix_row(child: Entry, kept: Kept | None, own: Any, name: str) -> Any:
    """Return the JSON of a matrix row, without the text of a new or edited one."""
    if isinstance(own, str):
        return own if kept and kept.same(child.row, "label") else {"value": own}
    if isinstance(own, dict):
        return {"value": name, **(kept.properties(child.row) if kept else {})}
    return {"value": name} | ({"sourceName": child.name} if name != child.name else {})
