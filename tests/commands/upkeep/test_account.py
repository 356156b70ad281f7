"""`silu account`: one-time passwords are shown once, lists are added whole or not at all, nothing is half done."""

import csv
import re
import stat
from pathlib import Path

import pytest

import cli
from accounts import entry as entries
from accounts.database import account_file
from accounts.entry import Entry, RefusedError, entry_of
from accounts.passwords import Hasher
from accounts.sessions import key_of
from accounts.users import all_users, find_user
from survey.host.access import Role
from survey.study.template.new_study import init_study
from tests.accounts.conftest import CHEAP

HERE = "10.0.0.1"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands and tests hash at little cost."""
    monkeypatch.setattr(entries, "Entry", lambda file, rules: Entry(file, rules, Hasher(CHEAP)))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return init_study(tmp_path / "study")


def account(study: Path, *words: str) -> int:
    return cli.main(["account", words[0], *words[1:], "--study", str(study)])


def test_an_account_is_added_used_reset_and_switched_off(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert account(study, "list") == 0
    assert "还没有账户" in capsys.readouterr().out
    assert account(study, "add", "Zhang", "--role", "领导", "--display", "张三") == 0
    name, once = capsys.readouterr().out.split()
    assert name == "zhang"
    entry = entry_of(study)
    first = entry.find(key_of(entry.log_in("zhang", once, HERE)))
    assert first is not None
    assert first.stale
    key = key_of(entry.set_password("zhang", once, "Neu-2027-Wort", HERE))
    assert account(study, "reset", "zhang") == 0
    again = capsys.readouterr().out.split()[1]
    assert again != once
    assert entry.find(key) is None
    with pytest.raises(RefusedError):
        entry.log_in("zhang", "Neu-2027-Wort", HERE)
    key = key_of(entry.log_in("zhang", again, HERE))
    assert account(study, "disable", "zhang") == 0
    assert entry.find(key) is None
    assert account(study, "list") == 0
    assert re.search(r"zhang　张三　领导　\d{4}-\d\d-\d\d 登录　已停用", capsys.readouterr().out)
    assert account(study, "enable", "zhang") == 0
    assert account(study, "grant", "zhang", "--role", "unit", "--unit", "卫健委") == 0
    user = find_user(entry.file, "zhang")
    assert user is not None
    assert (user.disabled, user.role, user.unit) == (False, Role.UNIT, "卫健委")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add"], "缺少用户名"),
        (["add", "a b"], "用户名写法不对"),
        (["add", "li", "--role", "boss"], "没有这个岗位"),
        (["add", "li", "--district", "月球区"], "没有这个区县"),
        (["reset", "li"], "没有这个账户"),
        (["grant", "li", "--role", "leader"], "没有这个账户"),
    ],
)
def test_a_fault_is_named_and_nothing_is_done(
    study: Path, words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    account_file(study).make()
    assert account(study, *words) == cli.EXIT_USER_ERROR
    assert said in capsys.readouterr().err
    assert all_users(account_file(study)) == ()


def test_86_units_are_made_from_a_list(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster, out = tmp_path / "单位.csv", tmp_path / "口令.csv"
    rows = [f"unit{at:02},=单位{at},第{at}号局" for at in range(86)]
    roster.write_bytes("\r\n".join(["用户名,姓名,单位", *rows]).encode("gb18030"))
    assert account(study, "import", str(roster), "--out", str(out)) == 0
    assert "已添加 86 个账户" in capsys.readouterr().out
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    with out.open(encoding="utf-8-sig", newline="") as file:
        read = list(csv.DictReader(file))
    assert len({row["一次性口令"] for row in read}) == 86
    assert read[3] == {**read[3], "用户名": "unit03", "姓名": "'=单位3", "岗位": "被测评单位", "单位": "第3号局"}
    entry = entry_of(study)
    assert entry.log_in("unit85", read[85]["一次性口令"], HERE)
    assert {user.role for user in all_users(entry.file)} == {Role.UNIT}
    # A second time every name is taken: no account and no file is left over.
    assert account(study, "import", str(roster), "--out", str(tmp_path / "neu.csv")) == cli.EXIT_USER_ERROR
    assert not (tmp_path / "neu.csv").exists()
    assert account(study, "import", str(roster), "--out", str(out)) == cli.EXIT_USER_ERROR
    assert len(all_users(entry.file)) == 86


def test_faults_of_a_list_are_named_by_row(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    roster = tmp_path / "r.csv"
    roster.write_text("用户名,岗位,单位\nli,局长,\nwang/x,,\n,,环保局\n,,环保局\n", encoding="utf-8")
    assert account(study, "import", str(roster)) == cli.EXIT_USER_ERROR
    said = capsys.readouterr().err
    assert "有 3 处问题" in said
    for row in ("第 2 行 岗位 列：读到“局长”", "第 3 行 用户名 列：读到“wang/x”", "第 5 行 用户名 列：读到“环保局”"):
        assert row in said
    assert all_users(account_file(study)) == ()


def test_accounts_that_nobody_uses_are_noted(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert account(study, "add", "alt", "--role", "leader") == 0
    with account_file(study).changing() as found:
        found.execute("UPDATE users SET made = made - 91 * 86400")
    assert account(study, "list") == 0
    assert "alt　领导　从未登录　久未登录" in capsys.readouterr().out
