"""Kept summaries: a new process shows the same numbers without the answers, and makes again what is damaged."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from reports.fieldwork.data_quality import Fieldwork, fieldwork
from reports.selection import Selection
from reports.voices import open_answers, reading, summing
from reports.voices.asked import TextSelection, counts_once
from reports.voices.columns import scope_of
from reports.voices.copies import MOST, copied, copies_note
from reports.voices.finding import finding
from reports.voices.kept import made
from reports.voices.listed import Wanted, comments_of
from reports.voices.open_answers import OpenAnswers, load_answers
from reports.voices.shares import distinct_words, kinds, named, satisfied_among, theme_shares
from survey.host.access import Role
from survey.quality.exclusions import decisions_of
from survey.storage.files import remove_caches
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.study import Study, load_study

ITEM, KINDS = "H1", ("*.summary", "*.list")
ASKED = TextSelection(Selection(waves=("W2",), mode="household"), ITEM)
WOMEN = replace(ASKED, selection=replace(ASKED.selection, conditions=(("sex", ("女",)),)))


@pytest.fixture(scope="module", autouse=True)
def small_is_large() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reading, "LARGE", 0)
        patched.setattr(summing, "LARGE", 0)
        patched.setattr("reports.counted.kept_correlations.KEEP_FROM", 0)
        yield


@pytest.fixture(scope="module")
def summed(city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study whose answers are read and summed up."""
    root = Path(shutil.copytree(city, tmp_path_factory.mktemp("summed") / "city"))
    version = ResponseStore(root / "store").version
    assert version is not None
    reading.read_ahead(load_study(root), version)
    return root


def shown(study: Study, answers: OpenAnswers) -> list[object]:
    """Return what the page shows of everybody, and of women."""
    seen: list[object] = [counts_once(answers, ASKED), str(finding(study, answers, ASKED)), answers.by_people]
    for asked in (ASKED, WOMEN):
        shares = theme_shares(study, answers, asked)
        seen += [shares.estimates.table, shares.provenance.strip, kinds(study, answers, asked)]
        seen += [str(copies_note(study, answers, asked, effect=False))]
        seen += [comments_of(study, answers, asked, one) for one in (Wanted(), Wanted(search="小区"))]
    return [*seen, distinct_words(study, answers, ASKED), copied(study, answers, ASKED)]


def same(one: list[object], other: list[object]) -> None:
    assert len(one) == len(other)
    for mine, theirs in zip(one, other, strict=True):
        if isinstance(mine, pd.DataFrame) and isinstance(theirs, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, theirs, check_exact=True)
        else:
            assert mine == theirs


def test_a_new_process_needs_no_answers(summed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = load_study(summed)
    with monkeypatch.context() as patched:
        patched.setattr(open_answers, "_reading", lambda *_: pytest.fail("the answers were loaded"))
        kept = shown(study, load_answers(study, ITEM))
    here = Path(shutil.copytree(summed, summed.parent / "bare"))
    remove_caches(here / "store")
    bare = load_study(here)
    same(kept, shown(bare, load_answers(bare, ITEM)))


@pytest.mark.parametrize("most", [1, pytest.param(None, marks=pytest.mark.slow)])
def test_a_summary_that_was_deleted_is_missing(
    summed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int | None
) -> None:
    """One of each kind is deleted; slow: each of them."""
    root = Path(shutil.copytree(summed, tmp_path / "city"))
    study, version = load_study(root), ResponseStore(root / "store").version
    assert version is not None
    assert reading.read_ahead(study, version) == 0
    there = list[bool]()
    for kind, again in (("*.summary", True), ("*.list", True), ("*.arrow", False)):
        files = sorted((root / "store" / "textcache").glob(kind))
        assert files
        for file in files[:most]:
            marks = (root / "store" / "themecache").glob("*.read")
            questions = sum(file.name[:32] in mark.read_text(encoding="utf-8") for mark in marks)  # they share some
            file.unlink()
            if not questions and most is None:  # it was made for another summary, which is there
                continue
            with monkeypatch.context() as patched:
                if again:  # the answers are there: none is read
                    patched.setattr(made, "_coded", lambda *_: pytest.fail("the texts were read"))
                assert reading.read_ahead(study, version) == questions > 0
            marks = (root / "store" / "themecache").glob("*.read")
            asked = any(file.name[:32] in mark.read_text(encoding="utf-8") for mark in marks)  # not for another summary
            there.append(any((root / "store" / "textcache").glob(f"{file.name[:32]}*")))
            assert there[-1] == asked
        assert reading.read_ahead(study, version) == 0
    assert sum(there) > len(there) / 2


def test_what_was_not_summed_up_is_kept_once_it_is_asked_for(summed: Path, tmp_path: Path) -> None:
    study = load_study(Path(shutil.copytree(summed, tmp_path / "city")))
    answers = load_answers(study, ITEM)
    for asked in (ASKED.in_wave("W1"), replace(ASKED, once=not counts_once(answers, ASKED))):
        linked = [satisfied_among(study, one, asked) for one in (answers, load_answers(study, ITEM))]
        shares = [theme_shares(study, one, asked, ("district",)) for one in (answers, load_answers(study, ITEM))]
        for first, again in (linked, shares):
            assert first is not None
            assert again is not None
            pd.testing.assert_frame_equal(first.estimates.table, again.estimates.table, check_exact=True)
            assert np.isfinite(first.estimates.table["estimate"]).any()


def test_named_places_are_kept_until_somebody_moves(
    summed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = load_study(Path(shutil.copytree(summed, tmp_path / "city")))
    first = named(study, load_answers(study, ITEM), ASKED)
    assert len(first)
    with monkeypatch.context() as patched:
        patched.setattr(open_answers, "_reading", lambda *_: pytest.fail("the answers were loaded"))
        pd.testing.assert_frame_equal(named(study, load_answers(study, ITEM), ASKED), first)
    frame = study.areas.frame.assign(district="新区")
    moved = replace(
        study, areas=replace(study.areas, points=tuple(replace(one, district="新区") for one in study.areas.points))
    )
    assert moved.areas.frame["district"].tolist() == frame["district"].tolist()
    assert set(named(moved, load_answers(moved, ITEM), ASKED)["district"]) == {"新区"}


def test_the_largest_groups_of_copies_are_listed(summed: Path) -> None:
    study = replace(load_study(summed), suppression=2)
    answers = load_answers(study, ITEM)
    rows = answers.table.select(["wave", "response_id", "text"]).to_pandas().assign(group=answers.copies.group)
    rows = rows[(rows["wave"] == "W2") & (rows["group"] >= 0)]
    sizes = rows.groupby("group")["response_id"].nunique()
    found = copied(study, answers, ASKED)
    assert found["人数"].tolist() == sorted(sizes[sizes >= 2], reverse=True)[:MOST]
    assert len(found) > 1
    reader = replace(ASKED, selection=replace(ASKED.selection, role=Role.LEADER))
    assert list(copied(study, answers, reader)) == list(found)[:1]


def test_damaged_files_are_made_again(summed: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(summed, tmp_path / "city"))
    study = load_study(root)
    before = shown(study, load_answers(study, ITEM))
    files = [path for kind in KINDS for path in (root / "store" / "textcache").glob(kind)]
    assert files
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    same(before, shown(study, load_answers(study, ITEM)))


def test_an_excluded_response_is_in_no_summary(summed: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(summed, tmp_path / "city"))
    study = replace(load_study(root), without_excluded=True)
    answers, asked = (
        load_answers(study, ITEM),
        replace(ASKED, selection=replace(ASKED.selection, without_excluded=True)),
    )
    before = kinds(study, answers, asked).set_index("kind")["n"]
    people = ResponseStore(root / "store").read(["response_id", "mode"], waves=["W2"]).to_pylist()
    asked_at_home = {row["response_id"] for row in people if row["mode"] == "household"}
    wrote = answers.table.filter(answers.table["says"]).select(["response_id", "wave"]).to_pylist()
    name = next(row["response_id"] for row in wrote if row["wave"] == "W2" and row["response_id"] in asked_at_home)
    decisions_of(study).exclude([name], wave="W2", who="甲", why="复访不符")
    after = kinds(study, load_answers(study, ITEM), asked).set_index("kind")["n"]
    assert after["says"] == before["says"] - 1


def test_what_texts_add_to_the_checks_outlasts_answers_elsewhere(
    summed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(summed, tmp_path / "city"))
    before = {wave: fieldwork(load_study(root), wave, "household").summary() for wave in ("W1", "W2")}
    assert "sayings" in before["W1"]["check"].tolist()
    store = ResponseStore(root / "store")
    rows = store.read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "household")).slice(0, 2)
    rows = rows.set_column(rows.column_names.index("import_id"), "import_id", pa.array(["more", "more"]))
    rows = rows.set_column(rows.column_names.index("response_id"), "response_id", pa.array(["new1", "new2"]))
    store.commit(ImportBatch("W2", rows, TEXTS.empty_table(), pa.table({})), expected=store.version)
    study, say = load_study(root), Fieldwork._say
    assert store.version is not None
    reading.read_ahead(study, store.version)
    said = list[Fieldwork]()
    monkeypatch.setattr(Fieldwork, "_say", lambda own: said.append(own) or say(own))
    scopes = [scope_of(study, ITEM, version=store.version, wave="W1", mode=mode) for mode in ("household", "phone")]
    assert scopes[0]
    assert scopes[1] == ""
    after = {wave: fieldwork(study, wave, "household").summary() for wave in before}
    assert not said
    assert after["W1"].equals(before["W1"])
    last = [each["W2"].set_index("check").loc["sayings"] for each in (before, after)]
    assert last[0]["n"] == last[1]["n"]
    assert last[0]["share"] > last[1]["share"] > 0
    shutil.rmtree(root / "store" / "lights")
    remove_caches(root / "store")
    assert scope_of(study, ITEM, version=store.version, wave="W1", mode="household") is None
    for wave, found in after.items():
        assert fieldwork(study, wave, "household").summary().equals(found)
    assert len(said) == 2
