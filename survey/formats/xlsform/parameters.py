"""The column `parameters`: `start=0 end=10`."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from survey.formats.xlsform.findings import Findings
from survey.formats.xlsform.sheets import FormRow
from survey.formats.xlsform.standard import PARAMETERS, VALUES

PAIR = re.compile(r"[\s,;]*([^\s=,;]+)[\s,;]*=[\s,;]*([^\s=,;]+)")
RANGE = {"start": "1", "end": "10", "step": "1"}
"""Defaults of the standard."""
LOCATION = frozenset({"location-priority", "location-min-interval", "location-max-age"})
UNKNOWN = frozenset({"reference-geometry"})
"""Keys whose values depend on other sheets, which are not read."""


def parameters_of(row: FormRow, kind: str, findings: Findings) -> Mapping[str, str]:
    """Return the parameters of a row; errors of syntax, unknown keys and invalid values are findings.

    Args:
        row: the row.
        kind: its type, without a list.
        findings: of the import.
    """
    text = row.code("parameters")
    if PAIR.sub("", text).strip(" ,;\t\n"):
        findings.error(row, "parameters", "参数写法不对", got=text, expected="start=0 end=10", cure="改成这种写法")
        return {}
    found = {key.lower(): value.lower() for key, value in PAIR.findall(text)}
    known = PARAMETERS.get(kind)
    if known is None:
        return {}
    _check_pairs(row, found, known, findings)
    if "seed" in found and "randomize" not in found:
        findings.error(row, "parameters", "写了 seed 却没有 randomize=true", cure="补上或删去 seed")
    if kind == "range":
        _check_step(row, found, findings)
    if not found.keys().isdisjoint(LOCATION) and not _locates(found):
        findings.error(row, "parameters", "定位的三个参数要写全，且 location-max-age 不小于 location-min-interval")
    return found


def _check_pairs(row: FormRow, found: Mapping[str, str], known: Collection[str], findings: Findings) -> None:
    for key, value in found.items():
        if key not in known:
            expected = "、".join(sorted(known))
            findings.error(row, "parameters", "这种题型没有这个参数", got=key, expected=expected, cure="删去或改正")
        elif not re.fullmatch(VALUES.get(key, ".*"), value) or key in UNKNOWN:
            findings.error(row, "parameters", "参数的值不对", got=f"{key}={value}", cure="改正，或删去这个参数")


def _locates(found: Mapping[str, str]) -> bool:
    least, most = (found.get(key, "") for key in ("location-min-interval", "location-max-age"))
    return found.keys() >= LOCATION and least.isdecimal() and most.isdecimal() and int(least) <= int(most)


def _range_of(found: Mapping[str, str]) -> dict[str, float]:
    """Return start, end and step; {} if one of them is no number."""
    values = {key: found.get(key, default) for key, default in RANGE.items()}
    valid = all(re.fullmatch(VALUES[key], value) for key, value in values.items())
    return {key: float(value) for key, value in values.items()} if valid else {}


def _check_step(row: FormRow, found: Mapping[str, str], findings: Findings) -> None:
    numbers = _range_of(found)
    if numbers and not 0 < abs(numbers["step"]) <= abs(numbers["end"] - numbers["start"]):
        findings.error(row, "parameters", "step 是 0 或比范围还大", got=f"{numbers['step']:g}", cure="改小 step")


def range_limits(row: FormRow, found: Mapping[str, str], findings: Findings) -> dict[str, Any]:
    """Return the limits of a range."""
    numbers = _range_of(found)
    if not numbers:
        return {}
    low, high = sorted((numbers["start"], numbers["end"]))
    if numbers["step"] != 1 or any(not number.is_integer() for number in numbers.values()):
        findings.note(row, "parameters", "步长没有导入：范围内的整数都能填", got=f"step={numbers['step']:g}")
    if more := sorted(found.keys() - RANGE.keys()):
        findings.lost(row, "parameters", "刻度参数没有对应", got="、".join(more), cure="删去这些参数")
    return {"min": math.ceil(low), "max": math.floor(high)}


def choice_order(row: FormRow, found: Mapping[str, str], findings: Findings) -> dict[str, Any]:
    """Return the order of choices."""
    if "seed" in found:
        findings.note(row, "parameters", "seed 没有导入", got=found["seed"])
    return {"choicesOrder": "random"} if found.get("randomize") == "true" else {}
