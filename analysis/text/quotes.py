"""Quotes: a few scrubbed examples of what many people write, never the words of one person alone (rule R-07)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.text.words.phrases import PhraseFinder
from survey.study.areas import Areas

_DATE = re.compile(r"(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]|(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[:：]\d{2}")
_LONGEST, _SHORTEST = 60, 6


class Quoter:
    """Removes names of the frame and dates from masked texts."""

    def __init__(self, areas: Areas | None = None) -> None:
        """Index the names of communities and streets."""
        points = areas.points if areas else ()
        names = {str(name) for point in points for name in (point.community, point.street)}
        self._finder = PhraseFinder(name for name in names if len(name) > 1)

    def scrub(self, text: str) -> str:
        """Return the text without date, community and street."""
        pieces, done = [], 0
        for found in self._finder.longest(text):
            pieces += [text[done : found.start], "某地"]
            done = found.end
        return _DATE.sub("某日", "".join([*pieces, text[done:]]))

    def __call__(self, texts: Sequence[str], *, fewest: int, most: int = 3, word: str = "") -> tuple[str, ...]:
        """Return examples from a group of comments.

        Args:
            texts: masked comments on one subject, one per respondent.
            fewest: smallest number of comments for any quote.
            most: largest number of quotes.
            word: quotes must contain it.

        Returns:
            Different quotes of a readable length, the most typical first: those that share most pairs of characters
            with the others. Empty where there are too few comments.
        """
        distinct = list(dict.fromkeys(texts))
        if len(texts) < fewest or len(distinct) < 2:
            return ()
        weight: dict[str, int] = {}
        pieces = [{text[i : i + 2] for i in range(len(text) - 1)} for text in distinct]
        for each in pieces:
            for piece in each:
                weight[piece] = weight.get(piece, 0) + 1
        typical = sorted(
            (
                (-sum(weight[piece] for piece in each) / (len(each) + 8), text)
                for text, each in zip(distinct, pieces, strict=True)
                if _SHORTEST <= len(text) <= _LONGEST and word in text
            ),
        )
        chosen: list[str] = []
        for _, text in typical:
            if all(_unlike(text, other) for other in chosen):
                chosen.append(text)
            if len(chosen) == most:
                break
        return tuple(self.scrub(text) for text in chosen)


def _unlike(one: str, other: str) -> bool:
    left, right = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(left & right) < 0.5 * min(len(left), len(right))
