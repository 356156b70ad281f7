"""A wave never mixes weighted and unweighted rows, scales of weights, modes or units of time unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from survey.errors import ArgumentError
from survey.importing import ingest
from survey.importing.confirming.confirmations import Doubt
from survey.readers.cells.issues import IssueCode
from survey.storage.store import W_SCALE, ResponseStore
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, write_csv

PSUS = (990101001001, 990101001002, 990101002001, 990101002002)
UNWEIGHTED = tuple(name for name in HEADING if name != "weight")
MODED = (*HEADING, "mode")


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def weights(study: Study) -> list[float]:
    return sorted(fixed / W_SCALE for fixed in ResponseStore(study.root / "store").read()["w_fx"].to_pylist())


def rows(start: int, count: int, **cells: str) -> list[dict[str, str]]:
    return [answer(start + number, psu=str(PSUS[number % 4]), **cells) for number in range(count)]


def staged(
    study: Study, path: Path, answers: Sequence[dict[str, str]], heading: Sequence[str] = HEADING
) -> ingest.Preview:
    return ingest.stage(study, [write_csv(path, answers, heading)], "W1")


def kinds(preview: ingest.Preview) -> list[str]:
    return [str(one.kind) for one in preview.confirmations]


def test_a_file_without_weights_among_weighted_rows_must_be_confirmed(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(0, 8, weight="700.5")))
    preview = staged(study, tmp_path / "b.csv", rows(100, 6), UNWEIGHTED)
    assert kinds(preview) == ["weighted"]
    one = preview.confirmations[0]
    assert (one.count, one.file) == (6, "b.csv")
    assert "8 份带权重（中位数 700.5）" in one.found
    assert "补上“权重”一列" in one.cure
    with pytest.raises(ArgumentError, match="没有写入任何数据"):
        ingest.commit(preview)
    assert weights(study) == [700.5] * 8
    ingest.commit(preview, confirmed=[Doubt.WEIGHTED])
    assert weights(study) == [1.0] * 6 + [700.5] * 8
    assert ResponseStore(study.root / "store").history()[0].meta["confirmed"] == ["weighted"]


def test_the_same_rows_without_their_weights_must_be_confirmed(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(0, 8, weight="700.5")))
    assert kinds(staged(study, tmp_path / "b.csv", rows(0, 8), UNWEIGHTED)) == ["weighted"]


def test_weights_among_unweighted_rows_must_be_confirmed(study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(0, 8), UNWEIGHTED))
    assert kinds(staged(study, tmp_path / "b.csv", rows(100, 8, weight="700"))) == ["weighted"]


def test_two_files_of_one_import_are_compared(study: Study, tmp_path: Path) -> None:
    files = [
        write_csv(tmp_path / "a.csv", rows(0, 8, weight="700")),
        write_csv(tmp_path / "b.csv", rows(100, 8), UNWEIGHTED),
    ]
    preview = ingest.stage(study, files, "W1")
    assert [(one.kind, one.file) for one in preview.confirmations] == [(Doubt.WEIGHTED, "b.csv")]


@pytest.mark.parametrize(
    ("weight", "expected"), [("700", []), ("900", []), ("1500", ["weight-scale"]), ("0.7", ["weight-scale"])]
)
def test_weights_of_another_scale_in_the_same_communities(
    weight: str, expected: list[str], study: Study, tmp_path: Path
) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(0, 8, weight="700")))
    assert kinds(staged(study, tmp_path / "b.csv", rows(100, 8, weight=weight))) == expected


@pytest.mark.parametrize(("weight", "expected"), [("1500", []), ("3600", ["weight-scale"])])
def test_other_communities_may_have_other_weights(
    weight: str, expected: list[str], study: Study, tmp_path: Path
) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", [answer(n, weight="700") for n in range(8)]))
    others = [answer(100 + n, psu=str(PSUS[1]), weight=weight) for n in range(8)]
    assert kinds(staged(study, tmp_path / "b.csv", others)) == expected


@pytest.mark.parametrize(("seconds", "expected"), [("300", []), ("2", ["seconds"]), ("120000", ["seconds"])])
def test_minutes_or_milliseconds_among_seconds(seconds: str, expected: list[str], study: Study, tmp_path: Path) -> None:
    ingest.commit(staged(study, tmp_path / "a.csv", rows(0, 8)))
    assert kinds(staged(study, tmp_path / "b.csv", rows(100, 8, seconds=seconds))) == expected


def test_another_mode_has_its_own_weights(study: Study, tmp_path: Path) -> None:
    wave = replace(study.waves[0], modes=("household", "online"))
    two = replace(study, waves=(wave,))
    ingest.commit(ingest.stage(two, [write_csv(tmp_path / "a.csv", rows(0, 8, weight="700"))], "W1", mode="household"))
    path = write_csv(tmp_path / "b.csv", rows(100, 8), UNWEIGHTED)
    assert not ingest.stage(two, [path], "W1", mode="online").confirmations


def test_a_mode_that_the_wave_does_not_have_is_rejected(study: Study, tmp_path: Path) -> None:
    answers = [answer(1) | {"mode": "入户面访"}, answer(2) | {"mode": "online"}, answer(3) | {"mode": ""}]
    preview = staged(study, tmp_path / "a.csv", answers, MODED)
    assert preview.issue_count == {IssueCode.OTHER_MODE: 1, IssueCode.EMPTY_MODE: 1}
    assert (preview.new, preview.rejected) == (2, 1)
    issue = preview.issues[0]
    assert (issue.row, issue.column, issue.value) == (3, "O mode", "online")
    assert "study.toml" in issue.cure


def test_nothing_is_asked_of_a_first_import_or_a_repeat(study: Study, tmp_path: Path) -> None:
    first = staged(study, tmp_path / "a.csv", rows(0, 8, weight="700"))
    assert not first.confirmations
    ingest.commit(first)
    assert not staged(study, tmp_path / "a.csv", rows(0, 8, weight="700")).confirmations
