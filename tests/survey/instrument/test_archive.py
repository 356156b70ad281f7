"""Each import archives the questionnaire once; it is read back with the same fingerprint."""

from dataclasses import replace
from pathlib import Path

import pytest

from survey.errors import StoreError
from survey.instrument import archive
from survey.instrument.archive import FOLDER, keep_questionnaire, kept_questionnaires
from survey.instrument.questionnaire import parse_questionnaire
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.survey.small_study import QUESTIONNAIRE


def test_archived_once_and_read_back(tmp_path: Path) -> None:
    asked = parse_questionnaire(QUESTIONNAIRE)
    path = keep_questionnaire(tmp_path, asked)
    written = path.stat().st_mtime_ns
    assert keep_questionnaire(tmp_path, asked).stat().st_mtime_ns == written
    assert kept_questionnaires(tmp_path) == {asked.fingerprint: asked}
    assert [one.name for one in (tmp_path / FOLDER).iterdir()] == [f"{asked.fingerprint}.json"]


def test_a_known_questionnaire_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = parse_questionnaire(QUESTIONNAIRE)
    keep_questionnaire(tmp_path, asked)
    monkeypatch.setattr(archive, "read_questionnaire", lambda _: pytest.fail("read again"))
    assert kept_questionnaires(tmp_path, asked) == {asked.fingerprint: asked}


def test_an_unreadable_questionnaire_counts_as_unknown(tmp_path: Path) -> None:
    asked = parse_questionnaire(QUESTIONNAIRE)
    keep_questionnaire(tmp_path, asked).write_text("{", encoding="utf-8")
    assert kept_questionnaires(tmp_path) == {}


def test_a_questionnaire_built_in_code_is_not_archived(tmp_path: Path) -> None:
    keep_questionnaire(tmp_path, replace(parse_questionnaire(QUESTIONNAIRE), source=""))
    assert not (tmp_path / FOLDER).exists()


def test_an_unwritable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder", encoding="utf-8")
    with pytest.raises(StoreError, match="问卷不能存入"):
        keep_questionnaire(tmp_path, parse_questionnaire(QUESTIONNAIRE))


def test_an_import_archives_the_questionnaire(tmp_path: Path) -> None:
    size = {"districts": 2, "streets_per_district": 2, "communities_per_street": 2}
    root = imported_city(tmp_path / "city", texts=False, online=False, **size)
    assert set(kept_questionnaires(root)) == {load_study(root).questionnaire.fingerprint}
