"""What is over goes, wherever it lies, and nothing else; what stays is whole, also after an interruption."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cli
from reports.health.verification import verify
from reports.retention import deletion
from reports.retention.deletion import Deleted, Wanted, delete_due
from reports.retention.due import Due, due, next_end, overdue, places
from reports.retention.summaries import kept_summaries
from reports.sample import gather
from reports.selection import Selection
from survey.collect.draining.drain import drain
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.links.keys import seals_of
from survey.collect.links.revocations import read_revocations
from survey.collect.links.seals import Invitation
from survey.errors import ArgumentError, SiluError, StoreError, StudyError
from survey.importing import ingest
from survey.importing.mending.row_check import changed_responses
from survey.storage.deletion import wave_parts
from survey.storage.deletion.retention_log import FILE, HOLD, RELEASE, held, lines, note
from survey.storage.integrity.erasures import erased
from survey.storage.store import ResponseStore
from survey.study.retention import OF_A_WAVE, Kind
from survey.study.study import Study, load_study
from tests.reports.retention.kept_study import (
    ANSWERS,
    END,
    SECRETS,
    WORDS,
    fill,
    found_in,
    make_study,
    submission,
    table,
)

DAY = timedelta(days=1)
CONTACTS_OVER, ALL_OVER = END + 91 * DAY, date(2029, 3, 15)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    fill(make_study(folder / "town"))
    return folder


@pytest.fixture
def study(filled: Path, tmp_path: Path) -> Study:
    shutil.copytree(filled, tmp_path / "copy")
    return load_study(tmp_path / "copy" / "town")


def delete(study: Study, today: date, **wanted: bool) -> Deleted:
    return delete_due(study, who="李四", why="到期", today=today, wanted=Wanted(**wanted))


def kinds(study: Study, today: date) -> list[Kind]:
    with places(study, today) as at:
        return [one.kind for one in due(at)]


def clean(study: Study) -> None:
    """Nothing of the study is other than it was written, but for what was erased."""
    found = verify(study, seal=False)
    assert [(fault.path, fault.what) for fault in found.faults] == []


def answered(study: Study) -> list[dict[str, Any]]:
    rows = ResponseStore(study.root / "store").read().to_pylist()
    return sorted(rows, key=lambda row: str(row["response_id"]))


def test_before_the_last_day_is_over_nothing_is_due(study: Study) -> None:
    assert kinds(study, END + 90 * DAY) == []
    assert kinds(study, CONTACTS_OVER) == [Kind.CONTACTS]
    assert kinds(study, date(2029, 3, 14)) == [Kind.CONTACTS]
    assert kinds(study, ALL_OVER) == list(OF_A_WAVE)
    assert delete(study, END + 90 * DAY).done == []
    assert set(found_in(study.root, SECRETS)) == set(SECRETS), "they are there, or the tests below look for nothing"
    with places(study, END) as at:
        assert next_end(at) == ("W1 联系信息", END + 90 * DAY)


def test_contacts_go_from_everywhere_and_the_answers_stay_as_they_are(study: Study) -> None:
    store = ResponseStore(study.root / "store")
    before, version, history = answered(study), store.version, store.history()
    contents = {number: store.read(["response_id", "A1"], version=number).num_rows for number in range(1, version + 1)}
    done = delete(study, CONTACTS_OVER)
    assert [one.kind for one in done.done] == [Kind.CONTACTS]
    assert done.left == ()
    assert found_in(study.root, SECRETS) == {}
    after = answered(study)
    emptied = {"interviewer", "ip_key", "device_key", "row_hash"}
    assert [{key: value for key, value in row.items() if key not in emptied} for row in after] == [
        {key: value for key, value in row.items() if key not in emptied} for row in before
    ]
    assert all(row[name] is None for row in after for name in ("interviewer", "ip_key", "device_key"))
    assert (store.version, len(store.history())) == (version, len(history)), (
        "no new version, every figure keeps its own"
    )
    assert store.lost() == frozenset()
    assert {number: store.read(["response_id", "A1"], version=number).num_rows for number in contents} == contents
    assert {text["text"] for text in store.texts().to_pylist()} == set(WORDS)
    assert store.rejected().num_rows == 0
    clean(study)
    assert kinds(study, CONTACTS_OVER) == []


def test_what_is_over_is_gone_and_its_summary_stays(study: Study) -> None:
    rates = gather(study, Selection(mode="household")).estimates(
        Selection(("W1",), "household", items=("A1",))
    ).table["estimate"].tolist()  # fmt: skip
    done = delete(study, ALL_OVER)
    assert {one.kind for one in done.done} == set(OF_A_WAVE)
    assert done.left == ()
    assert found_in(study.root, (*SECRETS, *WORDS)) == {}
    store = ResponseStore(study.root / "store")
    assert store.read().num_rows == 0
    assert list((study.root / "store").rglob("*.parquet")) == []
    assert list((study.root / "raw").iterdir()) == []
    assert [path.name for path in done.summaries] == ["W1.parquet", "W1.csv"]
    kept = kept_summaries(study)["W1"]
    assert set(kept["mode"]) == {"online", "household"}
    assert rates, "the wave had rates"
    clean(study)
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    assert backend.read(0, 9) == []
    assert backend.reached() == []
    assert drain(study, backend).moved == 0, "nothing comes back"
    backend.close()
    with pytest.raises(StoreError, match="保存期已满"):
        store.read(version=1)


def test_texts_may_go_before_the_answers(tmp_path: Path) -> None:
    study = make_study(tmp_path / "town", "contacts = 30\nraw = 40\ntexts = 50\nanswers = 365")
    fill(study)
    delete(study, END + 41 * DAY)
    assert set(found_in(study.root / "store", WORDS)) == set(WORDS)
    assert list((study.root / "raw").iterdir()) == []
    assert found_in(study.root / "inbox", WORDS) == {}
    clean(study)
    before = answered(study)
    delete(study, END + 51 * DAY)
    assert found_in(study.root, WORDS) == {}
    assert [row["A1"] for row in answered(study)] == [row["A1"] for row in before]
    assert changed_responses(study) == []
    clean(study)


def test_files_whose_columns_cannot_be_emptied_wait_for_a_word(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(study, study.root.parent / "问卷星.xlsx", [71, 72])
    ingest.import_files(study, [path], "W1", mode="household")
    delete(study, CONTACTS_OVER)
    kept = [path for path in (study.root / "raw").iterdir() if path.suffix == ".xlsx"]
    assert len(kept) == 1
    assert kinds(study, CONTACTS_OVER) == [], "it is named once and not overdue for ever"
    assert cli.main(["purge", str(study.root)]) == 0
    assert "有 1 个原始文件（Excel、SPSS 等）含有网络地址" in capsys.readouterr().out
    assert delete(study, CONTACTS_OVER, whole_raw=True).raw == 1
    assert not kept[0].exists()
    clean(study)


def test_an_invitation_that_is_still_good_is_not_good_again(study: Study) -> None:
    delete(study, CONTACTS_OVER)
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    seals = seals_of(study, backend)
    token = seals.invitation(Invitation(1, None, date(2099, 1, 1)))
    assert not backend.spent(token)
    assert read_revocations(backend).invitations == frozenset({1})
    assert backend.recalled("issued/pass/") == {}
    backend.close()


def test_what_is_imported_after_the_contacts_are_over_has_none(study: Study) -> None:
    delete(study, CONTACTS_OVER)
    again = ingest.import_files(study, [study.root.parent / "纸质.csv"], "W1", mode="household")
    assert (again.preview.unchanged, again.version) == (40, None), "the original is known again"
    late = table(study, study.root.parent / "晚到.csv", [61])
    assert ingest.import_files(study, [late], "W1", mode="household").preview.new == 1
    assert pc.count(ResponseStore(study.root / "store").read()["interviewer"]).as_py() == 0


def test_nothing_comes_into_a_wave_whose_answers_are_over(study: Study) -> None:
    delete(study, ALL_OVER)
    with pytest.raises(StudyError, match="保存期已满，已按"):
        ingest.import_files(study, [study.root.parent / "纸质.csv"], "W1", mode="household")
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    backend.write([submission(study)])
    done = drain(study, backend)
    assert (done.moved, done.rejected) == (0, 1)
    backend.close()


class CutError(Exception):
    """The power is gone."""


def interrupted(monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[None]:
    """Deletion ends at the so many-th file that is removed, noted or written anew."""
    seen = 0
    for module, name in (
        (wave_parts, "note_erasure"), (deletion, "note_erasure"), (deletion, "note"), (deletion, "remove_raw"),
        (deletion, "clear_submissions"), (deletion, "drop_wave"), (deletion, "rewrite_wave"), (deletion, "replace_raw"),
        (deletion, "keep_summary"), (Path, "unlink"), (Path, "replace"),
    ):  # fmt: skip
        real = getattr(module, name)

        def cut(*args: Any, real: Any = real, **more: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == at:
                raise CutError
            return real(*args, **more)

        monkeypatch.setattr(module, name, cut)
    yield


@pytest.mark.parametrize(
    "moment", [pytest.param(at, marks=() if at % 15 == 1 else pytest.mark.slow) for at in range(1, 60, 5)]
)
def test_what_was_interrupted_is_finished_by_the_next_run(
    study: Study, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    before = answered(study)
    with monkeypatch.context() as patch:
        for _ in interrupted(patch, moment):
            with suppress(CutError, SiluError):
                delete(study, ALL_OVER)
    fresh = load_study(study.root)
    rows = answered(fresh)
    assert [row["response_id"] for row in rows] in ([], [row["response_id"] for row in before]), "all or nothing"
    done = delete(fresh, ALL_OVER)
    assert done.left == ()
    assert found_in(fresh.root, (*SECRETS, *WORDS)) == {}
    assert set(kept_summaries(fresh)) == {"W1"}
    clean(fresh)


def test_derived_files_and_parts_that_a_repair_set_aside_go_too(study: Study) -> None:
    store = study.root / "store"
    for name in (
        "textcache/a.parquet",
        "copycache/b.parquet",
        "lights/c.json",
        "cells/d.arrow",
        "set_aside/part-1.parquet",
    ):
        (store / name).parent.mkdir(exist_ok=True)
        (store / name).write_bytes(WORDS[0].encode())
    (store / "set_aside" / "responses-1.json").write_text("{}", encoding="utf-8")
    delete(study, ALL_OVER)
    folders = ("textcache", "copycache", "lights", "cells", "set_aside")
    left = {path.name for name in folders for path in (store / name).glob("*")}
    assert left == {"responses-1.json"}


def test_a_part_that_was_set_aside_after_the_contacts_are_over_is_due_later(study: Study) -> None:
    delete(study, CONTACTS_OVER)
    aside = study.root / "store" / "set_aside" / "part-1.parquet"
    aside.parent.mkdir(exist_ok=True)
    aside.write_bytes(b"x")
    day = CONTACTS_OVER + 10 * DAY
    stamp = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    os.utime(aside, (stamp, stamp))
    assert kinds(study, day + 90 * DAY) == []
    assert kinds(study, day + 91 * DAY) == [Kind.CONTACTS]
    delete(study, day + 91 * DAY)
    assert not aside.exists()


def test_a_hold_keeps_everything_and_is_logged(study: Study, capsys: pytest.CaptureFixture[str]) -> None:
    hold = ["purge", str(study.root), "--who", "王五", "--why", "审计署调阅"]
    assert cli.main([*hold[:2], "--hold"]) == 2
    assert "要写明经办人和理由" in capsys.readouterr().err
    assert cli.main([*hold, "--hold"]) == 0
    assert held(study.root) == "审计署调阅"
    with pytest.raises(ArgumentError, match="现在暂停删除"):
        delete(study, ALL_OVER)
    assert set(found_in(study.root, SECRETS)) == set(SECRETS)
    assert overdue(study, ALL_OVER) == ""
    assert cli.main([*hold, "--release"]) == 0
    assert delete(study, ALL_OVER).done
    said = [(line["what"], line["who"]) for line in lines(study.root) if line["what"] in (HOLD, RELEASE)]
    assert said == [(HOLD, "王五"), (RELEASE, "王五")]


def test_a_hold_in_study_toml_counts_too(tmp_path: Path) -> None:
    study = make_study(tmp_path / "town", 'hold = "诉讼"')
    note(study.root, RELEASE, "王五", "x")
    with pytest.raises(ArgumentError, match="暂停删除"):
        delete(study, ALL_OVER)


def test_a_hold_that_is_set_meanwhile_stops_what_is_not_done_yet(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    real = deletion.STEPS[Kind.ANSWERS]

    def hold(*args: Any) -> None:
        real(*args)
        note(study.root, HOLD, "王五", "审计")

    monkeypatch.setattr(deletion, "STEPS", {**deletion.STEPS, Kind.ANSWERS: hold})
    with pytest.raises(ArgumentError, match="暂停删除"):
        delete(study, ALL_OVER)
    assert set(found_in(study.root / "raw", WORDS)) == set(WORDS)


def test_every_deletion_is_logged_with_who_and_how_much(study: Study) -> None:
    delete(study, ALL_OVER)
    logged = [line for line in lines(study.root) if line["what"] == "purge"]
    assert [line["kind"] for line in logged] == ["answers", "texts", "raw", "contacts"]
    assert all((line["who"], line["why"], line["wave"]) == ("李四", "到期", "W1") for line in logged)
    assert logged[0]["rows"] > 0
    assert erased(study.root / "store").kinds == {"W1": frozenset(OF_A_WAVE)}
    assert not any(name in (study.root / FILE).read_text(encoding="utf-8") for name in (*SECRETS, *WORDS))


def test_nobody_and_no_reason_delete_nothing(study: Study) -> None:
    for who, why in (("", "到期"), ("李四", " ")):
        with pytest.raises(ArgumentError, match="经办人和理由"):
            delete_due(study, who=who, why=why, today=ALL_OVER)
    assert set(found_in(study.root, SECRETS)) == set(SECRETS)


def test_without_a_summary_the_answers_stay_unless_somebody_says_so(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise StudyError("人口结构不对", cure="核对 margins.csv")

    monkeypatch.setattr("reports.retention.summaries.summary", broken)
    with pytest.raises(StudyError, match="汇总表做不出来，这一轮的答卷没有删除") as told:
        delete(study, ALL_OVER)
    assert "--no-summary" in str(told.value)
    assert answered(study)
    assert delete(study, ALL_OVER, summary=False).summaries == []
    assert answered(study) == []


def test_only_the_waves_that_are_over_are_touched(tmp_path: Path) -> None:
    second = '[[waves]]\nname = "W2"\ntitle = "二"\nstart = 2028-01-01\nend = 2028-12-31\nmodes = ["household"]'
    study = make_study(tmp_path / "town", waves=second)
    fill(study)
    path = table(study, study.root.parent / "二.csv", [51, 52], H1="第二轮的话")
    path.write_text(path.read_text(encoding="utf-8").replace(",W1,", ",W2,"), encoding="utf-8")
    ingest.import_files(study, [path], "W2", mode="household")
    delete(study, ALL_OVER)
    rows = answered(study)
    assert [(row["wave"], row["interviewer"]) for row in rows] == [("W2", "访员乙")] * 2
    assert set(found_in(study.root / "raw", ("访员乙", "第二轮的话"))) == {"访员乙", "第二轮的话"}
    clean(study)


def test_a_shorter_promise_of_the_form_counts(study: Study) -> None:
    from survey.collect.form.promises import note_promise, promised

    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    short = make_study(study.root.parent / "short", "contacts = 30\nraw = 60\ntexts = 60\nanswers = 60")
    note_promise(backend, short, END)
    note_promise(backend, study, END)
    assert promised(backend)["W1"] == {"contacts": 30, "raw": 60, "texts": 60, "answers": 60}
    note_promise(backend, study, END + DAY)
    backend.close()
    assert kinds(study, END + 61 * DAY) == list(OF_A_WAVE)


def test_logs_go_by_their_last_line(study: Study) -> None:
    folder = study.root / "log"
    folder.mkdir(exist_ok=True)
    (folder / "views-20250101T000000000000.jsonl").write_text('{"at": "2026-01-01T00:00:00+00:00"}\n', encoding="utf-8")
    (folder / "views.jsonl").write_text('{"at": "2026-01-01T00:00:00+00:00"}\n{"at": "2028-01-02T00:00:00+00:00"}\n')
    day = date(2028, 1, 2)
    with places(study, day) as at:
        (logs,) = [one for one in due(at) if one.kind is Kind.LOGS]
    assert (logs.held.files, logs.until) == (1, day - 731 * DAY)
    delete(study, day)
    names = sorted(path.name for path in folder.glob("views*"))
    assert len(names) == 1
    assert names[0].startswith("views-20"), "one that began long ago is put aside"


def test_doctor_and_dry_run_say_what_is_overdue(
    study: Study, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "保存期已满、还没有删除：W1 联系信息，最早的一项保存到 2027-06-12" in overdue(study, CONTACTS_OVER)
    past = study.root / "study.toml"
    past.write_text(past.read_text(encoding="utf-8").replace("2027-03-14", "2026-01-20", 1), encoding="utf-8")
    assert cli.main(["purge", "--dry-run", str(study.root)]) == 3
    out = capsys.readouterr().out
    assert "W1 联系信息　保存到 2026-04-20" in out
    assert "只列出，没有删除" in out
    cli.main(["doctor", str(study.root)])
    assert "× 保存期限：保存期已满" in capsys.readouterr().out
    assert cli.main(["purge", str(study.root), "--yes", "--who", "李四", "--why", "到期"]) == 0
    out = capsys.readouterr().out
    assert "已删除：" in out
    assert "--keep" in out
    assert cli.main(["purge", str(study.root), "--dry-run"]) == 0
    cli.main(["doctor", str(study.root)])
    assert "√ 保存期限" in capsys.readouterr().out


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-400, 1200))
def test_what_is_due_only_grows_with_time(empty: Study, days: int) -> None:
    """Whatever the clock says, nothing is due that was not due a day later."""
    with places(empty, END + days * DAY) as now, places(empty, END + (days + 1) * DAY) as later:
        for kind in OF_A_WAVE:
            ended = {wave.name for wave, _ in now.ended(kind)}
            assert ended <= {wave.name for wave, _ in later.ended(kind)}
            assert bool(ended) == (END + days * DAY > empty.retention.last_day(kind, END))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("empty") / "town")


def test_an_empty_study_has_nothing_to_delete(empty: Study) -> None:
    assert delete(empty, ALL_OVER).done == []
    assert not (empty.root / "inbox" / "inbox.sqlite").exists()


def test_due_is_spoken() -> None:
    held_nothing = wave_parts.Held()
    assert Due(Kind.LOGS, "", END, held_nothing).label == "查看和导出记录"
    assert Due(Kind.CONTACTS, "W1", END, held_nothing).label == "W1 联系信息"
    assert ANSWERS
