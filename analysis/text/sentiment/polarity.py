"""Polarity of an answer by words, negation, degree and change; every result keeps the words behind it.

The rules are our own; text.md 3 has the cases on which five libraries fail (不会乱停车了, 没有以前堵了, 好什么好).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise, repeat, zip_longest

import numpy as np

from analysis.text.sentiment.clause import Clause
from analysis.text.sentiment.constructions import neither, plain
from analysis.text.sentiment.implied import KINDS, MILD, MISSING, Negated, PhraseValue, negation_value, without_words
from analysis.text.sentiment.irony import turned
from analysis.text.sentiment.sayings import Sayings, total
from analysis.text.sentiment.tones import Ints, Polarity, Tones
from analysis.text.words.clauses import Clauses
from analysis.text.words.phrases import Found, PhraseFinder
from analysis.text.words.recent import Recent
from analysis.text.words.signs import Signs, lowered, pairs
from survey.study.lexicon import Lexicon

LABELS = {-1: "负面", 0: "中性", 1: "正面"}
_AFTER_BUT, _BEFORE_BUT = 1.5, 0.5
_BETTER = 1.0
_WISH_HOLDS = 40  # characters
_MERE = 0.5
_KEPT = 1 << 18
"""Clauses whose opinions are kept: answers that differ share 麻烦管管, 反映多次了 and what they say of one place. The
400,000 different texts of a mock city have 160,000; with a quarter kept, reading took a fifth longer."""
_ALSO_DEGREE = frozenset("好真爽")  # 好脏 is dirty, not good
_BUT = re.compile(r"但是|但|可是|不过(?!去|来)|然而|却|就是(?!好|棒)|反而|终于")
_IRONY = re.compile(
    r"难道|也(?:能|好意思)?叫(?!人)|也算|还叫|还好意思|也配|(?P<same>[\u4e00-\u9fff])什么(?P=same)|"
    r"哪里?像|哪里?还(?!可以|行|好)|像话吗|哪里(?=好|干净|方便|文明)|哪有(?=那么|什么)"
)
_EVERYWHERE = frozenset(("到处", "随处可见", "反弹", "卷土重来", "死灰复燃", "回潮"))
_ENDS_GOOD = frozenset(("可以", "行"))  # praise only at the end of a clause: 还可以, but not 可以装个路灯
_SPLIT = re.compile(r"([\u4e00-\u9fff])[过着了](?=([\u4e00-\u9fff]{1,3}))")
_NOT_REACHED = ("不到", "不了", "不上", "不着", "不起", "不成")
_BOTH = re.compile("不但|不仅|不光|不只|不单|非但")  # what follows has the same sign: 不光吵，还有味道
_MARKS = Signs(
    [
        ("但", "可是", "不过", "然而", "却", "就是", "反而", "终于"),
        ("难道", *pairs("也", "能好叫算配"), "还叫", "还好", "什么", *pairs("哪", "里像还有"), "像话"),
        ("过", "着", "了"),
    ]
)
"""What every match of `_BUT`, `_IRONY` and `_SPLIT` has one of: most clauses have none."""
_TURNS, _IRONIC, _ASPECT = (1 << bit for bit in range(3))
# Every alternative begins with a character, not with a look behind: the search then skips most of a text.
_REQUEST = re.compile(
    r"希望|建议|建意|盼着|要是能|麻烦(?=[您你请帮把给]|领导|工作|尽|有关|相关)|请(?<![申邀聘]请)(?![问假客])|应该|应当|应(?=多|加|该|有)|"
    r"需要(?<!不需要)(?<!不再需要)|盼|期待|能不能|能否|可否|可不可以|最好|望(?=能|尽)|呼吁|"
    r"要(?<![只需主重]要)(?=多|加|有|把|更|再|及|常|长|严|尽|增)|尽快|加强|加大|不要|别再|禁止|严禁|请勿|不如(?=先|把|多|给|直接)|"
    r"可以(?=在|把|多|给|让|考虑|增|设|搞|装|安|建)"
)


_Judged = tuple[tuple[PhraseValue, ...], bool]
"""The evidence of a clause, and whether it has 但 or the like."""


class PolarityRules:
    """The rules with the word lists of one lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        """Index the lists; a word in two lists is a change before an opinion, a negation and a degree."""
        self._values = {word: -value for word, value in lexicon.negative.items()} | dict(lexicon.positive)
        self._lexicon = lexicon
        lists = (lexicon.degrees, self._values, lexicon.negations, lexicon.changes, lexicon.shields)
        names = ("degree", "opinion", "negation", "change", "shield")
        self._roles = {word: role for words, role in zip(lists, names, strict=True) for word in words}
        self._finder = PhraseFinder(self._roles)
        self._split = Clauses()
        self._forget()

    def __call__(self, text: str) -> Polarity:
        """Judge one normalised text; an empty one is neutral."""
        return self.each([text])[0]

    def each(self, texts: Sequence[str]) -> list[Polarity]:
        """Judge normalised texts."""
        return self.tones(texts).each()

    def tones(self, texts: Sequence[str]) -> Tones:
        """Judge normalised texts, and name equal polarities once."""
        if len(self._said) > _KEPT:
            self._forget()
        left, said = turned(lowered(texts), self._scores), self._said
        number = self._words([rest for rest, _ in left])
        for at, (_, ironic) in enumerate(left):
            if ironic:
                number[at] = said.number((*ironic, *said[int(number[at])]))
        different, place = np.unique(number, return_inverse=True)
        return Tones(list(map(said.tone, different.tolist())), place)

    def _forget(self) -> None:
        self._said, self._clauses = Sayings(), Recent[tuple[str, bool | None], int](_KEPT)

    def _scores(self, texts: Sequence[str]) -> list[float]:
        """Return the scores of texts by their words alone."""
        return [total(self._said[one]) for one in self._words(texts).tolist()]

    def _words(self, texts: Sequence[str]) -> Ints:
        """Judge the clauses of texts by their words alone; return the number of what each text says."""
        rewritten = [neither(text, self._values) if "不" in text else text for text in plain(texts)]
        # In a short answer a wish extends to the end: 希望修好路灯，越快越好，谢谢.
        wishes = [_is_request(text) if len(text) <= _WISH_HOLDS else None for text in texts]
        clauses, bounds, *_ = self._split(rewritten)
        counts = [end - start for start, end in pairwise(bounds)]
        keys = list(zip(clauses, chain.from_iterable(map(repeat, wishes, counts)), strict=True))
        known = self._clauses.of(keys, self._coded)
        codes = np.fromiter(map(known.__getitem__, keys), dtype=np.int64, count=len(keys))
        number = self._said.together(codes, np.array(bounds))
        for at, text in enumerate(rewritten):
            if "不" in text and _BOTH.search(text) and "反而" not in text:
                number[at] = self._said.same_sign(int(number[at]))
        return number

    def _coded(self, clauses: Sequence[tuple[str, bool | None]]) -> list[int]:
        """Return the codes of clauses, see `Sayings`."""
        return [2 * self._said.number(found) + turns for found, turns in self._parted(clauses)]

    def _parted(self, clauses: Sequence[tuple[str, bool | None]]) -> list[_Judged]:
        """Judge clauses by what stands before and after 但 and the like; return whether there is any of them.

        Args:
            clauses: each clause, and whether it is a request; None where each part may be one.
        """
        marks = _MARKS([text for text, _ in clauses]).tolist()
        parts = [_BUT.split(text) if mark & _TURNS else [text] for (text, _), mark in zip(clauses, marks, strict=True)]
        joined = [
            list(map(self._joined, own)) if mark & _ASPECT else own for own, mark in zip(parts, marks, strict=True)
        ]
        found = iter(self._finder.longest_each(list(chain.from_iterable(joined))))
        return [
            (tuple(self._weighed([*zip(own, whole, islice(found, len(own)), strict=True)], wish)), len(own) > 1)
            if len(own) > 1 or mark & _IRONIC
            else (tuple(self._judged(whole[0], next(found), _is_request(text) if wish is None else wish)), False)
            for (text, wish), own, whole, mark in zip(clauses, parts, joined, marks, strict=True)
        ]

    def _weighed(self, parts: Sequence[tuple[str, str, list[Found]]], wish: bool | None) -> Iterator[PhraseValue]:
        """Yield the evidence of a clause, given its parts, each as it is and rejoined, with the words found."""
        for place, (part, joined, found) in enumerate(parts):
            if irony := _IRONY.search(part):
                own = [PhraseValue(irony.group(), -1.0)]
            else:
                own = self._judged(joined, found, _is_request(part) if wish is None else wish)
            weight = _AFTER_BUT if place else (_BEFORE_BUT if len(parts) > 1 else 1.0)
            yield from own if weight == 1 else (PhraseValue(word, value * weight) for word, value in own)

    def _judged(self, text: str, found: list[Found], request: bool) -> list[PhraseValue]:
        """Judge a part of a clause, rejoined, by the words found."""
        if not found:
            silent = None if request else without_words(text, falls=False)
            return [silent] if silent else []
        clause = Clause(text, request, [])
        for each, follower in zip_longest(found, found[1:]):
            self._read(clause, each, follower)
        if clause.negation and not clause.used and not clause.request:
            self._left_over(clause, clause.negation)
        if not clause.hits and not clause.request and (silent := without_words(clause.text, clause.falls)):
            clause.hits.append(silent)
        return clause.hits

    def _joined(self, text: str) -> str:
        """Rejoin a two-character word that an aspect particle splits: 停过水 is 停水."""
        return _SPLIT.sub(lambda match: match[1] if self._is_word(match[1], match[2]) else match[0], text)

    def _is_word(self, verb: str, rest: str) -> bool:
        return any(verb + rest[:width] in self._values for width in range(1, len(rest) + 1))

    @staticmethod
    def _left_over(clause: Clause, negation: Found) -> None:
        """Return the value of a negation that no opinion used: something is missing, or is not done."""
        missing = clause.text[negation.end :].strip("了的吧啊呢")
        if missing:
            negated = Negated(clause.text, missing, clause.text.endswith("了"), clause.hits)
            value, clause.hits = negation_value(negation.phrase, negated)
            clause.hits += [PhraseValue(negation.phrase + missing[:4], value)] if value else []
        # At the end it refers to what precedes: 异味没有, but 厕所都没有.
        elif any(each.value < 0 for each in clause.hits):
            clause.hits = [PhraseValue(each.phrase + negation.phrase, abs(each.value)) for each in clause.hits]
        elif negation.start >= 2:
            clause.hits.append(PhraseValue(clause.text[max(0, negation.start - 4) :], MISSING))

    def _read(self, clause: Clause, found: Found, follower: Found | None) -> None:
        word = found.phrase
        role = self._roles[word]
        if role == "shield":
            return
        if role == "change":
            self._change(clause, found)
        elif role == "negation" and self._negates(word, follower):
            self._negate(clause, found)
        elif word in self._values:
            if word in _ALSO_DEGREE and follower and follower.start == found.end and follower.phrase in self._values:
                clause.degree *= 1.3
            else:
                self._opinion(clause, found)
        else:
            clause.degree *= self._lexicon.degrees[word]

    def _negates(self, word: str, follower: Found | None) -> bool:
        """Return whether a word that may be opinion or negation is a negation: 不够 before 宽敞, but never 不配."""
        return word not in self._values or (follower is not None and abs(self._values[word]) < 2)

    @staticmethod
    def _negate(clause: Clause, found: Found) -> None:
        near = clause.negation and not clause.used and found.start - clause.negation.end <= 1
        # Two adjacent negations cancel: 不是没有.
        clause.negation = None if near else found
        clause.used = 0.0

    def _opinion(self, clause: Clause, found: Found) -> None:
        value = self._values[found.phrase]
        if found.phrase in _ENDS_GOOD and len(clause.text) - found.end > 1:
            return
        unable = value > 0 and clause.text.startswith(_NOT_REACHED, found.end)  # 享受不到, 解决不了
        negated = (clause.take_negation(found, value) != clause.falls) != unable
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
            clause.hits.append(PhraseValue(lead + found.phrase, value * clause.degree))
        clause.degree = 1.0

    def _change(self, clause: Clause, found: Found) -> None:
        direction = self._lexicon.changes[found.phrase]
        negated = not clause.used and clause.take_negation(found, _BETTER)
        if direction == "up" and negated and clause.negation and KINDS.get(clause.negation.phrase) == "hedged":
            direction, negated = "down", False  # 没有以前多了
        if direction == "down":
            self._fall(clause, found, negated, [each for each in clause.hits if each.value < 0])
        elif direction == "up":
            self._rise(clause, found, negated)
        else:
            sign = 1.0 if (direction == "better") != negated else -1.0
            if not (clause.request and sign > 0):
                clause.hits.append(
                    PhraseValue(("没" if negated else "") + found.phrase, sign * _BETTER * clause.degree)
                )
        clause.degree = 1.0

    @staticmethod
    def _rise(clause: Clause, found: Found, negated: bool) -> None:
        """Value an increase: it strengthens earlier words; alone, a fault has returned or has not."""
        if clause.hits:
            last = clause.hits[-1]
            clause.hits[-1] = PhraseValue(last.phrase + found.phrase, last.value * (0.5 if negated else 1.3))
        elif found.phrase in _EVERYWHERE and not clause.request:
            text = clause.text[found.start : found.end + 3]
            clause.hits.append(PhraseValue(text, MILD if negated else -MILD))

    def _fall(self, clause: Clause, found: Found, negated: bool, against: list[PhraseValue]) -> None:
        """Value a decrease: less of a fault is positive, less of an advantage negative."""
        if negated:
            clause.hits.append(PhraseValue("没" + found.phrase, -1.0))
        elif against and not clause.request:
            clause.hits[:] = [PhraseValue(each.phrase + found.phrase, abs(each.value)) for each in clause.hits]
        elif found.phrase in self._values and not clause.request:
            clause.hits.append(PhraseValue(found.phrase, self._values[found.phrase]))
        elif clause.hits and not clause.request:
            clause.hits[:] = [PhraseValue(each.phrase + found.phrase, -abs(each.value)) for each in clause.hits]
        else:
            clause.falls = True


def _is_request(text: str) -> bool:
    return _REQUEST.search(text) is not None
