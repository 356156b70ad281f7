"""The questionnaire is kept at every import, once, and read again with the same fingerprint."""

from dataclasses import replace
from pathlib import Path

import pytest

from survey.errors import StoreError
from survey.instrument.archive import FOLDER, keep_questionnaire, kept_questionnaires
from survey.instrument.questionnaire import parse_questionnaire
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.survey.small_study import QUESTIONNAIRE


def test_kept_once_and_read_again(tmp_path: Path) -> None:
    asked = parse_questionnaire(QUESTIONNAIRE)
    path = keep_questionnaire(tmp_path, asked)
    written = path.stat().st_mtime_ns
    assert keep_questionnaire(tmp_path, asked).stat().st_mtime_ns == written
    assert kept_questionnaires(tmp_path) == {asked.fingerprint: asked}
    assert [one.name for one in (tmp_path / FOLDER).iterdir()] == [f"{asked.fingerprint}.json"]


def test_one_that_cannot_be_read_counts_as_unknown(tmp_path: Path) -> None:
    asked = parse_questionnaire(QUESTIONNAIRE)
    keep_questionnaire(tmp_path, asked).write_text("{", encoding="utf-8")
    assert kept_questionnaires(tmp_path) == {}


def test_one_made_by_hand_is_not_kept(tmp_path: Path) -> None:
    keep_questionnaire(tmp_path, replace(parse_questionnaire(QUESTIONNAIRE), source=""))
    assert not (tmp_path / FOLDER).exists()


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError, match="问卷不能存入"):
        keep_questionnaire(tmp_path, parse_questionnaire(QUESTIONNAIRE))


def test_an_import_keeps_it(tmp_path: Path) -> None:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2}
    root = imported_city(tmp_path / "city", texts=False, online=False, **size)
    assert set(kept_questionnaires(root)) == {load_study(root).questionnaire.fingerprint}
