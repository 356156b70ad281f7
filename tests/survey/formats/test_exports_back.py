"""Exports can be imported: SPSS, Stata and CSV round-trip cell by cell; DDI describes every column."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import cli
from accounts.audit.log import Act, events
from survey.formats.codebook import ExportVariable, dataset_of
from survey.formats.ddi import NAMESPACE
from survey.formats.stats import missing_ranges, stata_names, write_dta, write_sav
from survey.host import access
from survey.importing import ingest
from survey.storage.spreadsheets import guarded
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study
from survey.study.template.new_study import init_study
from tests.survey.small_study import EXPORTS, answer, make_study, wm_study, write_csv

IGNORED = ("import_id", "source_row", "row_hash", "ip_key", "device_key")
SUFFIX = {"sav": "a.sav", "dta": "a.dta", "csv": "package"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study with blanks, refusals, skips, formulas, an "other" text and a screened-out person."""
    made = make_study(tmp_path_factory.mktemp("export") / "study")
    rows = [
        answer(1, B1="1|97", other="=大喇叭", H1="+86 热线"),
        answer(2, A1="2", B1="", H1="多行\n文字"),
        answer(3, A1="98", B1="", E1="98", E2="", J1="99", H1="@社区"),
        answer(4, B1="", E1="", S1=""),
        answer(5, B1="4", H1="-"),
    ]
    ingest.import_files(made, [write_csv(made.root / "a.csv", rows)], "W1", mode="household")
    return made


def content(study: Study) -> tuple[Mapping[str, Any], ...]:
    rows = ResponseStore(study.root / "store").read().to_pylist()
    kept = [{name: value for name, value in row.items() if name not in IGNORED} for row in rows]
    return tuple(sorted(kept, key=lambda row: row["response_id"]))


def texts_of(study: Study) -> set[tuple[str, str, str]]:
    texts = ResponseStore(study.root / "store").texts().to_pylist()
    return {(row["response_id"], row["item"], row["text"]) for row in texts}


@pytest.mark.parametrize("form", ["sav", "dta", "csv"])
def test_an_export_is_imported_unchanged(form: str, study: Study, tmp_path: Path) -> None:
    out = tmp_path / SUFFIX[form]
    assert cli.main(["export", str(study.root), "--format", form, "--out", str(out), "--texts"]) == 0
    back = make_study(tmp_path / "back")
    file = out / "answers.csv" if form == "csv" else out
    done = ingest.import_files(back, [file], "W1", mode="household")
    assert (done.preview.new, done.preview.rejected) == (5, 0)
    assert content(back) == content(study)
    # only the CSV prefixes formulas with '
    expected = {(one, item, guarded(text) if form == "csv" else text) for one, item, text in texts_of(study)}
    assert texts_of(back) == expected


def test_labels_and_missing_values_are_in_the_sav(study: Study, tmp_path: Path) -> None:
    import pyreadstat

    cli.main(["export", str(study.root), "--format", "sav", "--out", str(tmp_path / "a.sav")])
    frame, meta = pyreadstat.read_sav(str(tmp_path / "a.sav"))
    assert meta.variable_value_labels["A1"] == {-2: "未答", 1: "知道", 2: "不知道", 98: "说不清"}
    assert meta.column_names_to_labels["E.E1"] == "您满意吗？：环境"
    assert frame["A1"].isna().sum() == 1  # SPSS itself takes 98 for missing
    assert "H1" not in frame.columns  # texts only when asked for


def test_stata_names_are_allowed_and_unique(study: Study) -> None:
    responses = ResponseStore(study.root / "store").read()
    dataset = dataset_of(study, responses, None)
    names = stata_names(dataset)
    assert len(set(names.values())) == len(dataset.variables)
    assert all(name.isascii() and name.replace("_", "a").isalnum() and len(name) <= 32 for name in names.values())


def test_package_describes_every_column(study: Study, tmp_path: Path) -> None:
    cli.main(["export", str(study.root), "--format", "csv", "--out", str(tmp_path / "p"), "--texts"])
    package = json.loads((tmp_path / "p" / "datapackage.json").read_text(encoding="utf-8"))
    resource = package["resources"][0]
    with (tmp_path / "p" / resource["path"]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert list(fields) == list(rows[0])
    for row in rows:
        for name, cell in row.items():
            enum = fields[name].get("constraints", {}).get("enum")
            assert cell == "" or enum is None or int(cell) in enum
    assert {row["H1"] for row in rows} == {"'+86 热线", "多行\n文字", "'@社区", "", "'-"}
    assert resource["bytes"] == (tmp_path / "p" / "answers.csv").stat().st_size


def test_ddi_has_every_variable_and_no_answer(study: Study, tmp_path: Path) -> None:
    cli.main(["export", str(study.root), "--format", "ddi", "--out", str(tmp_path / "a.xml")])
    root = ET.parse(tmp_path / "a.xml").getroot()
    assert root.tag == f"{{{NAMESPACE}}}codeBook"
    found = {one.get("name"): one for one in root.iter(f"{{{NAMESPACE}}}var")}
    assert set(found) >= {item.name for item in study.questionnaire.items}
    missing = [c for c in found["A1"].iter(f"{{{NAMESPACE}}}catgry") if c.get("missing") == "Y"]
    assert len(missing) == 2
    assert "热线" not in (tmp_path / "a.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", [role for role in access.Role if role != "analyst"])
@pytest.mark.parametrize("form", ["sav", "csv"])
def test_r05_single_answers_are_for_analysts_only(
    role: str,
    form: str,
    study: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(access.VARIABLE, role)
    assert cli.main(["export", str(study.root), "--format", form, "--out", str(tmp_path / "x")]) == 2
    assert "您的岗位没有“导出单份答卷”这项权限" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_every_export_is_logged(study: Study, tmp_path: Path) -> None:
    cli.main(["export", str(study.root), "--format", "sav", "--out", str(tmp_path / "a.sav"), "--who", "王五"])
    last = next(line for line in events(study.root) if line["act"] == Act.EXPORT)
    assert (last["for"], last["role"], last["format"], last["rows"]) == ("王五", "analyst", "sav", 5)


def test_bad_arguments(study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.sav").write_bytes(b"old")
    command = ["export", str(study.root), "--format", "sav", "--out", str(tmp_path / "a.sav")]
    assert cli.main(command) == 2
    assert (tmp_path / "a.sav").read_bytes() == b"old"
    assert cli.main([*command, "--overwrite", "--wave", "W9"]) == 2
    assert "没有这个调查轮次" in capsys.readouterr().err
    empty = init_study(tmp_path / "empty")
    assert cli.main(["export", str(empty), "--format", "sav", "--out", str(tmp_path / "b.sav")]) == 2
    assert "还没有任何答卷" in capsys.readouterr().err


def test_many_missing_codes_become_a_range(tmp_path: Path) -> None:

    labels = {1: "a", 96: "b", 97: "c", 98: "d", 99: "e", -2: "未答"}
    assert missing_ranges(ExportVariable("A", "", "code", labels, (-2, 96, 97, 98, 99))) == [{"lo": 96, "hi": 99}, -2]
    assert missing_ranges(ExportVariable("A", "", "code", labels, (-2, 98, 99))) == [-2, 98, 99]


def test_the_sample_survives_three_formats(tmp_path: Path) -> None:
    first = wm_study(tmp_path / "one")
    ingest.import_files(first, [EXPORTS / "kobo_export.csv"], "W1")
    store = ResponseStore(first.root / "store")
    dataset = dataset_of(first, store.read(), store.texts())
    write_sav(dataset, tmp_path / "a.sav")
    write_dta(dataset, tmp_path / "a.dta")
    second = replace(load_study(init_study(tmp_path / "two")), questionnaire=first.questionnaire, waves=first.waves)
    ingest.import_files(second, [tmp_path / "a.sav"], "W1")
    again = ingest.import_files(second, [tmp_path / "a.dta"], "W1")
    assert (again.version, again.preview.unchanged) == (None, 14)
    assert content(second) == content(first)
