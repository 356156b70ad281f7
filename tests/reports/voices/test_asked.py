"""Which answers count: waves, responses, and copies once in a wave and an area."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from analysis.text.duplicates import Copies, grouped
from analysis.text.themes.codebook import parse_codebook
from analysis.text.themes.coder import CodedTexts
from reports.selection import Selection
from reports.voices.asked import TextSelection, counts_once, repeated, rows_of
from reports.voices.open_answers import OpenAnswers, Reading
from survey.study.lexicon import load_lexicon

WAVES = ["W1", "W1", "W1", "W2", "W2", "W2"]
GROUPS = [0, 0, -1, 0, 0, -1]
AREAS = ["甲", "乙", "甲", "乙", "乙", "甲"]


def _answers(groups: list[int] = GROUPS, says: list[bool] | None = None) -> OpenAnswers:
    ids = [f"r{at}" for at in range(len(groups))]
    table = pa.table({"response_id": ids, "wave": WAVES[: len(ids)], "says": says or [True] * len(ids), "text": ids})
    none = CodedTexts(np.zeros((len(ids), 1), bool), np.zeros(len(ids), np.int64), np.zeros(len(ids)))
    book = parse_codebook('[[theme]]\ncode="a"\nname="甲"\nseeds=["甲"]')
    read = Reading(
        table, np.arange(len(ids)), none, np.ones(len(ids), bool), lambda: grouped(np.array(groups, dtype=np.int64))
    )
    return OpenAnswers(load_lexicon(), book, "auto", {}, lambda: read)


def _asked(*waves: str, once: bool | None = None) -> TextSelection:
    return TextSelection(Selection(waves=waves), "H1", once)


def _kept(answers: OpenAnswers, asked: TextSelection, within: pa.Table | None = None) -> list[str]:
    return rows_of(answers, asked, within)["response_id"].to_pylist()


def test_copies_count_once_in_each_wave() -> None:
    answers = _answers()
    assert _kept(answers, _asked(once=True)) == ["r0", "r2", "r3", "r5"]
    assert _kept(answers, _asked("W2", once=True)) == ["r3", "r5"]  # its first copy is in W1, and counts here as well
    assert len(_kept(answers, _asked(once=False))) == 6


def test_copies_count_once_in_each_area_and_only_among_the_responses_counted() -> None:
    answers = _answers()
    within = pa.table({"wave": WAVES, "response_id": [f"r{at}" for at in range(6)], "district": AREAS})
    assert _kept(answers, _asked(once=True), within) == ["r0", "r1", "r2", "r3", "r5"]
    assert _kept(answers, _asked(once=True), within.slice(1).select(["wave", "response_id"])) == [
        "r1",
        "r2",
        "r3",
        "r5",
    ]


@pytest.mark.parametrize(("copies", "once"), [(1, False), (2, True)])
def test_copies_count_as_one_above_five_per_cent(copies: int, once: bool) -> None:
    """Of 20 answers with content, 1 that repeats another is 5 %, 2 are more; what says nothing is no copy."""
    groups = [0] * (copies + 1) + [-1] * (19 - copies) + [0] * 5
    says = [True] * 20 + [False] * 5
    ids = [f"r{at}" for at in range(25)]
    answers = _answers()
    table = pa.table({"response_id": ids, "wave": ["W1"] * 25, "says": says, "text": ids})
    read = Reading(
        table, np.arange(25), answers.coded, np.ones(25, bool), lambda: grouped(np.array(groups, dtype=np.int64))
    )
    many = replace(answers, read=lambda: read, cache={})
    assert repeated(many, _asked("W1")) == (20, copies)
    assert counts_once(many, _asked("W1")) is once
    assert counts_once(many, _asked("W1", once=not once)) is not once


def test_copies_are_found_when_first_asked_for_and_once() -> None:
    calls = []

    def find() -> Copies:
        calls.append(1)
        return grouped(np.array(GROUPS, dtype=np.int64))

    read = replace(_answers().reading, find=find)
    answers = replace(_answers(), read=lambda: read)
    assert (calls, len(answers.table)) == ([], 6)
    assert answers.copies is answers.copies
    assert calls == [1]
