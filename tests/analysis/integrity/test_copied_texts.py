"""Copied texts: pairs by cluster, flags by area, and no finding where nobody copied."""

import numpy as np
import pyarrow as pa
import pytest

from analysis.integrity.copied_texts import CopiedCounts, Writers, Written, copied_counts, written_texts

SPEECH = "希望有关部门加强管理改善居住环境"
CELLS = ((1, "甲"), (1, "乙"), (2, "甲"), (2, None))


def written(
    said: list[tuple[int, str]], cell: list[int], items: list[str] | None = None, district: list[int] | None = None
) -> Written:
    named = {"item": items or ["H1"] * len(said), "text": [text for _, text in said]}
    texts = pa.table(named, pa.schema(dict.fromkeys(named, pa.string())))
    of = np.array([row for row, _ in said], dtype=np.int64)
    writers = Writers(CELLS, np.array(cell), np.array(district or [0] * len(cell)))
    return written_texts(writers, texts, of, frozenset({"有关部门"}))


def test_copies_are_found_question_by_question() -> None:
    texts = [(0, SPEECH), (2, f"{SPEECH}。"), (3, "路灯坏了两个月没人来修"), (4, "停车难")]
    found = written(texts, [0, 0, 1, 2, 3])
    assert found.cell.tolist() == [0, 1, 2, 3]
    assert found.row.tolist() == [0, 1]
    assert found.group.tolist() == [0, 0]
    assert found.long.tolist() == [True, True, True, False]
    assert found.official.tolist() == [True, True, False, False]
    other = written(texts * 2, [0, 0, 1, 2, 3], ["H1"] * 4 + ["H2"] * 4)
    assert sorted(other.group.tolist()) == [0, 0, 1, 1]


def test_texts_of_other_districts_are_no_copies() -> None:
    said = [(row, SPEECH) for row in range(5)]
    found = written([*said, (5, SPEECH)], [0, 1, 2, 0, 1, 3], district=[7, 0, 7, 0, 0, 3])
    groups = [{row for row, one in zip(found.row, found.group, strict=True) if one == group} for group in range(2)]
    assert sorted(map(sorted, groups)) == [[0, 2], [1, 3, 4]]
    assert written([], [0]).row.tolist() == []


def test_copies_within_a_sampling_point_are_marked() -> None:
    found = written([(row, SPEECH) for row in range(3)], [0, 1, 2])
    assert found.near.tolist() == [True, True, False]
    twice = written([(0, SPEECH), (1, SPEECH), (0, SPEECH), (1, SPEECH)], [0, 0], ["H1", "H1", "H2", "H2"])
    assert twice.near.tolist() == [True, True]


def test_cells_are_found_again_among_more() -> None:
    found = written([(0, SPEECH), (1, SPEECH)], [2, 0])
    moved = found.among(((0, None), *CELLS))
    assert [moved.cells[at] for at in moved.cell] == [found.cells[at] for at in found.cell] == [CELLS[2], CELLS[0]]


def counts(cell: list[int], block: list[int], place: list[int]) -> list[CopiedCounts]:
    found = written([(row, SPEECH) for row in range(len(cell))], cell)
    return copied_counts(found, np.array(block), np.array(place))


def test_pairs_sum_to_the_share_copied() -> None:
    (together,) = counts([0, 0, 0, 0], [0, 0, 0, -1], [0, 1, 2, -1])
    # All four copies lie in one cluster: four interviews were copied.
    assert together.pairs().sum() == pytest.approx(4)
    assert together.pairs()[0, 0] == pytest.approx(4)
    (spread,) = counts([0, 1, 2], [0, 0, 0, -1], [0, 1, 2, -1])
    assert np.trace(spread.pairs()) == pytest.approx(0)
    assert spread.pairs() == pytest.approx(spread.pairs().T)
    assert spread.pairs().sum() == pytest.approx(3)


def test_copies_elsewhere_make_a_pair_count_less() -> None:
    here, there = counts([0, 1, 2, 2], [0, 0, 1, -1], [0, 1, 0, -1])
    assert here.pairs().sum() == pytest.approx(2 / 3)
    assert there.pairs().sum() == pytest.approx(2 / 3)
    assert here.digest() != there.digest()


def test_the_numbers_of_groups_change_nothing() -> None:
    group, row = np.array([0, 0, 1, 1, 1, 2, 2]), np.array([0, 1, 0, 1, 2, 2, 1])
    cell, none = np.array([0, 1, 2]), np.zeros(3, dtype=bool)
    block, place = np.array([0, 0, 0, -1]), np.array([0, 1, 2, -1])
    first, second = (
        copied_counts(Written(CELLS, cell, none, none, none, row, numbers[group]), block, place)[0]
        for numbers in (np.array([0, 1, 2]), np.array([2, 0, 1]))
    )
    assert first.digest() == second.digest()
    assert first.pairs().tolist() == second.pairs().tolist()


def test_two_interviews_with_the_same_two_texts_have_two_copies_each() -> None:
    counts = CopiedCounts(np.array([[2], [2]]), np.array([2, 2]))  # a group for each of two questions
    assert counts.pairs().sum() / 2 == 2
