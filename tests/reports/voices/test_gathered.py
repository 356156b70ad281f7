"""The sample behind open answers is made once for a selection, and again for another study, wave or set of people."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.text import reader
from reports.selection import Selection
from reports.voices.asked import TextSelection
from reports.voices.gathered import gathered
from reports.voices.open_answers import load_answers
from reports.voices.shares import theme_shares
from survey.errors import ArgumentError
from survey.study.study import load_study


def test_what_summaries_share(city: Path) -> None:
    study = load_study(city)
    answers, asked = load_answers(study, "H1"), TextSelection(Selection(waves=("W2",)), "H1")
    first = gathered(study, answers, asked)
    assert gathered(study, answers, replace(asked, once=True)) is first
    assert gathered(replace(study, without_excluded=True), answers, asked) is not first
    earlier = gathered(study, answers, asked.in_wave("W1"))
    assert set(earlier.linked["wave"].to_pylist()) == {"W1"}
    every = [theme_shares(study, answers, replace(asked, once=flag)).estimates.table for flag in (False, True)]
    assert not every[0]["estimate"].equals(every[1]["estimate"])
    assert every[0].equals(theme_shares(study, load_answers(study, "H1"), replace(asked, once=False)).estimates.table)
    with pytest.raises(ArgumentError, match="还没有答卷"):
        gathered(study, answers, TextSelection(Selection(waves=("W2",), mode="nowhere"), "H1"))


def test_known_texts_need_no_rules(city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(city)
    before = load_answers(study, "H1")

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("every text is known, and still a reader was wanted")

    monkeypatch.setattr(reader, "read_texts", fail)
    again = load_answers(study, "H1")
    assert again.table.equals(before.table)
    assert again.digests == before.digests
