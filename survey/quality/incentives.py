"""Incentives: recorded, equal for all respondents, and for participation, never for an answer (rule R-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from survey.errors import StudyError
from survey.study.study import Study

SECTION = "gifts"
KEYS = ("item", "value", "for")
PARTICIPATION = "participation"


@dataclass(frozen=True, slots=True)
class Gift:
    """The gift for every respondent.

    Attributes:
        item: description.
        value: value in yuan.
    """

    item: str
    value: float


def gift_of(study: Study) -> Gift | None:
    """Return the gift recorded in study.toml under [gifts]; None if there is none.

    Raises:
        StudyError: a key is missing or unknown, the value is not a number, or the gift is not for participation.
    """
    raw: Any = study.sections.get(SECTION)
    if raw is None:
        return None
    if not isinstance(raw, dict) or sorted(raw) != sorted(KEYS):
        raise StudyError("礼品记录不完整", where=f"study.toml [{SECTION}]", expected="、".join(KEYS))
    if isinstance(raw["value"], bool) or not isinstance(raw["value"], int | float) or raw["value"] < 0:
        raise StudyError(
            "礼品价值必须人人相同",
            where=f"study.toml [{SECTION}] value",
            got=str(raw["value"]),
            expected="一个数（元）",
        )
    if raw["for"] != PARTICIPATION:
        raise StudyError(
            "礼品只能因参与而给，不得与回答内容挂钩", where=f"study.toml [{SECTION}] for", got=str(raw["for"]),
            expected=f'"{PARTICIPATION}"',
        )  # fmt: skip
    return Gift(str(raw["item"]), float(raw["value"]))
