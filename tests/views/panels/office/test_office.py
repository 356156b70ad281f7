"""Pages of accounts and the system: who sees them, what administrators can do there, and what they cannot."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from accounts.database import account_file
from accounts.entry import Entry, RefusedError
from accounts.passwords import Hasher
from accounts.sessions import key_of
from accounts.users import User, add_users, all_users, disable, find_user
from survey.host.access import Role
from survey.host.person import use_source
from survey.study.template.new_study import init_study
from tests.accounts.conftest import CHEAP, RIGHT
from tests.views.page_words import page_text
from views.door import visitor
from views.panels.office import machine, own
from views.panels.office.seen_as import BOX
from views.shell.pages_by_role import home
from views.visitor.session import STUDY_VARIABLE

APP = Path(__file__).parents[4] / "app.py"
Visit = Callable[..., AppTest]


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Entry]:
    """An account for each role, named as the role, on a study without answers."""
    study = init_study(tmp_path / "study")
    monkeypatch.setenv(STUDY_VARIABLE, str(study))
    monkeypatch.delenv("SILU_INSECURE_LAN", raising=False)
    made = Entry(account_file(study), hasher=Hasher(CHEAP))
    made.file.make()
    now, hashed = made.clock.now(), made.hasher.hash(RIGHT)
    add_users(made.file, [(User(str(role), f"{role}先生", role, made=now, changed=now), hashed) for role in Role])
    visitor.watch(made)
    yield made
    visitor.watch(None)
    visitor._OWNERS.clear()
    use_source(None)


@pytest.fixture
def visit(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Open the dashboard as somebody who logged in: `visit("security")`."""

    def opened(name: str, key: str = "") -> AppTest:
        found = key or key_of(entry.log_in(name, RIGHT, "10.0.0.7"))
        session = entry.find(found)
        # AppTest has no websocket whose headers name the session.
        for module in (visitor, own):
            monkeypatch.setattr(module, "session_in_use", lambda: entry.find(found) if session else None)
        return AppTest.from_file(str(APP), default_timeout=60).run()

    return opened


def titles(app: AppTest) -> set[str]:
    return {link.proto.label for link in app.get("page_link")}


def test_each_administrator_opens_their_own_page_first(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "machine_health", lambda _: iter(()))
    for name, first, others in (
        ("security", "用户与权限", {"系统", "审计", "总览"}),
        ("system", "系统", {"用户与权限", "审计", "总览"}),
        ("audit", "审计", {"用户与权限", "系统", "总览"}),
        ("interviewer", "我的账户", {"用户与权限", "系统", "总览"}),
    ):
        app = visit(name)
        assert not app.exception
        assert any(words in page_text(app) for words in (first, "先生", "个账户"))
        assert first in titles(app)
        assert not others & titles(app)


def test_who_logged_in_sees_who_they_are(visit: Visit) -> None:
    text = page_text(visit("interviewer"))
    for words in ("interviewer先生", "访问员", "管自己的账户", "10.0.0.7", "换口令", "退出登录"):
        assert words in text


def test_the_end_of_a_login_stops_the_page(visit: Visit, entry: Entry) -> None:
    key = key_of(entry.log_in("security", RIGHT, "10.0.0.7"))
    app = visit("security", key)
    assert "个账户，没有要处理的" in page_text(app)
    disable(entry.file, "security")
    app.run()
    assert "您的登录已经结束" in page_text(app)
    assert not titles(app)
    assert not app.get("form")
    entry.file.path.write_bytes(b"")
    app.run()
    assert "账户文件损坏或丢失" in page_text(app)


def of_page(elements: Iterable[Any]) -> list[Any]:
    """Return the elements of the page itself, without those of the bar above it."""
    return [one for one in elements if not (one.key or "").startswith("desk.")]


def test_an_account_is_added_with_a_password_that_is_shown_once(visit: Visit, entry: Entry) -> None:
    app = visit("security")
    for label, words in (("用户名", "Wang"), ("姓名", "王五")):
        next(one for one in app.text_input if one.label == label).set_value(words)
    app.selectbox[0].set_value(Role.LEADER)
    of_page(app.button)[0].click().run()
    assert not app.exception
    assert not app.error
    name, password = app.code[0].value.split()
    assert name == "wang"
    found = entry.find(key_of(entry.log_in("wang", password, "10.0.0.8")))
    assert found is not None
    assert (found.user.display, found.user.role, found.stale) == ("王五", Role.LEADER, True)
    app.run()
    assert not app.code


def test_a_fault_is_said_and_changes_nothing(visit: Visit, entry: Entry) -> None:
    app = visit("security")
    before = all_users(entry.file)
    for name, said in (("leader", "已经有人用"), ("a/b", "写法不对"), ("", "写法不对")):
        of_page(app.text_input)[0].set_value(name)
        of_page(app.button)[0].click().run()
        assert said in app.error[0].value
    assert [replace(user, seen=None) for user in all_users(entry.file)] == [replace(user, seen=None) for user in before]


def test_nobody_changes_their_own_account(visit: Visit, entry: Entry) -> None:
    app = visit("security")
    accounts = next(box for box in app.selectbox if box.label == "账户")
    accounts.set_value(find_user(entry.file, "security"))
    app.run()
    for label in ("授予", "重置口令", "停用"):
        next(button for button in app.button if button.label == label).click().run()
        assert "不能给自己授予" in app.error[0].value
    user = find_user(entry.file, "security")
    assert user is not None
    assert (user.role, user.disabled, user.once) == (Role.SECURITY, False, False)


def test_an_account_is_switched_off_and_its_login_ends(visit: Visit, entry: Entry) -> None:
    key = key_of(entry.log_in("leader", RIGHT, "10.0.0.9"))
    app = visit("security")
    next(box for box in app.selectbox if box.label == "账户").set_value(find_user(entry.file, "leader"))
    app.run()
    next(button for button in app.button if button.label == "停用").click().run()
    assert not app.error
    assert entry.find(key) is None
    user = find_user(entry.file, "leader")
    assert user is not None
    assert user.disabled


def test_administrators_are_told_of_plain_http(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有加密" not in page_text(visit("security"))
    monkeypatch.setenv("SILU_INSECURE_LAN", "1")
    assert "没有加密" in page_text(visit("security"))


def test_seen_as_another_role_on_a_machine_without_accounts(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SILU_ROLE", raising=False)
    visitor.watch(None)
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    assert "专家分析" in titles(app)
    assert not {"用户与权限", "我的账户"} & titles(app)
    app.session_state[BOX] = True
    next(radio for radio in app.run().radio if radio.label == "按哪个岗位看").set_value(Role.LEADER)
    next(button for button in app.button if button.label == "看一看").click().run()
    assert "正在看“领导”看到的样子" in page_text(app)
    assert "专家分析" not in titles(app)
    next(button for button in app.button if button.label == "回到自己").click().run()
    assert "专家分析" in titles(app)
    # Another role than the analyst's has no switch, and neither has a server with accounts.
    monkeypatch.setenv("SILU_ROLE", "leader")
    assert not visitor.may_switch()
    monkeypatch.delenv("SILU_ROLE")
    visitor.watch(entry)
    assert not visitor.may_switch()
    assert home() == "overview"


def test_the_audit_administrator_searches_the_log_and_nobody_else_reads_it(visit: Visit, entry: Entry) -> None:
    app = visit("security")
    next(one for one in app.text_input if one.label == "用户名").set_value("zhao")
    of_page(app.button)[0].click().run()
    with pytest.raises(RefusedError):
        entry.log_in("zhao", "wrong", "10.0.0.8")
    app = visit("audit")
    assert "审计记录完整" in page_text(app)
    assert "次序和内容都没有改动" in page_text(app)
    table = app.dataframe[0].value
    assert {"登录", "账户和授权", "查看"} <= set(table["种类"])
    refused = table[table["结果"] == "被拒绝"].iloc[0]
    assert (refused["人"], refused["来自"]) == ("zhao", "10.0.0.8")
    app.text_input(key="audit.who").set_value("security")
    app.selectbox(key="audit.act").set_value("账户和授权").run()
    found = app.dataframe[0].value
    assert set(found["用户名"]) == {"security"}
    assert any("账户：zhao" in words for words in found["内容"])
