"""A fifth measure is one entry of `MEASURES`: rates, weak areas, pages, sentences and files follow without a change."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cli
from analysis.areas.against_target import judge, targets_of
from analysis.areas.verdict import Verdict
from reports.sample import gather
from reports.selection import Selection
from survey.formats.codebook import variables_of
from survey.instrument.lint.schema import schema
from survey.instrument.measure import MEASURES, Measure
from survey.instrument.questionnaire import read_questionnaire
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import DEFAULT_QUESTIONNAIRE, draw
from survey.mock.folder import import_folder, write_folder
from survey.study.study import Study, load_study
from tests.views.page_words import EXPERT, WEAK_AREAS, Run, cards, figures, heat_cells, page_text, words

TRUST = Measure("信任率", "不信任", 75.0, appraisal=True, inherits_target=True)
CHOICES = [
    {"value": 1, "text": "非常信任"},
    {"value": 2, "text": "比较信任"},
    {"value": 3, "text": "不太信任"},
    {"value": 4, "text": "很不信任"},
    {"value": 98, "text": "不了解", "missing": "dontknow"},
]
COMMON = {"measure": "trust", "measurePositive": [1, 2], "measureBase": "valid", "choices": CHOICES}
ELEMENTS: list[dict[str, Any]] = [
    {
        "type": "radiogroup",
        "name": "T0",
        "title": "总的来说，您信任本市的管理吗？",
        "measureOverall": True,
        **COMMON,
    },
    {"type": "radiogroup", "name": "T1", "title": "您信任社区工作人员吗？", "unit": "社区", **COMMON},
]


@pytest.fixture(scope="module", autouse=True)
def fifth() -> Iterator[None]:
    """Add one entry to the registry, as a developer would in the source."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(MEASURES, "trust", TRUST)  # type: ignore[arg-type]
        schema.cache_clear()
        yield
    schema.cache_clear()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fifth")
    survey = json.loads(DEFAULT_QUESTIONNAIRE.read_text(encoding="utf-8"))
    survey["pages"][-1]["elements"] = ELEMENTS + survey["pages"][-1]["elements"]
    path = folder / "questionnaire.json"
    path.write_text(json.dumps(survey, ensure_ascii=False), encoding="utf-8")
    spec = MockSpec(districts=3, streets_per_district=3, communities_per_street=2, texts=False, faults=False)
    mock = draw(spec, read_questionnaire(path))
    write_folder(mock, folder / "city", questionnaire=path)
    import_folder(folder / "city", mock)
    return folder / "city"


@pytest.fixture(scope="module")
def study(root: Path) -> Study:
    return load_study(root)


def test_the_study_has_its_rates_its_target_and_its_codebook(study: Study) -> None:
    assert study.questionnaire.headlines()[-1].name == "T0"
    row = study.targets.set_index("measure").loc["trust"]
    assert (row["target"], row["item"]) == (75.0, "")
    labels = {variable.name: variable.labels for variable in variables_of(study.questionnaire, texts=False)}
    assert labels["T0"][2] == "比较信任"


def test_it_is_estimated_judged_and_put_into_words(study: Study) -> None:
    sample = gather(study, Selection(mode="household")).sample
    wave = study.waves[-1].name
    found = sample.rates(measure=list(MEASURES), where={"wave": wave})
    assert found.table["measure"].tolist() == list(MEASURES)
    assert 0.5 < found.table["estimate"].iloc[-1] < 0.95
    single = sample.rates(item="T1", where={"wave": wave}).table
    rates = {rate.name: rate for rate in study.questionnaire.rates}
    assert targets_of(single, study.targets, rates).tolist() == [0.75]
    judged = judge(found.table, targets_of(found.table, study.targets, rates))
    assert judged["verdict"].iloc[-1] in set(Verdict)
    assert {"T1.unknown", "T1.unhappy"} <= {item.name for item in sample.cells.items}


def test_commands_know_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rates", "--study", str(root)]) == 0
    assert "信任率" in capsys.readouterr().out
    assert cli.main(["rates", "--study", str(root), "--measure", "trust", "--by", "district", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["rows"]) == 3
    assert cli.main(["weak", "--study", str(root), "--measure", "trust"]) == 0
    assert "信任" in capsys.readouterr().out
    assert cli.main(["compare", "--study", str(root), "--measure", "trust"]) == 0
    assert "信任" in capsys.readouterr().out


def test_pages_show_it(root: Path, run: Run) -> None:
    overview = run(root)
    assert list(cards(overview)) == [measure.label for measure in MEASURES.values()]
    assert "信任率" in page_text(overview)
    weak = run(root, WEAK_AREAS)
    assert "信任率" in {rate for _, rate in heat_cells(weak)}
    assert "信任率" in words(figures(run(root, EXPERT, measure="信任率", tab="排名"))[0])


def test_the_lint_names_all_five(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (root / "questionnaire.json").read_text(encoding="utf-8")
    path = tmp_path / "questionnaire.json"
    path.write_text(text.replace('"trust"', '"trusts"'), encoding="utf-8")
    assert cli.main(["lint", str(path)]) != 0
    assert "、".join(MEASURES) in capsys.readouterr().out
