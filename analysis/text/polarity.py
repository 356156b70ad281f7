"""Polarity of an answer by words, negation, degree and change; every verdict keeps the words that made it.

The rules are our own; text.md 3 has the cases on which five libraries fail (不会乱停车了, 没有以前堵了, 好什么好).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from analysis.text.phrases import Found, PhraseFinder
from survey.lexicon import Lexicon

LABELS = {-1: "负面", 0: "中性", 1: "正面"}
_THRESHOLD = 0.2
_REACH = 10  # characters over which a negation still acts
_LAST = 1.25  # the last word on the matter counts a little more: 修好又坏了
_AFTER_BUT, _BEFORE_BUT = 1.5, 0.5
_ABSENT = -0.5  # nothing said but that something is missing: 没有路灯
_BETTER = 1.0
_WISH_HOLDS = 40  # characters
_MERE = 0.5
_ALSO_DEGREE = frozenset("好真爽")  # 好脏 is dirty, not good
_DONE = re.compile(r"了|天天|每天|经常|有人|及时|有纸|有水|效果|素质|新|变化|人性")
_CLAUSES = re.compile(r"[，,。！!？?；;：:、\s…~～]+")
_BUT = re.compile(r"但是|但|可是|不过|然而|却|就是(?!好|棒)|反而")
_IRONY = re.compile(
    r"难道|也(?:能|好意思)?叫(?!人)|也算|还叫|还好意思|也配|(?P<same>[\u4e00-\u9fff])什么(?P=same)|"
    r"哪里(?=好|干净|方便|文明)|哪有(?=那么|什么)"
)
# First letters of the above: most clauses have none of them.
_TURNS, _IRONIC = frozenset("但可不然却就反"), frozenset("难也还什哪")
_REQUEST = re.compile(
    r"希望|建议|建意|盼着|要是能|麻烦|想请|请(?!问)|应该|应当|应(?=多|加|该|有)|需要|盼|期待|能不能|能否|可否|可不可以|最好|望(?=能|尽)|呼吁|"
    r"(?<![只需主重])要(?=多|加|有|把|更|再|及|常|长|严|尽|增)|尽快|加强|加大|不要|别再|禁止|严禁|请勿"
)
_ABSENCE = frozenset(
    re.split(
        " ",
        "没有 没 无 缺 缺少 缺乏 看不到 看不见 见不到 找不到 几乎看不到 几乎没有 毫无 没人 没有人 很少 还没有 还没 "
        "根本没有 至今没有 一直没有 从来没有 没了",
    )
)


class Evidence(NamedTuple):
    """A phrase of the text (with its negation) and its value: below 0 against, above 0 in favour."""

    phrase: str
    value: float


class Polarity(NamedTuple):
    """`label` -1, 0 or 1; `score` the sum behind it; `evidence` in the order of the text."""

    label: int
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(slots=True)
class _Clause:
    """What has been read of a clause so far."""

    text: str
    request: bool
    hits: list[Evidence]
    negation: Found | None = None
    used: bool = False
    degree: float = 1.0
    falls: bool = False
    told: bool | None = None

    def done(self) -> bool:
        """Whether the clause says that something was or is done; looked up once."""
        if self.told is None:
            self.told = _DONE.search(self.text) is not None
        return self.told

    def take_negation(self, found: Found) -> bool:
        """Whether a negation acts on the word found; it is then spent."""
        if self.negation is None or found.start - self.negation.end > _REACH:
            return False
        self.used = True
        return True


class PolarityRules:
    """The rules with the word lists of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the lists; where a word stands in two, change beats opinion beats negation beats degree."""
        self._values = {word: -value for word, value in lexicon.negative.items()} | dict(lexicon.positive)
        self._lexicon = lexicon
        self._finder = PhraseFinder(
            [*self._values, *lexicon.negations, *lexicon.degrees, *lexicon.changes, *lexicon.shields]
        )

    def __call__(self, text: str) -> Polarity:
        """Judge one normalised text; an empty one is neutral."""
        pieces = [piece for piece in _CLAUSES.split(text.lower()) if piece]
        # A wish stays a wish to the end of a short answer: 希望修好路灯，越快越好，谢谢.
        wish = _REQUEST.search(text) is not None if len(text) <= _WISH_HOLDS else None
        evidence: list[Evidence] = []
        for piece in pieces:
            parts = [piece] if _TURNS.isdisjoint(piece) else _BUT.split(piece)
            if len(parts) > 1:
                evidence = [Evidence(each.phrase, each.value * _BEFORE_BUT) for each in evidence]
            for place, part in enumerate(parts):
                weight = _AFTER_BUT if place else (_BEFORE_BUT if len(parts) > 1 else 1.0)
                found = self._clause(part, wish)
                evidence += found if weight == 1 else [Evidence(word, value * weight) for word, value in found]
        if evidence:
            evidence[-1] = Evidence(evidence[-1].phrase, evidence[-1].value * _LAST)
        score = sum(each.value for each in evidence)
        return Polarity(_sign(score), round(score, 4), tuple(evidence))

    def _clause(self, text: str, wish: bool | None) -> list[Evidence]:
        if not _IRONIC.isdisjoint(text) and (irony := _IRONY.search(text)):
            return [Evidence(irony.group(), -1.0)]
        request = _REQUEST.search(text) is not None if wish is None else wish
        clause = _Clause(text, request, [])
        found = self._finder.longest(text)
        for place, each in enumerate(found):
            follower = found[place + 1] if place + 1 < len(found) else None
            self._read(clause, each, follower)
        if clause.negation and not clause.used and not clause.request and clause.negation.phrase in _ABSENCE:
            missing = text[clause.negation.end :][:4]
            clause.hits += [Evidence(clause.negation.phrase + missing, _ABSENT * 2)] if missing else []
        return clause.hits

    def _read(self, clause: _Clause, found: Found, follower: Found | None) -> None:
        word = found.phrase
        if word in self._lexicon.shields:
            return
        if word in self._lexicon.changes:
            self._change(clause, found)
        elif word in self._lexicon.negations and self._negates(word, follower):
            self._negate(clause, found)
        elif word in self._values:
            if word in _ALSO_DEGREE and follower and follower.start == found.end and follower.phrase in self._values:
                clause.degree *= 1.3
            else:
                self._opinion(clause, found)
        else:
            clause.degree *= self._lexicon.degrees[word]

    def _negates(self, word: str, follower: Found | None) -> bool:
        """Whether a word that can be opinion or negation is a negation: 不够 before 宽敞, but 不配 never."""
        return word not in self._values or (follower is not None and abs(self._values[word]) < 2)

    @staticmethod
    def _negate(clause: _Clause, found: Found) -> None:
        near = clause.negation and not clause.used and found.start - clause.negation.end <= 1
        # Two negations side by side cancel: 不是没有.
        clause.negation = None if near else found
        clause.used = False

    def _opinion(self, clause: _Clause, found: Found) -> None:
        value = self._values[found.phrase]
        negated = clause.take_negation(found) != clause.falls
        if clause.request and (value > 0) != negated:
            value = 0.0  # a wish is no praise: 希望干净一些
        elif clause.request and negated:
            pass  # 不要半夜施工 still complains
        elif negated:
            value = -(1.0 if value > 0 else -1.0) * max(abs(value), 1.0)
        elif value == _MERE and not clause.done():
            value = 0.0  # 路灯 or 打扫 alone is no praise; 天天打扫 and 装了路灯 are
        lead = clause.text[clause.negation.start : found.start] if clause.negation and negated else ""
        if value:
            clause.hits.append(Evidence(lead + found.phrase, value * clause.degree))
        clause.degree = 1.0
        if not clause.falls and found.phrase[-1:] != "不":
            clause.negation = None if clause.used else clause.negation

    def _change(self, clause: _Clause, found: Found) -> None:
        direction = self._lexicon.changes[found.phrase]
        negated = clause.take_negation(found)
        against = [each for each in clause.hits if each.value < 0]
        if direction in {"better", "worse"}:
            sign = 1.0 if (direction == "better") != negated else -1.0
            if not (clause.request and sign > 0):
                clause.hits.append(Evidence(("没" if negated else "") + found.phrase, sign * _BETTER * clause.degree))
        elif direction == "down":
            self._fall(clause, found, negated, against)
        elif not clause.hits:
            return
        else:
            last = clause.hits[-1]
            clause.hits[-1] = Evidence(last.phrase + found.phrase, last.value * (0.5 if negated else 1.3))
        clause.degree = 1.0

    def _fall(self, clause: _Clause, found: Found, negated: bool, against: list[Evidence]) -> None:
        """Something becomes less: a fault that does is a gain, an advantage that does is a loss."""
        if negated:
            clause.hits.append(Evidence("没" + found.phrase, -1.0))
        elif against and not clause.request:
            clause.hits[:] = [Evidence(each.phrase + found.phrase, abs(each.value)) for each in clause.hits]
        elif found.phrase in self._values and not clause.request:
            clause.hits.append(Evidence(found.phrase, self._values[found.phrase]))
        elif clause.hits and not clause.request:
            clause.hits[:] = [Evidence(each.phrase + found.phrase, -abs(each.value)) for each in clause.hits]
        else:
            clause.falls = True


def _sign(score: float) -> int:
    return (score > _THRESHOLD) - (score < -_THRESHOLD)
