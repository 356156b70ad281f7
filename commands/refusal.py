"""The refusal of what tells small groups apart to a role without raw data (rule R-06)."""

from __future__ import annotations

from survey.errors import ArgumentError


def refusal(what: str, got: str, cure: str) -> ArgumentError:
    """The error for what was asked, with the words that asked for it and what to do instead."""
    return ArgumentError(f"{what}只对分析员开放：与别的表相减会推算出少数人的情况（规则 R-06）", got=got, cure=cure)


def another_batch(options: str) -> ArgumentError:
    """The refusal of other responses than the newest data with everybody: the two tell the rest apart."""
    return refusal("换一批答卷来算", options, "不写这些选项")
