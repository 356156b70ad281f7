"""Open answers of a study that has none."""

from dataclasses import replace
from pathlib import Path

from reports.voices.open_answers import load_answers
from survey.host.engine import EngineSettings
from survey.study.study import load_study
from tests.city_folder import imported_city


def test_without_any_text_no_cluster_is_asked(tmp_path: Path) -> None:
    study = load_study(imported_city(tmp_path / "city", districts=2, streets_per_district=2, texts=False))
    item = next(question.name for question in study.questionnaire.questions if question.type.open)
    nowhere = replace(study, engine=EngineSettings("spark", "sc://127.0.0.1:1"))
    assert load_answers(nowhere, item).table.num_rows == 0
