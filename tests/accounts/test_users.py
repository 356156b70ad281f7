"""Users are kept whole: unique names, all or none of a list, two administrators at once, no name for a damaged file."""

import stat
import threading
from pathlib import Path

import pytest

from accounts.database import AccountFile, account_file
from accounts.users import User, add_users, all_users, disable, find_user, grant, plain_name, read_role
from survey.errors import AccountError, ArgumentError, DamagedError
from survey.host.access import Role, current_role
from survey.host.person import NOBODY, acting, use_source


@pytest.fixture
def file(tmp_path: Path) -> AccountFile:
    made = account_file(tmp_path)
    made.make()
    return made


def test_the_file_is_private_and_made_once(file: AccountFile) -> None:
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    add_users(file, [(User("admin"), "x")])
    with pytest.raises(AccountError, match="已经有了"):
        file.make()
    assert [user.name for user in all_users(file)] == ["admin"]
    file.path.chmod(0o644)
    file.check()
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_name_is_unique_whatever_its_letters_look_like(file: AccountFile) -> None:
    add_users(file, [(User("Zhang.San", "张三", Role.LEADER), "x")])
    for same in ("zhang.san", "ＺＨＡＮＧ.ＳＡＮ", " Zhang.San "):
        assert plain_name(same) == "zhang.san"
        with pytest.raises(AccountError, match="已经有人用"):
            add_users(file, [(User("other"), "x"), (User(same), "x")])
    assert [user.name for user in all_users(file)] == ["zhang.san"]  # of a refused list nobody is added
    for odd in ("a", "a b", "a/b", "x" * 33, "<b>"):
        with pytest.raises(AccountError, match="写法不对"):
            add_users(file, [(User(odd), "x")])


def test_rights_follow_the_account_and_default_to_none(file: AccountFile) -> None:
    add_users(file, [(User("li"), "x")])
    with acting(find_user(file, "li").person()), pytest.raises(ArgumentError, match="没有岗位"):
        current_role()
    grant(file, "li", read_role("被测评单位"), district="东城区", unit="卫健委")
    user = find_user(file, "LI")
    assert user is not None
    assert (user.role, user.district, user.unit) == (Role.UNIT, "东城区", "卫健委")
    with acting(user.person("10.0.0.1")):
        assert current_role() is Role.UNIT
    disable(file, "li")
    assert find_user(file, "li").person().role == ""
    with pytest.raises(AccountError, match="没有这个账户"):
        grant(file, "nobody", Role.LEADER)
    with pytest.raises(AccountError, match="没有这个岗位"):
        read_role("boss")


def test_without_a_person_a_server_has_no_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SILU_ROLE", raising=False)
    use_source(lambda: NOBODY)
    try:
        with pytest.raises(ArgumentError, match="没有登录"):
            current_role()
    finally:
        use_source(None)
    assert current_role() is Role.ANALYST


def test_two_administrators_at_once_lose_nothing(file: AccountFile) -> None:
    def add(prefix: str) -> None:
        for at in range(10):
            add_users(file, [(User(f"{prefix}{at}"), "x")])

    writers = [threading.Thread(target=add, args=(prefix,)) for prefix in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(all_users(file)) == 20


@pytest.mark.parametrize(
    "content", [None, b"", b"not a database at all, but long enough", b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_damaged_file_is_refused_in_words_and_never_made_anew(file: AccountFile, content: bytes | None) -> None:
    file.path.unlink()
    if content is not None:
        file.path.write_bytes(content)
    for ask in (file.check, lambda: all_users(file), lambda: add_users(file, [(User("evil"), "x")])):
        with pytest.raises(DamagedError, match="账户文件损坏或丢失"):
            ask()
    assert file.exists is (content is not None)
