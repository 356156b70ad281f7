"""Confirmation: what a person must decide before an import is committed, because the data alone cannot settle it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from survey.errors import ArgumentError


class Doubt(StrEnum):
    """The kind of a confirmation. Values are stable: the option `--confirm` and the history use them."""

    WEIGHTED = "weighted"
    WEIGHT_SCALE = "weight-scale"
    SECONDS = "seconds"
    SAME_ANSWERS = "same-answers"
    OTHER_ANSWERS = "other-answers"
    REVOKED = "revoked"


TITLES: Mapping[Doubt, str] = {
    Doubt.WEIGHTED: "同一期、同一种方式里，有的答卷带权重，有的不带",
    Doubt.WEIGHT_SCALE: "权重的大小与这一期已有的答卷相差悬殊，可能不是同一种权重",
    Doubt.SECONDS: "答题用时与这一期已有的答卷相差悬殊，单位可能不同（秒、分钟、毫秒）",
    Doubt.SAME_ANSWERS: "与已有答卷完全相同，编号却不同",
    Doubt.OTHER_ANSWERS: "编号是已有的，答案却像另一份答卷",
    Doubt.REVOKED: "已有的答卷后来标为不通过、无效或已删除",
}
"""kind -> Chinese title."""


class UnconfirmedError(ArgumentError):
    """A person must confirm something before the import."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One decision.

    Attributes:
        kind: the kind.
        file: name of the answer file.
        count: number of its rows that are concerned.
        found: what was compared, with the figures, in Chinese.
        cure: how to mend the file if the answer is no, in Chinese.
    """

    kind: Doubt
    file: str
    count: int
    found: str
    cure: str

    @property
    def title(self) -> str:
        """The Chinese title of the kind."""
        return TITLES[self.kind]

    def __str__(self) -> str:
        """Return one line for a list."""
        return f"{self.file}：{self.title}（{self.count:,} 行）。{self.found}。{self.cure}"


def open_confirmations(asked: Iterable[Confirmation], given: Collection[str]) -> tuple[Confirmation, ...]:
    """Return the confirmations that nobody has given yet.

    Args:
        asked: those of a preview.
        given: confirmed kinds.
    """
    return tuple(one for one in asked if one.kind not in given)


def require_confirmed(asked: Sequence[Confirmation], given: Collection[str]) -> None:
    """Check that all decisions were made.

    Raises:
        UnconfirmedError: a kind is not confirmed; the message lists what was found.
    """
    if left := open_confirmations(asked, given):
        kinds = "、".join(dict.fromkeys(one.kind for one in left))
        raise UnconfirmedError(
            "有的地方需要先确认，没有写入任何数据",
            got="；".join(f"{one.file}：{one.title}，{one.found}" for one in left),
            cure=f"{left[0].cure}；核对后确实没错，就确认（命令里加 --confirm {kinds}）",
        )
