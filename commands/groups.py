"""Groups one may ask rates for: which there are, and why nobody stands in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.estimation.differencing import AREAS
from analysis.estimation.estimates import Estimates
from analysis.estimation.sample import Sample
from commands.choices import AREA_COLUMNS, BY, PEOPLE
from commands.refusal import another_batch, refusal
from commands.tables import HEADINGS
from survey.errors import ArgumentError
from survey.instrument.questionnaire import ROLES, Questionnaire
from survey.study.study import MODES


def check(asked: Questionnaire, sample: Sample, by: Sequence[str], where: Mapping[str, Sequence[str]]) -> None:
    """Refuse groups that the questionnaire does not ask, and values that no answer bears.

    Raises:
        ArgumentError: with what there is, and the cure.
    """
    for name in (*by, *where):
        if name in ROLES and name not in asked.roles:
            there = "、".join(ROLES[role] for role in asked.roles if role in ROLES) or "没有一道题标明了人群"
            cure = f'在问卷的那道题上写明 "role": "{name}"，然后重新导入（见 docs/questionnaire.md）'
            raise ArgumentError(f"问卷里没有问{ROLES[name]}，不能按它分组", got=name, expected=there, cure=cure)
        if name not in sample.cells.keys.columns:
            there = "、".join(HEADINGS[one] for one in BY if one in sample.cells.keys.columns)
            cure = f"用现在的问卷重新导入带有{HEADINGS[name]}的文件"
            raise ArgumentError(f"已导入的答卷没有{HEADINGS[name]}", got=name, expected=there, cure=cure)
    for name, values in where.items():
        known = [str(value) for value in sample.cells.codes(name)[1]]
        if wrong := [value for value in values if value not in known]:
            got, expected = "、".join(wrong), "、".join(known)
            raise ArgumentError("数据中没有这个取值", where=HEADINGS.get(name, name), got=got, expected=expected)


def reserved(
    by: Sequence[str], where: Mapping[str, Sequence[str]], modes: Sequence[str], options: Sequence[str]
) -> str:
    """The people column of a table that may be shown to a role without raw data, "" for everybody.

    Such a role gets the tables of the pages and no others: one wave and mode, one column of people, the city, its
    districts or streets, the newest data; `analysis.estimation.differencing` guards these taken together.

    Raises:
        ArgumentError: another table is asked for.
    """
    if options:
        raise another_batch("、".join(options))
    if len(modes) > 1:
        raise refusal("合并几种调查方式", "、".join(MODES[mode] for mode in modes), "用 --mode 指定一种")
    columns = list(dict.fromkeys((*by, *where)))
    people = [name for name in columns if name not in ("wave", "mode", *AREAS)]
    if wrong := [name for name in people if name not in PEOPLE]:
        raise refusal("这样分组", "、".join(HEADINGS[name] for name in wrong), "用区县、街道、年龄、性别或场所类型")
    if len(people) > 1:
        raise refusal("同时按几种人群分组或筛选", "、".join(HEADINGS[name] for name in people), "一次只用一种")
    if several := [name for name, values in where.items() if len(values) > 1]:
        raise refusal("把几个取值合在一起", "、".join(HEADINGS[name] for name in several), "一次只写一个取值")
    return people[0] if people else ""


def somebody(sample: Sample, found: Estimates) -> None:
    """Refuse an empty table.

    Raises:
        ArgumentError: with the columns that no answer bears.
    """
    if len(found):
        return
    areas = any(name in AREA_COLUMNS for name in found.by)
    cure = "导入时给出社区编码（psu 列），区县和街道由它得出；或去掉 --by" if areas else "去掉 --by，或放宽 --where"
    raise ArgumentError("没有一份答卷能这样分组", got=lost_note(sample, found), cure=cure)


def lost_note(sample: Sample, found: Estimates) -> str:
    """How many answers of the domain stand in no row of a table, in Chinese; "" when all do."""
    cells, inside = sample.cells, np.ones(len(sample.cells), dtype=bool)
    for name, values in found.meta["where"].items():
        codes, labels = cells.codes(name)
        inside &= np.append(labels.astype(str).isin(values), False)[codes]
    lost = {HEADINGS[name]: int(cells.n[inside & (cells.codes(name)[0] < 0)].sum()) for name in found.by}
    told = "，".join(f"{number} 份没有{name}" for name, number in lost.items() if number)
    return f"不在表中的答卷：{told}" if told else ""
