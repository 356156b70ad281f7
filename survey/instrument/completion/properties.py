"""Properties that people write differently: old names, and combinations that mean what a supported property means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LEGACY: Mapping[str, str] = {
    "questions": "elements",
    "hasOther": "showOtherItem",
    "placeHolder": "placeholder",
    "otherPlaceHolder": "otherPlaceholder",
    "optionsCaption": "placeholder",
    "rowsOrder": "rowOrder",
    "mininumRateDescription": "minRateDescription",
    "maximumRateDescription": "maxRateDescription",
}
"""Old SurveyJS name of a property -> its name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a property: its name, what was found, and what it is now."""

    key: str
    what: str
    now: str


def modernised(part: dict[str, Any]) -> Iterator[Change]:
    """Rewrite the properties of a page, panel or question in place, and yield the changes."""
    for old, new in LEGACY.items():
        if old in part and new not in part:
            part[new] = part.pop(old)
            yield Change(new, f"旧的属性名 {old}", new)
    for rewrite in (_visible, _required, _steps):
        yield from rewrite(part)


def _visible(part: dict[str, Any]) -> Iterator[Change]:
    """Drop `visible: false` beside a condition, which decides alone."""
    if part.get("visibleIf") and part.get("visible") is False:
        del part["visible"]
        yield Change("visible", "visible 由 visibleIf 决定", "已去掉")


def _required(part: dict[str, Any]) -> Iterator[Change]:
    """Require an answer whenever the question is shown, if `requiredIf` is the condition under which it is shown."""
    if part.get("requiredIf") and part.get("requiredIf") == part.get("visibleIf"):
        del part["requiredIf"]
        part["isRequired"] = True
        yield Change("requiredIf", "requiredIf 与 visibleIf 相同", "isRequired: true")


def _steps(part: dict[str, Any]) -> Iterator[Change]:
    """Replace the number of steps of a scale by its last step, or drop it beside a list of steps."""
    count, values, first = part.get("rateCount"), part.get("rateValues"), part.get("rateMin", 1)
    if part.get("type") != "rating" or type(count) is not int or type(first) is not int or "rateStep" in part:
        return
    last = first + count - 1
    if isinstance(values, list) and len(values) == count:
        now = "以 rateValues 为准"
    elif not values and part.get("rateMax", last) == last:
        part["rateMax"], now = last, f"rateMax: {last}"
    else:
        return
    del part["rateCount"]
    yield Change("rateCount", f"rateCount: {count}", now)
