"""Copy groups: several sets of answers have the groups that each of them has by itself."""

import random

import numpy as np
import pytest

from analysis.integrity import copy_groups
from analysis.integrity.copy_groups import groups_apart
from analysis.text import duplicates
from analysis.text.duplicates import find_copies
from tests.analysis.text.probes import segmented

Ints = copy_groups.Ints


def city(rng: random.Random, *, districts: int, own: bool) -> tuple[list[str], Ints, Ints, list[Ints]]:
    """Return texts, the text and the question of each answer, and the answers of each district."""
    clauses = ["".join(words) for words, _ in segmented()][:60]
    texts = list(dict.fromkeys("".join(rng.choices(clauses, k=rng.choice((1, 1, 2, 6)))) for _ in range(400)))
    size = 300 * districts
    home = np.array([rng.randrange(districts) for _ in range(size)])
    span = len(texts) // districts
    number = [rng.randrange(len(texts)) if not own else at * span + rng.randrange(span) for at in home.tolist()]
    item = np.array([rng.choice((0, 0, 0, 2)) for _ in range(size)])
    return texts, np.array(number), item, [np.flatnonzero(home == at) for at in range(districts)]


def alone(texts: list[str], number: Ints, item: Ints) -> Ints:
    """Return the groups of one set, each question by itself."""
    group = np.full(len(number), -1, dtype=np.int64)
    for one in np.unique(item):
        mine = np.flatnonzero(item == one)
        copies = find_copies([texts[one] for one in number[mine]]).group
        group[mine] = np.where(copies >= 0, copies + group.max() + 1, -1)
    return group


@pytest.mark.parametrize("own", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_sets_have_the_groups_of_each_by_itself(seed: int, own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "CHAIN", (2, 5, 20, 10**6)[seed])
    monkeypatch.setattr(duplicates, "_TOGETHER", 10)
    texts, number, item, sets = city(random.Random(seed), districts=(1, 3, 5, 8)[seed], own=own)
    apart = copy_groups._question(texts, [number[rows] for rows in sets]).apart
    found = list(groups_apart(texts, number, item, sets))
    for rows, group in zip(sets, found, strict=True):
        assert np.array_equal(group, alone(texts, number[rows], item[rows]))
        assert group.max() > 5
    assert apart == (own and len(sets) > 1)


def test_what_is_asked_for_alone_needs_no_other_sets() -> None:
    texts, number, item, sets = city(random.Random(9), districts=4, own=True)
    every = list(groups_apart(texts, number, item, sets))
    some = list(groups_apart(texts, number, item, sets[2:3]))
    assert len(some) == 1
    assert np.array_equal(some[0], every[2])
    assert list(groups_apart(texts, number, item, [])) == []
