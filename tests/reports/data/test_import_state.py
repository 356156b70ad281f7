"""What a study holds and what is left to do, and the one thing that 数据导入 says first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reports.data import import_words as words
from reports.data.import_state import ImportState, import_state
from survey.importing.ingest import commit, stage
from survey.study.study import load_study
from tests.survey.small_study import answer, make_study, write_csv


def test_stored_and_rejected_answers_are_counted_until_corrected(tmp_path: Path) -> None:
    study = make_study(tmp_path / "study")
    empty = import_state(study)
    assert (empty.stored, empty.rejected, empty.waiting, empty.last) == (0, 0, 0, None)
    assert words.state(empty).text == "还没有导入过任何答卷：先选答卷文件"
    table = write_csv(tmp_path / "答卷.csv", [answer(1), answer(2), answer(3, A1="也许")])
    commit(stage(study, [table], "W1", mode="household"), who="张三")
    found = import_state(load_study(study.root))
    assert (found.stored, found.rejected) == (2, 1)
    assert words.state(found).text == "1 行退回还没有改：改好后再导入"
    assert words.last_files(found).text == "答卷.csv"
    table = write_csv(tmp_path / "答卷.csv", [answer(1), answer(2), answer(3)])
    commit(stage(study, [table], "W1", mode="household"), who="张三")
    done = import_state(study)
    assert (done.stored, done.rejected) == (3, 0)
    assert words.state(done).text == "3 份答卷都已入库，没有退回，无需处理"


@pytest.mark.parametrize(
    ("change", "title", "step"),
    [
        ({"stored": None, "rejected": None}, "答卷库读不出", "备份"),
        ({"waiting": None}, "收件箱读不出", "silu verify"),
        ({"waiting": 5}, "5 份网上答卷等着入库", "silu drain"),
    ],
)
def test_what_is_damaged_or_waits_comes_first(change: dict[str, int | None], title: str, step: str) -> None:
    found = replace(ImportState(100, 0, 0, None, 1), **change)
    assert title in words.state(found).text
    assert step in words.next_step(found).text
