"""`silu bursts`: the list, what the bursts would change, decisions with name and reason; every output says how many."""

from datetime import datetime
from pathlib import Path

import pytest

import cli
from reports.fieldwork.bursts import effect_of
from survey.host.access import VARIABLE
from survey.storage.store import ResponseStore
from survey.study.burst_log import Found, burst_log
from survey.study.study import load_study
from tests.city_folder import imported_city

Capture = pytest.CaptureFixture[str]
SIZE = 30


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A mock city of which two bursts of thirty online answers each are set apart."""
    root = imported_city(tmp_path / "city", districts=2, streets_per_district=2, communities_per_street=2, texts=False)
    rows = ResponseStore(root / "store").read(["response_id", "mode"], waves=["W2"]).to_pandas()
    ids = rows.loc[rows["mode"] == "online", "response_id"].tolist()
    begin, end = datetime(2026, 9, 8, 12, 0, 0), datetime(2026, 9, 8, 12, 0, 3)
    found = [Found("W2", begin, end, frozenset(ids[at : at + SIZE]), "密集") for at in (0, SIZE)]
    assert burst_log(load_study(root)).set_apart(found) == 2 * SIZE
    return root


def run(capsys: Capture, root: Path, *options: str, code: int = 0, command: str = "bursts") -> str:
    capsys.readouterr()
    assert cli.main([command, "--study", str(root), *options]) == code
    done = capsys.readouterr()
    return done.out + done.err


def online_n(capsys: Capture, root: Path) -> int:
    """Return the largest base of the online rates, and check that the output states what is held back."""
    printed = run(capsys, root, "--mode", "online", "--item", "A1", "--format", "csv", command="rates")
    return int(printed.splitlines()[1].split(",")[3])


def test_bursts_are_listed_decided_and_taken_back(city: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = run(capsys, city)
    assert "2026-09-08 12:00:03" in listed
    assert "待判断" in listed
    assert "办事大厅" in listed
    effect = effect_of(load_study(city), "W2")
    assert len(effect) == 4
    assert (effect["不计集中提交（现在公布的）"] != effect["假如都计入"]).all()
    assert effect["相差（百分点）"].iloc[0] in listed
    held = online_n(capsys, city)
    assert "集中提交待判断 60 份，都没有计入" in run(capsys, city, "--mode", "online", command="rates")

    assert "经办人和理由" in run(capsys, city, "--count", "1", code=cli.EXIT_USER_ERROR)
    words = ("--who", "李四", "--why", "社区组织填写，已核实")
    assert "没有这一批" in run(capsys, city, "--count", "7", *words, code=cli.EXIT_USER_ERROR)
    assert "编号要写成数字" in run(capsys, city, "--count", "x", *words, code=cli.EXIT_USER_ERROR)
    assert "计入结果：30 份" in run(capsys, city, "--count", "1", *words)
    some = online_n(capsys, city)
    assert held < some <= held + SIZE
    assert "已经是这样" in run(capsys, city, "--count", "1", *words, code=cli.EXIT_USER_ERROR)
    assert "不计入：60 份" in run(capsys, city, "--drop", "all", *words)
    assert online_n(capsys, city) == held
    assert "集中提交判为不计 60 份" in run(capsys, city, "--mode", "online", command="rates")
    assert "撤销判断：60 份" in run(capsys, city, "--undo", "1,2", *words)

    monkeypatch.setenv(VARIABLE, "leader")
    assert "分析员" in run(capsys, city, "--count", "1", *words, code=cli.EXIT_USER_ERROR)
    assert "分析员" in run(capsys, city, code=cli.EXIT_USER_ERROR)


def test_new_submissions_join_an_undecided_burst_and_leave_a_decided_one(city: Path) -> None:
    log = burst_log(load_study(city))
    first, second = log.bursts()
    more = Found("W2", datetime(2026, 9, 8, 11), datetime(2026, 9, 8, 13), first.responses | {"new-1"}, "密集")
    assert log.set_apart([more]) == 1
    joined = log.bursts()[0]
    assert len(joined.responses) == SIZE + 1
    assert (joined.first.hour, joined.last.hour) == (11, 13)
    log.decide([2], "count", who="李四", why="核实")
    again = Found("W2", second.first, second.last, second.responses | {"new-2"}, "密集")
    assert log.set_apart([again]) == 1
    assert log.set_apart([again]) == 0
    assert [(one.number, len(one.responses), one.kind) for one in log.bursts()] == [
        (1, SIZE + 1, "apart"), (2, SIZE, "count"), (3, 1, "apart")
    ]  # fmt: skip
    assert not {name for _, name in log.held()} & second.responses
