"""Lights are derived ahead of time, and void only where their answers changed."""

import shutil
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import cli
from reports.counted import cells, kept_correlations
from reports.fieldwork import area_lights, background, deriving, weighting
from reports.fieldwork.area_lights import UNCHECKED, lights, provisional, red_areas
from reports.fieldwork.data_quality import Fieldwork, fieldwork
from reports.fieldwork.decide import left_out
from reports.fieldwork.deriving import WAITING, Derived, derive, is_kept, rounds
from reports.fieldwork.kept_lights import Round, keep_units, path_of, read_units
from reports.sample import StudySample, gather
from reports.selection import Selection
from reports.verdicts import judged
from reports.voices import reading, summing
from reports.voices.open_answers import open_questions
from survey.host.access import Role
from survey.host.disk import locked
from survey.storage.import_batch import TEXTS, ImportBatch
from survey.storage.store import ResponseStore
from survey.study.burst_log import BurstLog, Found
from survey.study.study import Study, load_study
from tests.city_folder import imported_city


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city with the lights of its three rounds."""
    root = imported_city(
        tmp_path_factory.mktemp("derived") / "city", districts=3, streets_per_district=2, communities_per_street=2,
        texts=False,
    )  # fmt: skip
    assert derive(load_study(root)) == Derived(cells=0, lights=3)
    return root


@pytest.fixture
def study(derived: Path, tmp_path: Path) -> Study:
    """A copy of it that a test may change."""
    shutil.copytree(derived, tmp_path / "city")
    return load_study(tmp_path / "city")


def test_the_newest_wave_comes_first(derived: Path) -> None:
    asked = [(one.wave, one.mode) for one in rounds(load_study(derived))]
    assert asked == [("W2", "household"), ("W2", "online"), ("W1", "household")]


def test_a_large_study_without_texts_is_derived_once(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (deriving, reading, summing):
        monkeypatch.setattr(module, "LARGE", 0)
    assert derive(study).texts == len(open_questions(study)) > 0
    assert derive(study) == Derived(0, 0, 0)


def test_where_nobody_wrote_no_answer_is_read_for_texts(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fieldwork, "_say", lambda own: pytest.fail("read the answers beside texts that are not there"))
    found = fieldwork(study, "W2", "household").summary()
    assert len(found) > 5
    assert "sayings" not in found["check"].tolist()


def test_the_command_says_how_much_it_did(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    path_of(study, next(rounds(study))).write_text("{", encoding="utf-8")
    for expected in ("新汇总了 0 轮的答卷；真实性检查新算了 1 项", "汇总、真实性检查和留言都已算好"):
        assert cli.main(["derive", "--study", str(study.root)]) == 0
        assert expected in capsys.readouterr().out


def test_lights_read_no_responses_whose_counts_are_kept(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "KEEP_FROM", 1)
    one = next(rounds(study))
    found = {by: area_lights.lights(study, one, by) for by in ("district", "street")}
    derive(study)
    monkeypatch.setattr(cells, "count_parts", lambda parts, _: pytest.fail("counted again") if parts else iter(()))
    assert {by: area_lights.lights(study, one, by) for by in found} == found


def test_what_pages_show_of_large_waves_is_kept(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deriving, "LARGE", 0)
    monkeypatch.setattr(kept_correlations, "KEEP_FROM", 1)
    one = next(rounds(study))
    asked = Selection(waves=(one.wave,), mode=one.mode, version=one.version, role=Role.ANALYST, scope=None)
    first = weighting.weight_spreads(study, asked)
    shutil.rmtree(study.root / "store" / "lights")
    derive(study)
    monkeypatch.setattr(weighting, "_spreads", lambda *_: pytest.fail("weighted again"))
    monkeypatch.setattr(Fieldwork, "_check", lambda _: pytest.fail("checked again"))
    assert weighting.weight_spreads(study, asked) == first
    assert len(first) == 1
    assert len(fieldwork(study, one.wave, one.mode).summary())


def test_a_page_of_checks_reads_no_answers(study: Study) -> None:
    work = fieldwork(study, "W2", "household")
    name = work.rows["response_id"][0].as_py()
    work.decisions.exclude([name], wave="W2", who="甲", why="复访不符")
    again = fieldwork(study, "W2", "household")
    assert left_out(again) == 1
    assert again.read("psu").column_names == ["response_id", "wave", "mode", "psu"]
    assert "rows" not in vars(again)


def test_deleting_what_was_derived_changes_nothing(study: Study) -> None:
    one = next(rounds(study))
    first = lights(study, one)
    shutil.rmtree(study.root / "store" / "lights")
    assert lights(study, one) == first


def test_a_commit_voids_only_the_wave_that_it_changed(study: Study) -> None:
    store = ResponseStore(study.root / "store")
    before = {one.wave: path_of(study, one) for one in rounds(study) if one.mode == "household"}
    version = store.undo(who="张三", why="测试")
    after = {one.wave: path_of(study, one) for one in rounds(study, version) if one.mode == "household"}
    changed = {wave for wave in after if after[wave] != before[wave]}
    assert len(changed) < len(before)
    again = store.undo(who="张三", why="测试", to=version - 1)
    assert {one.wave: path_of(study, one) for one in rounds(study, again) if one.mode == "household"} == before


def test_a_commit_leaves_what_another_mode_and_wave_were_flagged_for(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {(one.wave, one.mode): fieldwork(study, one.wave, one.mode).summary() for one in rounds(study)}
    kept = {(one.wave, one.mode): path_of(study, one) for one in rounds(study)}
    store = ResponseStore(study.root / "store")
    rows = store.read(waves=["W2"])
    rows = rows.filter(pc.equal(rows["mode"], "online")).slice(0, 5)
    names = pa.array([f"more-{at}" for at in range(rows.num_rows)])
    rows = rows.set_column(rows.schema.get_field_index("response_id"), "response_id", names)
    store.commit(ImportBatch("W2", rows, TEXTS.empty_table(), pa.table({})), expected=store.version)
    changed = {key for key, path in kept.items() if path_of(study, Round(int(store.version or 0), *key)) != path}
    assert changed == {("W2", "online")}
    checked: list[str] = []
    real = Fieldwork._counted
    monkeypatch.setattr(Fieldwork, "_counted", lambda work: checked.append(work.mode) or real(work))
    for (wave, mode), table in before.items():
        found = fieldwork(study, wave, mode).summary()
        if mode == "household":
            pd.testing.assert_frame_equal(found, table, check_exact=True)
    assert checked == ["online"]


def test_a_burst_voids_its_wave(study: Study) -> None:
    one = Round(int(ResponseStore(study.root / "store").version or 0), "W2", "online")
    rows = ResponseStore(study.root / "store").read(["response_id", "wave", "mode", "submitted"], waves=["W2"])
    some = next(row for row in rows.to_pylist() if row["mode"] == "online")
    assert is_kept(study, one)
    BurstLog(study.root / "bursts.sqlite").set_apart(
        [Found("W2", some["submitted"], some["submitted"], frozenset({some["response_id"]}), "一秒一份")]
    )
    assert not is_kept(study, one)


def redden(study: Study) -> StudySample:
    """Write a red light for all interviewers of one district, as a report would; return the sample."""
    one = next(rounds(study))
    rows = ResponseStore(study.root / "store").read(waves=["W2"]).to_pandas()
    home = rows["psu"].map(study.areas.frame.set_index("psu")["district"])
    people = rows.loc[home == study.areas.districts[0], "interviewer"].dropna().unique()
    found = read_units(path_of(study, one))
    assert found is not None
    keep_units(path_of(study, one), type(found)({"red": frozenset(people)}, {}))
    return gather(study, Selection(mode="household"))


def test_a_verdict_before_the_checks_is_never_shown_as_final(study: Study) -> None:
    final = redden(study)
    early = provisional(final, frozenset({"W2"}))
    assert (red_areas(early, ("W2",)), red_areas(final, ("W2",))) == (frozenset(), {study.areas.districts[0]})
    assert UNCHECKED in early.exclusions
    assert UNCHECKED not in final.exclusions
    asked = Selection(("W2",), "household").asking(["E0"], ("district",))
    said = [judged(sample, asked).table.set_index("district")["reason"] for sample in (early, final)]
    assert [str(one[study.areas.districts[0]]) for one in said] != ["", ""]
    assert str(said[0][study.areas.districts[0]]) != str(said[1][study.areas.districts[0]])


def test_a_wave_that_is_checked_is_not_provisional(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = gather(study, Selection(mode="household"))
    assert provisional(sample, frozenset({"W9"})) is sample
    monkeypatch.setattr(area_lights, "lights", lambda *_: pytest.fail("asked for the lights of an unchecked wave"))
    assert red_areas(provisional(sample, frozenset({"W1", "W2"})), ()) == frozenset()


def test_the_report_of_the_checks_is_kept_with_the_lights(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    work = fieldwork(study, "W2", "household")
    first, path = work._inspect(), path_of(study, Round(work.version, "W2", "household")).with_suffix(".arrow")
    with monkeypatch.context() as patch:
        patch.setattr(Fieldwork, "_inspect", lambda _: pytest.fail("checked what is kept"))
        again = work.integrity()
    assert again.meta == first.meta
    for name in ("interviewers", "areas", "evidence"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(first, name), check_exact=True)
    path.unlink()
    pd.testing.assert_frame_equal(work.integrity().evidence, first.evidence, check_exact=True)
    assert path.exists()


@pytest.mark.parametrize("how", ["cut", "flipped", "empty"])
def test_a_damaged_report_is_named_and_made_again(study: Study, how: str, caplog: pytest.LogCaptureFixture) -> None:
    work = fieldwork(study, "W2", "online")
    path = path_of(study, Round(work.version, "W2", "online")).with_suffix(".arrow")
    content = path.read_bytes()
    middle = len(content) // 2
    flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    path.write_bytes({"cut": content[:-50], "flipped": flipped, "empty": b""}[how])
    assert len(work.integrity().evidence)
    assert path.name in caplog.text
    assert path.read_bytes() == content


def test_a_commit_starts_what_large_waves_lack_and_only_one_run_waits(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = next(rounds(study))
    path_of(study, one).unlink()
    assert background.start_after_commit(study) is None  # pages compute so few answers themselves
    monkeypatch.setattr(deriving, "LARGE", 0)
    with locked(study.root / "store" / "lights" / WAITING):
        crowd = background.start_after_commit(study)
        assert crowd is not None
        assert (crowd.wait(120), is_kept(study, one)) == (0, False)
    process = background.start_after_commit(study)
    assert process is not None
    assert (process.wait(120), is_kept(study, one)) == (0, True)
    assert background.start_after_commit(study) is None
