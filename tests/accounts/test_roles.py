"""Rights by role: the matrix role x page x command x export, written out a second time, and nothing beyond it."""

from collections.abc import Mapping
from itertools import product
from pathlib import Path

import pytest

import cli
from accounts import grants
from accounts.roles import LOCAL, RIGHTS
from accounts.verbs import Verb
from commands.terminal import verbs as of_commands
from survey.errors import AccountError, ArgumentError
from survey.host import access
from survey.host.access import Role
from survey.host.person import Person, acting
from views.shell import pages_by_role
from views.shell.navigation import PAGES
from views.shell.pages_by_role import offered
from views.shell.shell import elsewhere

RESULTS = {"overview", "weak_areas", "area", "change", "briefing"}
ANALYSING = {"voices", "passing", "planning", "expert", "crosstab", "outreach", "ledger", "quality", "imports", "live"}
PAGES_OF: Mapping[Role, set[str]] = {
    Role.ANALYST: RESULTS | ANALYSING,
    Role.PUBLICITY: RESULTS | {"voices", "passing", "outreach", "ledger"},
    Role.LEADER: RESULTS | {"passing"},
    Role.UNIT: RESULTS | {"ledger"},
}
READING = {"rates", "weak", "area", "brief", "change", "dashboard", "demo"}
MACHINE = {"init", "mock", "collect", "keys", "drain", "history", "verify", "repair", "derive", "purge", "backup"} | {
    "restore",
    "doctor",
}
DATA = {"field", "lint", "import", "mapping", "xlsform", "undo", "rejects", "quality", "integrity", "exclude"}
COMMANDS_OF: Mapping[Role, set[str]] = {
    Role.ANALYST: READING
    | MACHINE
    | DATA
    | {"publish", "crosstab", "bursts", "compare", "plan", "export", "map", "text", "pass", "outreach", "ledger"},
    Role.PUBLICITY: READING | {"text", "pass", "outreach", "ledger", "verify"},
    Role.LEADER: READING | {"pass", "verify"},
    Role.UNIT: READING | {"ledger"},
    Role.SYSTEM: MACHINE | {"dashboard", "demo"},
    Role.AUDIT: {"audit"},
    Role.SECURITY: {"account"},
}
TABLED = {path for rows in PAGES.values() for _, _, path in rows}


def somebody(role: str, name: str = "wang") -> Person:
    return Person(name, "王", role)


def test_every_page_and_command_names_a_verb() -> None:
    assert set(of_commands.NEEDS) == set(cli.COMMANDS)
    assert set(pages_by_role.NEEDS) >= TABLED
    assert set(RIGHTS) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_no_role_opens_a_page_beyond_its_own(role: Role) -> None:
    with acting(somebody(role)):
        mine = {page for page in pages_by_role.NEEDS if offered(page)}
        assert mine & TABLED == PAGES_OF.get(role, set()) & TABLED
        for page in TABLED - mine:
            assert elsewhere(f"/{page}", "") == f"./?nopage={page}"


@pytest.mark.parametrize("role", Role)
def test_no_role_runs_a_command_beyond_its_own(role: Role) -> None:
    allowed = COMMANDS_OF.get(role, set())
    with acting(somebody(role)):
        for name in cli.COMMANDS:
            if name in allowed:
                of_commands.require_command(name)
            else:
                with pytest.raises(AccountError, match=f"命令 {name}：您的岗位没有"):
                    of_commands.require_command(name)


def test_a_refused_command_does_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with acting(somebody(Role.AUDIT)):
        assert cli.main(["init", str(tmp_path / "new")]) == cli.EXIT_USER_ERROR
    assert "没有“组织调查和导入”这项权限" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_without_a_role_nothing_is_allowed() -> None:
    with acting(somebody("")):
        assert not any(offered(page) for page in TABLED - {"overview"})  # which reports the missing role
        for name in cli.COMMANDS:
            with pytest.raises(ArgumentError, match="还没有岗位"):
                of_commands.require_command(name)


def test_the_three_administrators_share_nothing_and_see_no_results() -> None:
    three = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)
    for one, other in product(three, three):
        if one is not other:
            assert RIGHTS[one] & RIGHTS[other] == {Verb.OWN}
    assert not any(RIGHTS[role] & {Verb.READ, Verb.ANALYSE, Verb.EXPORT, Verb.VOICES} for role in three)
    assert [role for role in Role if Verb.AUDIT in RIGHTS[role]] == [Role.AUDIT]
    assert [role for role in Role if Verb.ACCOUNTS in RIGHTS[role]] == [Role.SECURITY]
    assert [role for role in Role if RIGHTS[role] & {Verb.EXPORT, Verb.ANALYSE}] == [Role.ANALYST]


@pytest.mark.parametrize(("giver", "new"), list(product(Role, [*Role, None])))
def test_only_security_grants_and_nobody_to_themselves(giver: Role, new: Role | None) -> None:
    with pytest.raises(AccountError):
        grants.permit_grant(somebody(giver), "wang", new)
    if giver is Role.SECURITY:
        grants.permit_grant(somebody(giver), "li", new)
    else:
        with pytest.raises(AccountError, match="只有安全管理员"):
            grants.permit_grant(somebody(giver), "li", new)


def test_the_owner_of_the_files_may_do_all_where_nobody_logs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(access.VARIABLE, raising=False)
    assert grants.verbs() == LOCAL
    monkeypatch.setenv(access.VARIABLE, Role.LEADER)
    assert grants.verbs() == RIGHTS[Role.LEADER]
