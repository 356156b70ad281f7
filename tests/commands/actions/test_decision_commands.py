"""`silu weak|area|change|pass|plan|outreach|ledger`: a sentence, a table, files, and errors with exit code 2."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import cli
from survey.host import access
from survey.importing.ingest import import_files
from survey.mock.city.spec import MockSpec
from survey.mock.drawing import draw
from survey.mock.folder import write_folder
from survey.study.plans.rollout import RollOuts
from survey.study.study import load_study
from tests.city_folder import imported_city

SIZE: dict[str, Any] = {
    "districts": 3,
    "streets_per_district": 3,
    "communities_per_street": 2,
    "texts": False,
    "online": False,
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("decisions") / "city"
    return imported_city(root, **SIZE)


STARTS = {
    "weak": "确认薄弱",
    "change": "上一轮",
    "pass": "全部达标的可能",
    "outreach": "还不知道",
    "ledger": "立项",
}


@pytest.mark.parametrize("command", STARTS)
def test_each_command_starts_with_a_recommendation(
    command: str, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "--study", str(study)]) == 0
    assert STARTS[command] in capsys.readouterr().out.splitlines()[0]


def test_a_profile_as_text_and_what_it_refuses(
    study: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = load_study(study).areas
    name, street = areas.districts[0], areas.children(areas.districts[0])[0]

    def silu(text: str) -> tuple[int, str]:
        code = cli.main(["area", text, "--study", str(study)])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    code, text = silu(name)
    assert code == 0
    assert text.startswith(name)
    assert all(
        part in text for part in ("知晓率", "满意率", "其他区县", "上轮", f"{areas.districts[1]} ", street, "n=")
    )
    assert silu(f"{name}/{street}")[0] == 0
    code, text = silu(name[:-1] + "县")
    assert code == 2
    assert name in text
    monkeypatch.setenv(access.VARIABLE, "leader")
    code, text = silu("/".join((name, street, areas.children(name, street)[0])))
    assert code == 2
    assert "只对分析员开放" in text
    assert f"{name}/{street}" in text


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


def test_a_threshold_above_100_is_rejected(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["pass", "--study", str(study), "--line", "E0=120"]) == cli.EXIT_USER_ERROR
    assert "0% 与 100%" in capsys.readouterr().err


def test_a_budget_of_zero_is_rejected(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["outreach", "--study", str(study), "--budget", "0"]) == 0
    assert "没有可安排的活动" in capsys.readouterr().out


def test_an_empty_ledger_lists_confirmed_weaknesses(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "own"
    shutil.copytree(study, root)
    assert cli.main(["ledger", "--study", str(root), "--wave", "W1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    waiting = [line.removeprefix("等待立项：").split("（")[0] for line in lines if line.startswith("等待立项：")]
    assert f"{len(waiting)} 项确认薄弱还没有立项" in lines[0]
    assert waiting
    words = ["ledger", "--study", str(root), "--wave", "W1", "--open", waiting[0], "--measure", "整治", "--who", "张三"]
    assert cli.main(words) == 0
    assert waiting[0].split(":")[0] in capsys.readouterr().out


def test_ledger_rejects_unconfirmed_weaknesses(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["ledger", "--study", str(study), "--open", "无此区:E0", "--measure", "整治", "--who", "张三"]
    assert cli.main(arguments) == cli.EXIT_USER_ERROR
    assert "没有等待立项" in capsys.readouterr().err


@pytest.fixture(scope="module")
def reworded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two waves; before the second, the headline of satisfaction was reworded."""
    root = tmp_path_factory.mktemp("reworded") / "city"
    mock = draw(MockSpec(**SIZE))
    write_folder(mock, root)
    import_files(load_study(root), [root / "raw" / "W1_household.csv"], "W1", mode="household", who="张三")
    form = root / "questionnaire.json"
    title = load_study(root).questionnaire.question("E0").title
    form.write_text(form.read_text(encoding="utf-8").replace(title, "总的来说，您很满意吧？"), encoding="utf-8")
    import_files(load_study(root), [root / "raw" / "W2_household.csv"], "W2", mode="household", who="张三")
    return root


def test_only_the_reworded_item_is_barred_and_both_wordings_are_shown(
    reworded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["change", "--study", str(reworded)]) == 0
    out = capsys.readouterr().out
    assert "满意率的问法或口径改过，不比" in out.splitlines()[0]
    assert "W1“" in out
    assert "W2“总的来说，您很满意吧？”" in out
    city = [line for line in out.splitlines() if line.startswith("全市 ")]
    assert sum("不可比" in line for line in city) == 1


def test_a_missing_questionnaire_bars_all_comparisons(
    reworded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(reworded, tmp_path / "lost", ignore=shutil.ignore_patterns("questionnaires"))
    assert cli.main(["change", "--study", str(tmp_path / "lost")]) == 0
    assert "旧问卷不在手边" in capsys.readouterr().out.splitlines()[0]


def test_compare_lists_adjusted_differences(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for by, word in (("district", "同样年龄"), ("sex", "两组 t 检验"), ("wave", "线性趋势")):
        assert cli.main(["compare", "--study", str(study), "--by", by]) == 0
        assert word in capsys.readouterr().out
    assert cli.main(["compare", "--study", str(study), "--structure"]) == 0
    assert "人口(%)" in capsys.readouterr().out


def test_weak_classifies_communities_by_lqas(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["weak", "--study", str(study), "--measure", "satisfaction", "--lqas", "85,70"]
    assert cli.main(arguments) == 0
    assert "抽样方案" in capsys.readouterr().out
    for wrong, word in (("85", "两条线写法不对"), ("70,85", "下线 < 上线")):
        assert cli.main([*arguments[:-1], wrong]) == cli.EXIT_USER_ERROR
        assert word in capsys.readouterr().err
    assert cli.main(["weak", "--study", str(study), "--lqas", "85,70"]) == cli.EXIT_USER_ERROR
    assert "一次只判一项" in capsys.readouterr().err


def test_the_first_sample_is_planned_from_the_frame(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(study, tmp_path / "new", ignore=shutil.ignore_patterns("store"))
    arguments = ["plan", "--study", str(tmp_path / "new"), "--n", "240", "--minimum", "60", "--rate", "50"]
    assert cli.main(arguments) == 0
    out = capsys.readouterr().out
    assert "还没有答卷" in out
    assert "是假定" in out
    assert cli.main(["plan", "--study", str(tmp_path / "new"), "--top-up"]) == cli.EXIT_USER_ERROR


def test_effect_is_reported_only_after_a_recorded_random_order(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    shutil.copytree(study, own)
    assert cli.main(["outreach", "--study", str(own), "--random"]) == cli.EXIT_USER_ERROR
    assert "没有保存过随机分批" in capsys.readouterr().err
    assert cli.main(["outreach", "--study", str(own), "--draw"]) == cli.EXIT_USER_ERROR
    assert "经办人" in capsys.readouterr().err
    assert cli.main(["outreach", "--study", str(own), "--draw", "--who", "张三", "--steps", "2"]) == 0
    assert "第 1 次抽签" in capsys.readouterr().out
    assert cli.main(["outreach", "--study", str(own), "--random"]) == cli.EXIT_USER_ERROR
    assert "之后，不能作为依据" in capsys.readouterr().err
    first, second = load_study(own).waves[:2]
    middle = datetime.combine(first.end + (second.start - first.end) / 2, datetime.min.time(), UTC)
    RollOuts(own).keep(RollOuts(own).draws()[0], who="李四", at=middle)
    assert cli.main(["outreach", "--study", str(own), "--random"]) == 0
    assert capsys.readouterr().out.startswith("效果")
    street = RollOuts(own).draws()[0].started(1)[0]
    assert cli.main(["outreach", "--study", str(own), "--treated", street]) == 0
    assert capsys.readouterr().out.startswith("关联")
