"""Small SurveyJS files as people write them, one for each kind of incompleteness, notation and unsupported part."""

from __future__ import annotations

from typing import Any

Survey = dict[str, Any]

HEAD: Survey = {"title": "试点问卷", "instrumentId": "pilot", "instrumentVersion": "1"}
YES_NO = ["是", "否"]
WORDS = [{"value": "tv", "text": "电视"}, "报纸", {"value": "net", "text": {"default": "Web", "zh-cn": "网络"}}]
BARE = {"type": "comment", "name": "last", "title": "还有什么意见"}


def single(name: str = "q1", choices: Any = YES_NO, **more: Any) -> Survey:
    return {"type": "radiogroup", "name": name, "title": f"单选 {name}", "choices": choices, **more}


def multiple(name: str = "q2", choices: Any = WORDS, **more: Any) -> Survey:
    return {"type": "checkbox", "name": name, "title": f"多选 {name}", "choices": choices, **more}


def number(name: str = "n1", **more: Any) -> Survey:
    return {"type": "text", "inputType": "number", "name": name, "title": f"数字 {name}", "min": 0, "max": 9, **more}


def matrix(**more: Any) -> Survey:
    return {
        "type": "matrix",
        "name": "m",
        "title": "评价",
        "columns": ["好", "不好"],
        "rows": ["环境 卫生", "治安"],
        **more,
    }


def last(condition: str) -> Survey:
    return {**BARE, "visibleIf": condition}


def paged(*elements: Survey, **more: Any) -> Survey:
    return {**HEAD, "pages": [{"name": "p1", "elements": list(elements)}], **more}


def without(*keys: str) -> Survey:
    return {key: value for key, value in paged(single("q1", [1, 2])).items() if key not in keys}


# name -> (file, part of a note)
COMPLETED: dict[str, tuple[Survey, str]] = {
    "no title": (without("title"), "标题用“未命名问卷”"),
    "no identity": (without("instrumentId"), "表号用 form-"),
    "no version": (without("instrumentVersion"), "版本用 1"),
    "nothing at the top": (without("title", "instrumentId", "instrumentVersion"), "没有 instrumentId"),
    "title of the first page": (
        {"pages": [{"title": "居民问卷", "elements": [single()]}]},
        "标题用“居民问卷”",
    ),
    "elements at the root": ({**HEAD, "elements": [single(), last("{q1} = '是'")]}, "放进一页"),
    "questions at the root": ({**HEAD, "questions": [single()]}, "没有 pages"),
    "questions of a page": ({**HEAD, "pages": [{"questions": [single()]}]}, "旧的属性名 questions"),
    "panel": (paged({"type": "panel", "elements": [single(), last("{q1} = '否'")]}), "1=是、2=否"),
    "panel in a panel": (
        {"elements": [single(), {"type": "panel", "visibleIf": "{q1} = '是'", "elements": [
            {"type": "panel", "elements": [multiple(), last("{q2} contains 'tv'")]}]}]},
        "1=tv、2=报纸、3=net",
    ),
    "no title of a question": (paged({"type": "comment", "name": "idea"}), "题目用题号：idea"),
    "title in another language": (paged(single(choices=["a"], title={"en": "Yes?", "de": "Ja?"})), "1=a"),
    "texts": (paged(single()), "选项没有编码（已补：1=是、2=否）"),
    "texts of a dropdown": (paged({**single(), "type": "dropdown"}), "1=是、2=否"),
    "texts of a ranking": (paged({**multiple(), "type": "ranking"}), "1=tv"),
    "texts beside codes": (paged(single(choices=[2, "一", {"value": 5, "text": "五"}])), "2=2、1=一、5=5"),
    "values that are words": (paged(multiple()), "1=tv、2=报纸、3=net"),
    "options without values": (paged(single(choices=[{"text": "甲"}, {"text": {"zh-cn": "乙"}}])), "1=甲、2=乙"),
    "codes written as texts": (paged(single(choices=[{"value": "1", "text": "甲"}, "2"])), "1=1、2=2"),
    "true and false": (
        paged(single(choices=[{"value": True, "text": "对"}, {"value": False, "text": "错"}]), last("{q1} = true")),
        "1=True、2=False",
    ),
    "zeros in front": (paged(single(choices=["01", "02"]), last("{q1} = '01'")), "1=01、2=02"),
    "texts with other": (paged(single(showOtherItem=True), last("{q1} = 'other' or {q1} = '是'")), "1=是"),
    "old name of other": (paged(single(hasOther=True, choices=[1, 2]), last("{q1} = 'other'")), "hasOther"),
    "columns and rows": (paged(matrix(), last("{m.治安} = '好'")), "r1=环境 卫生、r2=治安"),
    "rows with names": (paged(matrix(rows=["a", "b"]), last("{m.a} = '好'")), "1=好、2=不好"),
    "steps of a rating": (
        paged({"type": "rating", "name": "q1", "title": "评分", "rateValues": ["低", "高"]}, last("{q1} = '高'")),
        "1=低、2=高",
    ),
    "names that are no columns": (
        paged(single("满意 度"), number("a-b.c"), number("a_b_c"), last("{满意 度} = '是' and {a-b.c} > {a_b_c}")),
        "题号 满意 度 不能作列名（已补：改成 Q1）",
    ),
    "name of a matrix and a comment": (
        paged(
            {**matrix(), "name": "我们.的"},
            single("1st", showOtherItem=True),
            last("{我们.的.治安} = '好' or {1st-Comment} notempty"),
        ),
        "改成 Q1st",
    ),
    "value and text in one": (paged(single(choices=["m|男", "f|女"]), last("{q1} = 'f'")), "1=m、2=f"),
    "invisible until the condition": (
        paged(single(), {**last("{q1} = '是'"), "visible": False}),
        "visible 由 visibleIf 决定",
    ),
    "required if shown": (
        paged(single(), {**last("{q1} = '是'"), "requiredIf": "{q1} = '是'"}),
        "isRequired: true",
    ),
    "count of steps": (paged({"type": "rating", "name": "q1", "rateCount": 7}, last("{q1} > 6")), "rateMax: 7"),
    "count beside steps": (
        paged({"type": "rating", "name": "q1", "rateCount": 2, "rateValues": ["低", "高"]}, last("{q1} = '高'")),
        "以 rateValues 为准",
    ),
    "old placeholder": (paged(single(), {**BARE, "placeHolder": "请写"}), "旧的属性名 placeHolder"),
    "ending on a text": (
        paged(single(), triggers=[{"type": "complete", "expression": "{q1} = '否'"}]),
        "{q1} = 2",
    ),
    "thanks on a text": (
        paged(single(), completedHtmlOnCondition=[{"expression": "{q1} = '是'", "html": "谢谢"}]),
        "{q1} = 1",
    ),
}  # fmt: skip

# condition on q1 (是, 否, 1 and 2 from now on), q2 (tv, 报纸, net) or m -> the condition on codes
CONDITIONS: dict[str, str] = {
    "{q1} = '是'": "{q1} = 1",
    "'是' == {q1}": "{q1} = 1",
    "{q1} <> '是'": "{q1} <> 1",
    "{q1} anyof ['是', '否']": "{q1} anyof [1, 2]",
    "{q1} noneof ['是']": "{q1} <> 1",
    "{q1} contains '是'": "{q1} = 1",
    "{q1} notcontains '是'": "{q1} <> 1",
    "{q1} > '否'": "{q1} = 1",
    "!({q1} = '是') and {q1} notempty": "(!({q1} = 1)) and ({q1} notempty)",
    "{q2} contains 'tv'": "{q2} contains 1",
    "{q2} contains 'TV'": "{q2} contains 1",
    "{q2} anyof ['net', '报纸']": "{q2} anyof [3, 2]",
    "{q2} allof ['tv', 'net']": "{q2} allof [1, 3]",
    "{q2} notcontains 'net'": "{q2} notcontains 3",
    "{q2} = ['tv']": "{q2} = [1]",
    "{q2} empty or count({q2}) >= 2": "",
    "iif({q1} = '是', 1, 0) + count({q2}) = 2": "(iif({q1} = 1, 1, 0) + count({q2})) = 2",
    "{m.环境 卫生} = '好'": "{m.r1} = 1",
    "{m.环境 卫生} = {m.治安} and {m.治安} notempty": "({m.r1} = {m.r2}) and ({m.r2} notempty)",
    "{n1} * 2 + 1 > 7 and {q1} = '是'": "((({n1} * 2) + 1) > 7) and ({q1} = 1)",
    "{n1} % 2 = 0 or {n1} ^ 2 = 9": "",
    "round({n1} / 2) = 2 or min({n1}, 3) = 1 or max({n1}, 3) = 8": "",
    "!({n1} - 1)": "",
    "{n1} and {n1} < 8": "",
    "iif({n1} > 4, true, false)": "",
}

# file -> (end of the path, part of the finding)
REFUSED: dict[str, tuple[Survey, str, str]] = {
    "value that is no option": (paged(single(), last("{q1} = '也许'")), "elements[1].visibleIf", "'也许'"),
    "two codings compared": (
        paged(single(), single("q3", ["否", "是"]), last("{q1} = {q3}")),
        "elements[2].visibleIf",
        "编码不同",
    ),
    "texts in a sum": (paged(single(), last("{q1} + 1 = 2")), "elements[1].visibleIf", "只能与选项比较"),
    "text as a condition": (paged(single(), last("{q1}")), "elements[1].visibleIf", "只能与选项比较"),
    "number as a condition": (paged(number(), last("{n1} - 1")), "elements[1].visibleIf", "没有比较"),
    "answer as a condition": (paged(number(), last("{n1}")), "elements[1].visibleIf", "永远问不到"),
    "order of a checkbox": (paged(multiple(), last("{q2} > 'a'")), "elements[1].visibleIf", "比大小"),
    "today": (paged(number(), last("{n1} > year(today())")), "elements[1].visibleIf", "year"),
    "age": (paged(number(), last("age({n1}) > 18")), "elements[1].visibleIf", "age"),
    "isContainerReady": (paged(number(), last("isContainerReady('p1')")), "elements[1].visibleIf", "isContainerReady"),
    "sumInArray": (paged(number(), last("sumInArray({n1}, 'x') > 1")), "elements[1].visibleIf", "动态"),
    "own function": (paged(number(), last("checkId({n1}) = 1")), "elements[1].visibleIf", "自己编写"),
    "condition of a choice": (
        paged(single(), single("q3", [{"value": "a", "visibleIf": "{q1} = '是'"}, "b"])),
        "pages[0].elements[1].choices[0].visibleIf",
        "拆成几道题",
    ),
    "condition of a choice at the root": (
        {"elements": [single("q3", [{"value": 1, "enableIf": "{q1} = 1"}, 2])]},
        "elements[0].choices[0].enableIf",
        "visibleIf",
    ),
    "condition of a row": (
        paged(single(), matrix(rows=[{"value": "a", "visibleIf": "{q1} = '是'"}, "b"])),
        "elements[1].rows[0].visibleIf",
        "拆成几道题",
    ),
    "condition of a column": (
        paged(single(), matrix(columns=[{"value": 1, "visibleIf": "{q1} = '是'"}, 2])),
        "elements[1].columns[0].visibleIf",
        "拆成几道题",
    ),
    "questions in a choice": (
        paged(single(choices=[{"value": 1, "elements": [BARE]}, 2])),
        "elements[0].choices[0].elements",
        "另设一道题",
    ),
    "dynamic panel": (paged({"type": "paneldynamic", "name": "d"}), "elements[0].type", "paneldynamic"),
    "dynamic matrix": (paged({"type": "matrixdynamic", "name": "d"}), "elements[0].type", "matrixdynamic"),
    "file": (paged({"type": "file", "name": "d"}), "elements[0].type", '"file"'),
    "another requirement": (
        paged(single(), number(), {**last("{q1} = '是'"), "requiredIf": "{n1} > 3"}),
        "elements[2].requiredIf",
        "isRequired",
    ),
    "choices by numbers": (
        paged({"type": "dropdown", "name": "d", "choices": [1], "choicesMax": 9}),
        "elements[0].choicesMax",
        "choices 里",
    ),
    "choices from elsewhere": (
        paged({"type": "dropdown", "name": "d", "choicesByUrl": {"url": "x"}, "choices": [1]}),
        "elements[0].choicesByUrl",
        "choices",
    ),
    "no options": (paged(single(choices=[])), "elements[0].choices", "至少 1 项"),
    "too many texts": (paged(single(choices=[f"社区{n}" for n in range(200)])), "elements[0].choices[0]", "编码"),
}  # fmt: skip
