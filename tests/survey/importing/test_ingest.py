"""Imports end to end: samples equal the truth, repeats change nothing, changed rows replace, bad input is rejected."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.errors import ArgumentError, CodingError, ReadError, SiluError, StoreError
from survey.importing import ingest
from survey.readers.cells.issues import IssueCode
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import EXPORTS, HEADING, answer, make_study, wm_study, write_csv, write_xlsx

GRID = ("q5.env", "q5.traffic", "q5.service", "q5.community")
SAMPLES = (
    "wjx_123456_按文本_14_14.xlsx",
    "wjx_text_gb18030.csv",
    "wjx_text_utf8bom.csv",
    "wjx_123456_按序号_14_14.xlsx",
    "wjx_old_序号.xls",
)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def store(study: Study) -> ResponseStore:
    return ResponseStore(study.root / "store")


def numbers(done: ingest.Imported) -> tuple[int, int, int, int]:
    found = done.preview
    assert found.rows_in == found.new + found.unchanged + found.changed + found.rejected
    return found.new, found.unchanged, found.changed, found.rejected


def load(study: Study, folder: Path, rows: list[dict[str, str]], **options: Any) -> ingest.Imported:
    return ingest.import_files(study, [write_csv(folder / "a.csv", rows)], "W1", **options)


def as_truth(study: Study) -> list[dict[str, str]]:
    """The stored answers in the form of truth.csv."""
    rows = sorted(store(study).read().to_pylist(), key=lambda row: int(row["response_id"].rpartition("-")[2]))
    texts = {(text["response_id"], text["item"]): text["text"] for text in store(study).texts().to_pylist()}
    return [_truth_row(number, row, texts) for number, row in enumerate(rows, start=1)]


def _truth_row(number: int, row: dict[str, Any], texts: dict[tuple[str, str], str]) -> dict[str, str]:
    chosen = [code for code in (*range(1, 9), 97) if row[f"q2.{code}"] == 1]
    values = {
        "id": f"r{number:03d}",
        "submitted": str(row["submitted"]),
        "duration": str(row["seconds"]),
        "q2": "|".join("other" if code == 97 else str(code) for code in chosen),
        "q2_other": texts.get((row["response_id"], "q2.other"), ""),
        "q7": texts.get((row["response_id"], "q7"), ""),
    }
    names = (
        "s1",
        "age",
        "q1",
        "q3",
        "q4",
        "q5.env",
        "q5.traffic",
        "q5.service",
        "q5.community",
        "q6",
        "d1",
        "d2",
        "d3",
    )
    return values | {name: "" if row[name] is None else str(row[name]) for name in names}


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_equals_the_truth(name: str, tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    done = ingest.import_files(study, [EXPORTS / name], "W1")
    assert numbers(done) == (14, 0, 0, 0)
    notes = {IssueCode.NO_PSU_COLUMN} | ({IssueCode.LOST_TEXT} if "序号" in name else set())
    assert set(done.preview.issue_count) == notes
    with (EXPORTS / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        truth = list(csv.DictReader(file))
    if "序号" in name:  # this kind of file lacks the words after 其他
        truth = [row | {"q2_other": ""} for row in truth]
    made = as_truth(study)
    assert made == [{key: row[key] for key in made[0]} for row in truth]
    assert set(truth[0]) == set(made[0])


def test_all_samples_contain_the_same_fourteen_responses(tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    done = ingest.import_files(study, [EXPORTS / name for name in SAMPLES], "W1")
    assert numbers(done) == (14, 56, 0, 0)
    for name in SAMPLES:  # by-number files lack the words and must not delete them
        assert numbers(ingest.import_files(study, [EXPORTS / name], "W1")) == (0, 14, 0, 0)
    texts = [row["text"] for row in store(study).texts().to_pylist() if row["item"] == "q2.other"]
    assert sorted(texts) == ["村里大喇叭", "网格员上门〖入户〗"]


def test_a_by_text_file_adds_the_words(tmp_path: Path) -> None:
    study = wm_study(tmp_path / "study")
    ingest.import_files(study, [EXPORTS / SAMPLES[3]], "W1")
    assert numbers(ingest.import_files(study, [EXPORTS / SAMPLES[0]], "W1")) == (0, 12, 2, 0)
    assert len([row for row in store(study).texts().to_pylist() if row["item"] == "q2.other"]) == 2


def test_repeated_imports_are_idempotent_and_changed_rows_replace(study: Study, tmp_path: Path) -> None:
    rows = [answer(number, H1=f"意见{number}") for number in range(5)]
    first = load(study, tmp_path, rows, who="张三", note="首批")
    assert numbers(first) == (5, 0, 0, 0)
    again = load(study, tmp_path, rows)
    assert (numbers(again), again.version) == ((0, 5, 0, 0), None)
    rows[2] = answer(2, H1="改过的意见", A1="2", B1="")
    changed = load(study, tmp_path, [*rows, answer(9)])
    assert (numbers(changed), changed.version) == ((1, 4, 1, 0), 2)
    now = {row["response_id"]: row for row in store(study).read().to_pylist()}
    assert len(now) == 6
    assert now["r00002"]["A1"] == 2
    texts = {row["response_id"]: row["text"] for row in store(study).texts().to_pylist()}
    assert (texts["r00002"], texts["r00001"]) == ("改过的意见", "意见1")
    before = {row["response_id"]: row for row in store(study).read(version=1).to_pylist()}
    assert before["r00002"]["A1"] == 1  # the earlier version is kept
    assert {row["response_id"]: row["text"] for row in store(study).texts(version=1).to_pylist()}["r00002"] == "意见2"
    version = store(study).history()[-2]
    assert (version.who, version.note, version.meta["counts"]["new"]) == ("张三", "首批", 5)


def test_only_a_changed_text_is_a_change(study: Study, tmp_path: Path) -> None:
    load(study, tmp_path, [answer(1, H1="好"), answer(2)])
    assert numbers(load(study, tmp_path, [answer(1, H1="不好"), answer(2)])) == (0, 1, 1, 0)
    assert [row["text"] for row in store(study).texts().to_pylist()] == ["不好"]


def test_order_and_file_format_do_not_matter(study: Study, tmp_path: Path) -> None:
    rows = [answer(number, psu=str(990101001001 + number % 2)) for number in range(6)]
    load(study, tmp_path, rows)
    table = [HEADING, *([row[name] for name in HEADING] for row in reversed(rows))]
    done = ingest.import_files(study, [write_xlsx(tmp_path / "b.xlsx", table)], "W1")
    assert numbers(done) == (0, 6, 0, 0)
    places = store(study).read()["psu"].to_pylist()
    assert places == sorted(places)


def test_rejected_rows_are_kept_and_the_raw_file_too(study: Study, tmp_path: Path) -> None:
    done = load(study, tmp_path, [answer(1), answer(2, A1="甲"), answer(3, psu="1")])
    assert numbers(done) == (1, 0, 0, 2)
    kept = store(study).rejected().to_pylist()
    assert [row["row"] for row in kept] == [3, 4]
    raw = study.root / "raw" / f"{done.preview.files[0]['sha256']}.csv"
    assert raw.read_bytes() == (tmp_path / "a.csv").read_bytes()
    store(study).undo(who="x", why="y")
    assert not store(study).rejected().num_rows


def test_all_rejected_leaves_no_version(study: Study, tmp_path: Path) -> None:
    done = load(study, tmp_path, [answer(1, A1="甲")])
    assert (numbers(done), done.version, store(study).version) == ((0, 0, 0, 1), None, None)


def test_ids_in_one_import(study: Study, tmp_path: Path) -> None:
    rows = [answer(1), answer(2), answer(1), answer(3), answer(3, A1="2", B1=""), answer(4)]
    done = load(study, tmp_path, rows)
    assert numbers(done) == (3, 1, 0, 2)
    assert done.preview.issue_count == {IssueCode.DUPLICATE_ID: 2, IssueCode.REPEATED_ROW: 1}
    assert sorted(store(study).read()["response_id"].to_pylist()) == ["r00001", "r00002", "r00004"]
    found = {(issue.code, issue.row, issue.value) for issue in done.preview.issues}
    assert (IssueCode.REPEATED_ROW, 4, "r00001") in found
    assert (IssueCode.DUPLICATE_ID, 5, "r00003") in found
    assert [row["row"] for row in store(study).rejected().to_pylist()] == [5, 6]


def test_duplicates_across_files(study: Study, tmp_path: Path) -> None:
    files = [write_csv(tmp_path / "a.csv", [answer(1), answer(2)]), write_csv(tmp_path / "b.csv", [answer(2, H1="x")])]
    done = ingest.import_files(study, files, "W1")
    assert numbers(done) == (1, 0, 0, 2)
    assert {(row["file"], row["row"]) for row in store(study).rejected().to_pylist()} == {("a.csv", 3), ("b.csv", 2)}


def test_the_same_file_in_another_wave(study: Study, tmp_path: Path) -> None:
    first = study.waves[0]
    two = replace(study, waves=(first, replace(first, name="W2")))
    load(two, tmp_path, [answer(1)])
    with pytest.raises(ReadError, match="另一期"):
        ingest.import_files(two, [tmp_path / "a.csv"], "W2")
    store(two).undo(who="x", why="期次错了")
    assert numbers(ingest.import_files(two, [tmp_path / "a.csv"], "W2")) == (1, 0, 0, 0)
    assert store(two).read()["wave"].to_pylist() == ["W2"]


def test_modes(study: Study, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [answer(1)])
    two = replace(study, waves=(replace(study.waves[0], modes=("household", "online")),))
    with pytest.raises(ArgumentError, match="--mode"):
        ingest.stage(two, [path], "W1")
    with pytest.raises(ArgumentError, match="没有这种调查方式"):
        ingest.stage(two, [path], "W1", mode="post")
    with pytest.raises(SiluError, match="没有这个调查轮次"):
        ingest.stage(two, [path], "W9")
    with pytest.raises(ArgumentError):
        ingest.stage(two, [], "W1")
    assert ingest.stage(two, [path], "W1", mode="online").new == 1


def test_the_mode_can_come_from_the_file(study: Study, tmp_path: Path) -> None:
    two = replace(study, waves=(replace(study.waves[0], modes=("household", "online")),))
    rows = [answer(1) | {"mode": "household"}, answer(2) | {"mode": "网络自填"}, answer(3) | {"mode": ""}]
    made = ingest.import_files(two, [write_csv(tmp_path / "a.csv", rows, (*HEADING, "mode"))], "W1")
    assert numbers(made) == (2, 0, 0, 1)  # the third has no mode, and the wave has two
    assert sorted(store(two).read()["mode"].to_pylist()) == ["household", "online"]


def test_a_file_without_places_is_not_a_probability_sample(study: Study, tmp_path: Path) -> None:
    two = replace(study, waves=(replace(study.waves[0], modes=("household", "online")),))
    path = write_csv(tmp_path / "a.csv", [answer(1), answer(2)], [name for name in HEADING if name != "psu"])
    assert numbers(ingest.import_files(two, [path], "W1", mode="household")) == (0, 0, 0, 2)
    assert numbers(ingest.import_files(two, [path], "W1", mode="online")) == (2, 0, 0, 0)


def test_bad_files_leave_the_store_as_it_was(study: Study, tmp_path: Path) -> None:
    load(study, tmp_path, [answer(1)])
    before = store(study).read().to_pylist()
    good = write_csv(tmp_path / "good.csv", [answer(2)])
    twins = write_csv(tmp_path / "twins.csv", [answer(3)], (*HEADING, "A1"))
    half = tmp_path / "half.xlsx"
    half.write_bytes((EXPORTS / SAMPLES[0]).read_bytes()[:3000])
    for bad, error in ((twins, CodingError), (half, ReadError), (EXPORTS / SAMPLES[2], CodingError)):
        with pytest.raises(error):
            ingest.import_files(study, [good, bad], "W1", mode="household")
    assert store(study).version == 1
    assert store(study).read().to_pylist() == before


def test_a_file_that_changes_while_it_is_imported(study: Study, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [answer(1)])
    preview = ingest.stage(study, [path], "W1")
    write_csv(path, [answer(2)])
    with pytest.raises(StoreError, match="改动"):
        ingest.commit(preview)
    assert store(study).version is None
    assert not list((study.root / "raw").iterdir())


def test_preview_writes_nothing(study: Study, tmp_path: Path) -> None:
    before = sorted(path for path in study.root.rglob("*"))
    shares: list[float] = []
    ingest.stage(
        study, [write_csv(tmp_path / "a.csv", [answer(1)])], "W1", progress=lambda what, share: shares.append(share)
    )
    assert sorted(path for path in study.root.rglob("*")) == before
    assert shares == sorted(shares)


def test_a_concurrent_commit_is_respected(study: Study, tmp_path: Path) -> None:
    mine = ingest.stage(study, [write_csv(tmp_path / "a.csv", [answer(1), answer(2)])], "W1")
    ingest.import_files(study, [write_csv(tmp_path / "b.csv", [answer(2), answer(3)])], "W1")
    done = ingest.commit(mine)
    assert numbers(done) == (1, 1, 0, 0)
    assert sorted(store(study).read()["response_id"].to_pylist()) == ["r00001", "r00002", "r00003"]
    nothing = ingest.stage(study, [write_csv(tmp_path / "c.csv", [answer(4)])], "W1")
    ingest.import_files(study, [tmp_path / "c.csv"], "W1")
    assert ingest.commit(nothing).version is None


def test_a_question_added_later(study: Study, tmp_path: Path) -> None:
    load(study, tmp_path, [answer(1), answer(2)])
    first = study.questionnaire.question("J1")
    item = replace(first.items[0], name="J2", question="J2")
    later = replace(first, name="J2", title="您的政治面貌", role=None, items=(item,))
    wider = replace(
        study, questionnaire=replace(study.questionnaire, questions=(*study.questionnaire.questions, later))
    )
    rows = [{**answer(number), "J2": "男"} for number in (2, 3)]
    done = ingest.import_files(wider, [write_csv(tmp_path / "b.csv", rows, (*HEADING, "J2"))], "W1")
    assert numbers(done) == (1, 0, 1, 0)
    assert sorted(zip(*store(wider).read(["response_id", "J2"]).to_pydict().values(), strict=True)) == [
        ("r00001", None),
        ("r00002", 1),
        ("r00003", 1),
    ]
    assert numbers(load(wider, tmp_path, [answer(1)])) == (0, 1, 0, 0)  # a new, empty column is no change


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["知道", "2", "甲", ""])), min_size=1, max_size=5),
        min_size=1,
        max_size=3,
    )
)
def test_rows_are_stored_unchanged_or_rejected(
    batches: list[list[tuple[int, str]]], tmp_path_factory: pytest.TempPathFactory, study: Study, tmp_path: Path
) -> None:
    shutil.rmtree(study.root / "store", ignore_errors=True)
    model: dict[str, str] = {}
    for batch in batches:
        rows = [answer(number, A1=cell, B1="") for number, cell in batch]
        done = load(study, tmp_path, rows)
        numbers(done)
        usable: dict[str, set[str]] = {}
        for row in rows:
            if row["A1"] != "甲":
                usable.setdefault(row["response_id"], set()).add(row["A1"])
        model |= {name: next(iter(cells)) for name, cells in usable.items() if len(cells) == 1}
        if model:
            codes = {"知道": 1, "2": 2, "": -2}
            stored = store(study).read(["response_id", "A1"]).to_pydict()
            assert dict(zip(stored["response_id"], stored["A1"], strict=True)) == {
                name: codes[cell] for name, cell in model.items()
            }


def test_types_of_the_stored_table(study: Study, tmp_path: Path) -> None:
    load(study, tmp_path, [answer(1)])
    schema = store(study).read().schema
    assert schema.field("A1").type == pa.int8()
    assert schema.field("S1").type == pa.int32()
    assert schema.field("w_fx").type == pa.int64()
    assert schema.field("submitted").type == pa.timestamp("us")
    assert schema.field("wave").type == pa.string()
