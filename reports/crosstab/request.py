"""What a crosstab is asked for: rows, groups, a domain, nets, marks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from survey.errors import ArgumentError

DEEPEST = 2
"""Groups that may be nested."""


class Marks(StrEnum):
    """Which differences are marked."""

    REST = "rest"
    LETTERS = "letters"
    NONE = "none"


class Adjustment(StrEnum):
    """How p-values are adjusted over the comparisons of one row."""

    HOLM = "holm"
    BH = "bh"


@dataclass(frozen=True, slots=True)
class Net:
    """Several answers of one question counted as one, such as 很满意 or 比较满意.

    Attributes:
        question: name of the question; that of a matrix for each of its rows.
        label: its label in the table.
        answers: labels of the answers.
    """

    question: str
    label: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A crosstab.

    Attributes:
        rows: names of questions; that of a matrix stands for all its rows.
        heads: groups side by side, each of one name or two nested ones; the whole sample always comes first.
        where: a SurveyJS condition on stored codes and places, `{A1} = 1 and {district} = '东湖区'`; "" for all.
        nets: answers counted together.
        means: whether the mean code of single choices is shown; that of numbers always is.
        everyone: whether don't-know, refused and blank answers count in the base.
        marks: differences that are marked.
        adjustment: of the p-values over the comparisons of a row.
        alpha: level at which a difference is marked.
        spoken: the condition in words; "" where it has none but itself.
    """

    rows: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...] = ()
    where: str = ""
    nets: tuple[Net, ...] = ()
    means: bool = False
    everyone: bool = False
    marks: Marks = Marks.REST
    adjustment: Adjustment = Adjustment.BH
    alpha: float = 0.05
    spoken: str = ""

    @property
    def described(self) -> str:
        """The condition in words."""
        return self.spoken or self.where

    def __post_init__(self) -> None:
        """Refuse what no table can be made of.

        Raises:
            ArgumentError: more than two nested groups, one group nested in itself, a net of no answers.
        """
        for head in self.heads:
            if len(head) > DEEPEST:
                raise ArgumentError("分组最多嵌套两层", got=" × ".join(head), cure="并排放用逗号，嵌套用 ×")
            if len(set(head)) < len(head):
                raise ArgumentError("同一个分组不能嵌套两次", got=" × ".join(head))
        for net in self.nets:
            if not net.answers:
                raise ArgumentError("合并项里没有答案", where=net.question, got=net.label)
        known = [(net.question, net.label) for net in self.nets]
        if twice := [f"{question}：{label}" for question, label in known if known.count((question, label)) > 1]:
            raise ArgumentError("两个合并项同名", got=twice[0], cure="给其中一个换个名字")
