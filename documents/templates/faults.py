"""Faults of a template, each with its place and its remedy."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from documents.placeholders import DECLARED, MARKER, Placeholder, undeclared
from documents.places import place
from reports.sentences.sentence import Declared, Name, say

NUMBER = re.compile(r"[0-9０-９]+(?:[.,．，][0-9０-９]+)*[%％]?")  # noqa: RUF001 - people type full-width digits
BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault.

    Attributes:
        where: its place, in Chinese; "" for the file as a whole.
        what: what is wrong.
        cure: how to mend it.
    """

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        """Return place, fault and remedy in one line."""
        head = f"{self.where}：" if self.where else ""
        return f"{head}{self.what}。{self.cure}"


def words_at_fault(where: str, words: str, known: Mapping[str, Placeholder]) -> Iterator[Fault]:
    """Yield the faults of the words of one paragraph: unknown placeholders, broken braces, undeclared numbers.

    Args:
        where: its place.
        words: its words, runs joined.
        known: placeholders that this kind of template may have.
    """
    for one in MARKER.finditer(words):
        name = one.group(1).strip()
        if name not in known and not DECLARED.match(name):
            yield Fault(_at(where, one.start()), f"没有“{name}”这个占位符", f"可用的有：{'、'.join(known)}")
    rest = undeclared(words)
    for one in BRACE.finditer(rest):
        cure = "占位符写成一对半角花括号，中间是名称，例如 {标题}"
        yield Fault(_at(where, one.start()), f"花括号“{one.group()}”没有配对", cure)
    for one in NUMBER.finditer(rest):
        words_ = say("数字“{number}”没有声明", number=Declared(one.group(), "wording")).text
        cure = say("模板里的数字会被当成结果；确实要印就写成 {marker}", marker=Name(f"{{声明:{one.group()}}}")).text
        yield Fault(_at(where, one.start()), words_, cure)


def missing(where: str, found: Collection[str], known: Mapping[str, Placeholder]) -> Iterator[Fault]:
    """Yield the placeholders that a template must have and does not."""
    for name, one in known.items():
        if one.required and name not in found:
            yield Fault(where, f"缺少占位符“{name}”（{one.meaning}）", f"加一个，里面写 {{{name}}}")


def _at(where: str, column: int) -> str:
    return where + place("第 {n} 个字", n=column + 1)
