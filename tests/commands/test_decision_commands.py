"""`silu weak|change|pass|plan|outreach|ledger`: a sentence, a table, files, and errors with exit code 2."""

from pathlib import Path

import pytest

import cli
from survey.mock.drawing import draw
from survey.mock.folder import import_folder, write_folder
from survey.mock.spec import MockSpec


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("decisions") / "city"
    mock = draw(MockSpec(districts=3, streets_per_district=3, communities_per_street=2, texts=False, online=False))
    write_folder(mock, root)
    import_folder(root, mock)
    return root


SAID = {
    "weak": "目标",
    "change": "上一轮",
    "pass": "全部达标的可能",
    "outreach": "居民还不知道",
    "ledger": "立项",
}


@pytest.mark.parametrize("command", SAID)
def test_each_starts_with_what_to_do(command: str, study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command, "--study", str(study)]) == 0
    assert SAID[command] in capsys.readouterr().out.splitlines()[0]


def test_plan_draws_the_communities_into_a_workbook(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "名单.xlsx"
    arguments = ["plan", "--study", str(study), "--n", "240", "--minimum", "60", "--format", "xlsx", "--out", str(out)]
    assert cli.main(arguments) == 0
    assert "240 份" in capsys.readouterr().out
    first = out.read_bytes()
    assert first[:2] == b"PK"


def test_change_of_the_first_wave_is_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["change", "--study", str(study), "--wave", "W1"]) == cli.EXIT_USER_ERROR
    assert "没有可比的一轮" in capsys.readouterr().err


def test_a_line_above_100_is_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pass", "--study", str(study), "--line", "E0=120"]) == cli.EXIT_USER_ERROR
    assert "0% 与 100%" in capsys.readouterr().err


def test_a_budget_of_zero_is_said(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outreach", "--study", str(study), "--budget", "0"]) == 0
    assert "没有可安排的活动" in capsys.readouterr().out


def test_ledger_refuses_what_is_not_confirmed_weak(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["ledger", "--study", str(study), "--open", "无此区:E0", "--measure", "整治", "--who", "张三"]
    assert cli.main(arguments) == cli.EXIT_USER_ERROR
    assert "没有等待立项" in capsys.readouterr().err
