"""A stored response that a later file marks as not accepted leaves the store only once a person confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from commands.answers.import_ import show_preview
from reports.data.import_preview import history_table, summary
from reports.data.versions import history
from survey.errors import ArgumentError
from survey.importing import ingest
from survey.importing.confirming.confirmations import Doubt
from survey.importing.mending.rebuild import Recoded, recode, replay
from survey.importing.rejects import outstanding
from survey.readers.cells.issues import IssueCode
from survey.storage.store import ResponseStore
from survey.study.study import Study
from tests.survey.small_study import HEADING, answer, make_study, write_csv


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "study")


def file(path: Path, states: Sequence[str], *, start: int = 1) -> Path:
    rows = [answer(start + n) | {"审核状态": state} for n, state in enumerate(states)]
    return write_csv(path, rows, (*HEADING, "审核状态"))


def ids(study: Study, version: int | None = None) -> list[str]:
    return sorted(ResponseStore(study.root / "store").read(["response_id"], version=version)["response_id"].to_pylist())


def test_a_stored_response_that_was_not_accepted_must_be_confirmed(
    study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ingest.import_files(study, [file(tmp_path / "a.csv", ["待审核"] * 4)], "W1").version
    preview = ingest.stage(study, [file(tmp_path / "b.csv", ["通过", "不通过", "已删除", "通过"])], "W1")
    assert [(one.kind, one.count) for one in preview.confirmations] == [(Doubt.REVOKED, 2)]
    assert "r00002、r00003" in preview.confirmations[0].found
    assert "作废 2 份" in str(summary(preview))
    show_preview(preview)
    assert "共 4 行：新增 0，不变 2，更新 0，退回 2，作废 2\n" in capsys.readouterr().out
    with pytest.raises(ArgumentError, match="没有写入任何数据"):
        ingest.commit(preview)
    assert ids(study) == ["r00001", "r00002", "r00003", "r00004"]

    done = ingest.commit(preview, confirmed=[Doubt.REVOKED])
    assert (preview.rows_in, preview.unchanged, preview.rejected, preview.revoked) == (4, 2, 2, 2)
    assert ids(study) == ["r00001", "r00004"]
    assert ids(study, first) == ["r00001", "r00002", "r00003", "r00004"]  # earlier versions keep them
    assert [row["row"] for row in outstanding(study).to_pylist()] == [3, 4]  # listed like other set-apart rows
    assert history_table(history(study))["作废"].tolist()[0] == 2
    assert done.version == ResponseStore(study.root / "store").version

    again = ingest.stage(study, [tmp_path / "b.csv"], "W1")
    assert (again.comparison.empty, again.confirmations) == (True, ())


def test_a_repair_leaves_them_out_too(study: Study, tmp_path: Path) -> None:
    ingest.import_files(study, [file(tmp_path / "a.csv", ["", "", ""])], "W1")
    ingest.commit(ingest.stage(study, [file(tmp_path / "b.csv", ["", "无效"])], "W1"), confirmed=[Doubt.REVOKED])
    store = ResponseStore(study.root / "store")
    imports = [recode(study, one, lambda entry: tmp_path / str(entry["name"])) for one in store.lineage()]
    made = [one for one in imports if isinstance(one, Recoded)]
    assert sorted(replay(made)["response_id"].to_pylist()) == ids(study) == ["r00001", "r00003"]
    assert made[-1].as_committed(store).replaced == ("r00002",)


def test_the_later_file_of_one_import_decides(study: Study, tmp_path: Path) -> None:
    paths = [file(tmp_path / "a.csv", ["通过", "不通过", "通过"]), file(tmp_path / "b.csv", ["不通过", "通过"])]
    preview = ingest.stage(study, paths, "W1")
    assert sorted(preview.comparison.responses["response_id"].to_pylist()) == ["r00002", "r00003"]
    assert (preview.rows_in, preview.new, preview.rejected) == (5, 2, 3)
    assert preview.issue_count[IssueCode.NOT_ACCEPTED] == 3
    assert not preview.confirmations
