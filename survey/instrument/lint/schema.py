"""Check the shape of a questionnaire file against its JSON Schema, with findings in Chinese."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from survey.instrument.finding import LintFinding, nearest
from survey.instrument.measure import MEASURES

UNSUPPORTED: Mapping[str, str] = {
    **dict.fromkeys(
        ("surveyId", "surveyPostId", "clientId"), "这是 SurveyJS 厂商服务的保留名，会把答卷发到外部；请用 instrumentId"
    ),
    **dict.fromkeys(("showNoneItem", "hasNone"), "请在 choices 里写一个选项，并加 exclusive: true"),
    **dict.fromkeys(("showSelectAllItem", "hasSelectAll"), "请删去；导入时无法区分“全选”"),
    **dict.fromkeys(
        ("showRefuseItem", "showDontKnowItem"), "请在 choices 里写一个选项，并加 missing: refused 或 dontknow"
    ),
    **dict.fromkeys(("hasOther",), "请改写成 showOtherItem"),
    **dict.fromkeys(
        ("choicesByUrl", "choicesFromQuestion", "choicesVisibleIf", "choicesEnableIf"), "选项必须固定写在 choices 里"
    ),
    **dict.fromkeys(("rowsVisibleIf", "columnsVisibleIf"), "矩阵的行和列必须固定"),
    "visibleIf": "选项和矩阵的行、列不能单独显示或隐藏；请拆成几道题，把条件写在题上，各列自己的选项或行",
    "elements": "这里不能嵌套题目；请另设一道题，用 visibleIf 看这个选项",
    **dict.fromkeys(("requiredIf", "enableIf", "resetValueIf", "setValueIf"), "只支持 visibleIf 和 isRequired"),
    **dict.fromkeys(("setValueExpression", "defaultValueExpression", "calculatedValues"), "答案只能由受访者填写"),
    **dict.fromkeys(("defaultValue", "defaultRowValue"), "不得预先填好答案（规则 R-01）"),
    **dict.fromkeys(("correctAnswer",), "会随问卷发到手机上；知识题请用 key（规则 R-01）"),
    **dict.fromkeys(("valueName", "valueTrue", "valueFalse", "cellType", "visible"), "请删去；会改变答案的存法或显示"),
    **dict.fromkeys(("showCommentArea", "hasComment"), "请另设一道 comment 题；附言会在导入时丢失"),
    **dict.fromkeys(("rateCount",), "请写 rateMin 和 rateMax"),
    **dict.fromkeys(("choicesMin", "choicesMax", "choicesStep"), "选项必须固定写在 choices 里"),
    **dict.fromkeys(("validators",), "只检查 isRequired、min、max 和选项"),
}
"""Unsupported SurveyJS properties that change the meaning of an answer -> alternative, in Chinese."""

UNUSED = frozenset(
    {
        "questionTitlePattern",
        "questionErrorLocation",
        "showTimer",
        "showTitle",
        "showCompletedPage",
        "commentPlaceholder",
        "rateDescriptionLocation",
        "selectToRankSwapAreas",
        "focusFirstQuestionAutomatic",
        "goNextPageAutomatic",
    }
)
"""SurveyJS properties that are not used here and resemble some that are."""
TYPES: Mapping[str, str] = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "列表 […]",
    "object": "对象 {…}",
}

PARTS: Mapping[str, str] = {
    "choices": "个选项",
    "columns": "列",
    "rows": "行",
    "bands": "个分段",
    "pages": "页",
    "elements": "道题",
    "triggers": "个触发条件",
    "rates": "个指标",
}
"""Name of a list in the file -> Chinese name of its elements."""


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of the supported SurveyJS subset, with the measures of `MEASURES`."""
    text = (resources.files("survey.instrument.lint") / "questionnaire.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    loaded["$defs"]["rate"]["properties"]["measure"] = {"enum": list(MEASURES)}
    return loaded


def shape_findings(survey: Any) -> Iterator[LintFinding]:
    """Yield all violations of the schema in the order of the file.

    Every command loads a valid questionnaire: jsonschema-rs accepts it in a third of the CPU time that jsonschema,
    which explains violations, needs with its import.
    """
    if _valid(survey):
        return
    from jsonschema import Draft202012Validator

    for error in sorted(Draft202012Validator(schema()).iter_errors(survey), key=lambda error: error.json_path):
        yield from _findings(error, survey)


def _valid(survey: Any) -> bool:
    """Return whether the fast validator accepts a questionnaire; False for what it cannot represent."""
    from jsonschema_rs import Draft202012Validator

    try:
        return Draft202012Validator(dict(schema())).is_valid(survey)
    except ValueError:  # nested too deeply, or half a surrogate pair
        return False


def _findings(error: Any, survey: Any) -> Iterator[LintFinding]:
    path, subject = error.json_path.removeprefix("$").removeprefix("."), _subject(error.absolute_path, survey)
    if error.validator == "unevaluatedProperties":
        yield from _unknown(error, path, subject)
        return
    speak = MESSAGES.get(error.validator, lambda error: ("写法不对", str(error.message)))
    what, expected = speak(error)
    got = "" if error.validator in ("required", "dependentRequired") else _short(error.instance)
    yield LintFinding("error", path or "（文件）", subject, what, got=got, expected=expected)


def _unknown(error: Any, path: str, subject: str) -> Iterator[LintFinding]:
    known = names_in(error.schema)
    for name in error.instance:
        place = f"{path}.{name}" if path else name
        if name in UNSUPPORTED:
            yield LintFinding("error", place, subject, f"不支持的属性 {name}", cure=UNSUPPORTED[name])
        elif name not in known:
            near = "" if name in UNUSED else nearest(name, known)
            cure = f"是否想写 {near}？" if near else "本软件不使用它；不需要就删去"
            yield LintFinding("error" if near else "warning", place, subject, f"不认识的属性 {name}", cure=cure)


def names_in(part: Mapping[str, Any]) -> frozenset[str]:
    """Return all property names of a part of the schema, following references."""
    names = set(part.get("properties", ()))
    for inner in part.get("allOf", ()):
        target = schema()["$defs"][inner["$ref"].rpartition("/")[2]] if "$ref" in inner else inner
        names |= names_in(target)
    return frozenset(names)


def _subject(path: Any, survey: Any) -> str:
    """Return the innermost named element on the path to the error."""
    name, value = "", survey
    for step in path:
        value = value[step]
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            name = value["name"]
    return name


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def _missing(error: Any) -> tuple[str, str]:
    name = re.findall(r"'([^']+)'", error.message)[0]
    part, number = _part(error.absolute_path)
    if not part:
        return f"缺少 {name}", f"{name}: …"
    text = error.instance.get("text") or error.instance.get("title")
    title = f"“{text}”" if isinstance(text, str) else ""
    # Values of rows are names, all others whole numbers; the example completes the line that was found.
    example = {"value": f"r{number}" if part == PARTS["rows"] else number, "type": "radiogroup", "name": f"Q{number}"}
    whole = {name: example.get(name, "…")} | ({"text": text} if "text" in error.instance else {})
    code = "（编码）" if name == "value" else ""
    return f"第 {number} {part}{title}缺少 {name}{code}", f"像这样写：{_short(whole)}"


def _part(path: Sequence[str | int]) -> tuple[str, int]:
    """Return the kind and the number, from 1, of the choice, row, question … that contains an error; "" for none."""
    if len(path) > 1 and path[-2] in PARTS:
        return PARTS[str(path[-2])], int(path[-1]) + 1
    return "", 0


def _dependent(error: Any) -> tuple[str, str]:
    needed, given = re.findall(r"'([^']+)'", error.message)[:2]
    what = "写了指标却没有分子（哪些选项算“是”）" if needed == "measurePositive" else f"写了 {given} 却没有 {needed}"
    return what, f"{needed}: …"


def _type(error: Any) -> tuple[str, str]:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    part, number = _part(error.absolute_path)
    if part in (PARTS["choices"], PARTS["columns"]) and isinstance(error.instance, str):
        whole = _short({"value": number, "text": error.instance})
        return f"第 {number} {part}只有文字，没有编码", f"像这样写：{whole}"
    return "类型不对", "或".join(TYPES[name] for name in wanted)


MESSAGES: Mapping[str, Callable[[Any], tuple[str, str]]] = {
    "required": _missing,
    "dependentRequired": _dependent,
    "type": _type,
    "anyOf": lambda error: ("类型不对", "文字，或按语言写的文字"),
    "enum": lambda error: ("不在允许的取值里", "、".join(str(value) for value in error.validator_value)),
    "const": lambda error: ("取值不对", _short(error.validator_value)),
    "pattern": lambda error: ("名称写法不对", "字母开头，只用字母、数字、下划线，不超过 32 个字符"),
    "minItems": lambda error: ("项目太少", f"至少 {error.validator_value} 项"),
    "uniqueItems": lambda error: ("有重复的项目", "各不相同"),
    "minimum": lambda error: ("数值太小", f"不小于 {error.validator_value}"),
    "maximum": lambda error: ("数值太大", f"不大于 {error.validator_value}"),
    "minLength": lambda error: ("不能为空", "文字"),
    "maxLength": lambda error: ("文字太长", f"不超过 {error.validator_value} 个字"),
}
"""JSON Schema keyword -> function that returns the problem and the expected value, in Chinese."""
