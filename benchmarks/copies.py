"""Copies among open answers: CPU seconds first and with 1,000 more, growth, and every pair against brute force.

    python -m benchmarks.copies --answers 400000

Answers are those of a mock city, composed from phrases: far more of them are similar than in practice.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from math import log

import numpy as np
from scipy import sparse

from analysis.text.answers import digests
from analysis.text.compared import Compared, nothing_compared, with_texts
from analysis.text.copy_rule import CONTAINED, JACCARD
from analysis.text.duplicates import SHORTEST, pairs_of, plain_texts
from benchmarks.cpu_seconds import cpu
from survey.mock import MockSpec, draw

MORE, CHECKED, BLOCK = 1_000, 20_000, 500
# Responses of the mock city for an answer to an open question, with some to spare.
RESPONSES = 0.66


def answers(count: int) -> list[str]:
    """Return so many answers of a mock city, in the order of their arrival."""
    texts = draw(MockSpec(districts=40, responses=round(count * RESPONSES), waves=2)).texts()["text"].to_pylist()
    if len(texts) < count:
        raise ValueError(f"the mock city has only {len(texts):,} answers")
    return [text or "" for text in texts[:count]]


def compare(before: Compared, texts: Sequence[str]) -> Compared:
    return with_texts(before, digests(texts), lambda rows: [texts[row] for row in rows.tolist()])


def seconds(texts: Sequence[str]) -> tuple[float, float, Compared]:
    """Return CPU seconds of all but the last texts, those of the last ones, and the comparison; with the groups."""
    old, names = texts[:-MORE], digests(texts)
    first, compared = cpu(lambda: compare(nothing_compared(), old), 1)
    grouping, (compared, _) = cpu(lambda: compared.copies(names[: len(old)]), 1)

    def add() -> Compared:
        after = with_texts(compared, names, lambda rows: [texts[row] for row in rows.tolist()])
        return after.copies(names)[0]

    return first + grouping, *cpu(add)


def all_pairs(texts: Sequence[str]) -> set[tuple[int, int]]:
    """Return the copies among short texts by comparing every pair."""
    own = [set(text) | {text[at : at + 2] for at in range(len(text) - 1)} for text in texts]
    number = {name: at for at, name in enumerate(sorted(set().union(*own)))}
    starts = np.cumsum([0, *map(len, own)])
    column = [number[name] for pieces in own for name in pieces]
    matrix = sparse.csr_matrix((np.ones(len(column), np.int32), column, starts), shape=(len(own), len(number)))
    count, found = np.diff(starts), set[tuple[int, int]]()
    for start in range(0, len(own), BLOCK):
        shared = (matrix[start : start + BLOCK] @ matrix.T).toarray()
        mine = count[start : start + BLOCK, None]
        fewer = np.minimum(mine, count)
        alike = (shared >= JACCARD * (mine + count - shared)) | (
            shared >= np.where(fewer <= 27, 0.79, CONTAINED) * fewer
        )
        one, other = np.nonzero(alike)
        keep = one + start < other
        found.update(zip((one[keep] + start).tolist(), other[keep].tolist(), strict=True))
    return found


def lost(texts: Sequence[str]) -> tuple[int, int]:
    """Return the number of copies among different short texts, and how many are lost or invented."""
    different = [text for text in dict.fromkeys(plain_texts(texts)) if SHORTEST <= len(text) < 60][:CHECKED]
    left, right = np.sort(pairs_of(different), axis=0).tolist()
    expected = all_pairs(different)
    return len(expected), len(expected ^ set(zip(left, right, strict=True)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=400_000)
    count = parser.parse_args().answers
    texts = answers(count + MORE)
    print(f"| answers of a mock city | different | first, CPU s | {MORE:,} more, CPU s |\n| --- | --- | --- | --- |")
    taken = []
    for part in (count // 4, count):
        first, more, compared = seconds(texts[: part + MORE])
        taken.append((first, len(compared.plain)))
        print(f"| {part:,} | {len(compared.plain):,} | {first:.1f} | {more:.2f} |", flush=True)
    (small, few), (large, many) = taken
    print(
        f"\ngrowth: exponent {log(large / small) / log(4):.2f} in answers, {log(large / small) / log(many / few):.2f} "
        "in different answers"
    )
    found, wrong = lost(texts)
    print(f"brute force on {CHECKED:,} different answers: {found:,} pairs, {wrong} of them lost or invented")


if __name__ == "__main__":
    main()
