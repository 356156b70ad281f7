"""A study written by version 0.1.0 opens unchanged: settings, store, exclusions, ledger, inbox and view log.

`tests/data/study_0_1_0.zip` is a mock city (模拟数据) drawn and imported by 0.1.0, with twelve online answers drained,
one response excluded, and five answers left in the inbox. `rates_0_1_0*.csv` is the output of its
`silu rates --wave W2 --by district`. Never regenerate these files with newer code.
"""

import hashlib
import shutil
from pathlib import Path

import pandas as pd
import pytest

import cli
from survey.collect.draining.drain import drain
from survey.collect.inbox.sqlite import SqliteBackend
from survey.quality.exclusions import FILE, Decisions
from survey.storage.store import ResponseStore
from survey.study.plans.rectification import Ledger
from survey.study.study import load_study

DATA = Path(__file__).parent / "data"
IDS = "bae59e4d6d2c80c8f860495880b68eb20dc3b2eb348e4242653f62a88b8a7a77"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.unpack_archive(DATA / "study_0_1_0.zip", tmp_path)
    return tmp_path / "study_0_1_0"


def test_every_answer_of_every_version_is_there(root: Path) -> None:
    store = ResponseStore(root / "store")
    assert [(one.number, one.kind) for one in reversed(store.history())] == [
        (0, "create"), (1, "import"), (2, "import"), (3, "import"), (4, "import"),
    ]  # fmt: skip
    rows = store.read().to_pandas().sort_values(["wave", "mode", "response_id"])
    assert len(rows) == 432
    assert hashlib.sha256("\n".join(rows["response_id"]).encode()).hexdigest() == IDS
    assert [store.read(version=number).num_rows for number in range(5)] == [0, 168, 336, 420, 432]


@pytest.mark.parametrize(
    ("kept", "words"), [("rates_0_1_0.csv", []), ("rates_0_1_0_without.csv", ["--without-excluded"])]
)
def test_the_rates_are_the_same(root: Path, tmp_path: Path, kept: str, words: list[str]) -> None:
    out = tmp_path / "rates.csv"
    asked = ["rates", "--study", str(root), "--wave", "W2", "--by", "district", "--format", "csv", "--out", str(out)]
    assert cli.main([*asked, *words]) == 0
    before, now = (pd.read_csv(path).dropna(subset="答卷数") for path in (DATA / kept, out))
    assert len(before) == 12
    same = ["题号", "题目", "指标", "区县", "答卷数"]
    assert now["区县"].str.endswith("※").sum() == 4  # a district with a red light is marked since
    unmarked = now.assign(区县=now["区县"].str.removesuffix("※"))
    pd.testing.assert_frame_equal(unmarked[same], before[same])
    assert now["比例(%)"].tolist() == pytest.approx(before["比例(%)"].tolist(), abs=0.051)  # one decimal since


def test_decisions_and_ledger_are_read(root: Path) -> None:
    assert len(Decisions(root / FILE).excluded("W2")) == 1
    entry = Ledger(root / "ledger.sqlite").entries()[0]
    assert (entry.area, entry.item, entry.owner, str(entry.deadline)) == ("槐汐区", "E0", "区城管局", "2026-12-31")


def test_the_inbox_gives_what_still_waits(root: Path) -> None:
    done = drain(load_study(root), SqliteBackend(root / "inbox" / "inbox.sqlite"))
    assert (done.moved, done.known, done.rejected) == (5, 0, 0)
    assert ResponseStore(root / "store").read(waves=["W2"]).num_rows == 432 - 168 + 5
