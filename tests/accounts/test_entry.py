"""Who gets in: same words and work for all who do not, five tries, sessions that end, clocks that jump."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from accounts import sessions
from accounts.audit.log import events
from accounts.database import account_file
from accounts.entry import Entry, RefusedError
from accounts.lockout import is_doubtful
from accounts.passwords import Hasher, check_password, one_time_password
from accounts.rules import Rules
from accounts.sessions import key_of
from accounts.users import all_users, disable, find_user, grant
from survey.errors import AccountError, DamagedError
from survey.host.access import Role
from tests.accounts.conftest import CHEAP, RIGHT, WRONG, Hands, clock_of

HERE, THERE = "10.0.0.1", "10.0.0.2"


def refused(entry: Entry, name: str, password: str, address: str = HERE) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        entry.log_in(name, password, address)
    return caught.value


def test_a_session_is_known_by_its_token_and_kept_as_a_hash(entry: Entry) -> None:
    token = entry.log_in("Zhang", RIGHT, HERE)
    other = entry.log_in("zhang", RIGHT, HERE)
    assert len(token) >= 43  # 256 bits
    assert token != other
    found = entry.find(key_of(token))
    assert found is not None
    assert (found.user.name, found.user.display, found.stale) == ("zhang", "张三", False)
    assert entry.find(token) is None
    assert token.encode() not in entry.file.path.read_bytes()
    sessions.end(entry.file, key_of(token))
    assert entry.find(key_of(token)) is None
    assert entry.find(key_of(other)) is not None


def test_words_do_not_say_which_names_exist(entry: Entry) -> None:
    disable(entry.file, "li")
    answers = [refused(entry, "zhang", WRONG), refused(entry, "nobody", WRONG), refused(entry, "li", RIGHT)]
    assert len({str(answer) for answer in answers}) == 1
    assert [answer.why for answer in answers] == ["wrong", "unknown", "disabled"]


def test_unknown_names_take_the_same_work(entry: Entry, monkeypatch: pytest.MonkeyPatch) -> None:
    work: list[str] = []
    counted = type("Counted", (), {"hash": lambda _, text: CHEAP.hash(text)})()

    def verify(hashed: str, text: str) -> bool:
        work.append(hashed.split("$")[3])
        return CHEAP.verify(hashed, text)

    counted.verify = verify
    watched = replace(entry, hasher=Hasher(counted))
    for name in ("zhang", "nobody", "", "x" * 5000):
        refused(watched, name, WRONG)
    assert len(work) == 4
    assert len(set(work)) == 1  # the same cost


def test_five_tries_lock_a_name_from_one_address_only(entry: Entry, hands: Hands) -> None:
    for name in ("zhang", "nobody"):
        words = [refused(entry, name, WRONG).why for _ in range(5)]
        assert set(words) <= {"wrong", "unknown"}
        assert refused(entry, name, RIGHT).why == "locked"
    assert entry.log_in("zhang", RIGHT, THERE)  # nobody is locked out by others
    assert entry.log_in("li", RIGHT, HERE)
    hands.later(599)
    assert refused(entry, "zhang", RIGHT).why == "locked"
    hands.later(2)
    assert entry.log_in("zhang", RIGHT, HERE)


def test_wrong_passwords_at_once_are_no_way_around(entry: Entry) -> None:
    whys: list[str] = []
    threads = [threading.Thread(target=lambda: whys.append(refused(entry, "zhang", WRONG).why)) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(whys) == ["locked"] * 4 + ["wrong"] * 5


def test_ten_thousand_wrong_passwords(entry: Entry) -> None:
    """After five of them none is even checked, and the file does not grow."""
    for _ in range(5):
        refused(entry, "zhang", WRONG)
    size = entry.file.path.stat().st_size
    blind = replace(entry, hasher=Hasher(CHEAP))
    object.__setattr__(blind.hasher, "matches", None)  # a check of the password would fail
    assert {refused(blind, "zhang", f"{WRONG}{at}").why for at in range(200)} == {"locked"}
    assert entry.file.path.stat().st_size == size


def test_sessions_end_when_idle_and_after_a_day_of_work(entry: Entry, hands: Hands) -> None:
    key = key_of(entry.log_in("zhang", RIGHT, HERE))
    for _ in range(24):
        hands.later(29 * 60)
        assert entry.find(key) is not None
        sessions.touch(entry.file, key, entry.clock.now())
    hands.later(29 * 60)  # 12 hours 5 minutes
    assert entry.find(key) is None
    key = key_of(entry.log_in("zhang", RIGHT, HERE))
    hands.later(30 * 60)
    assert entry.find(key) is None
    hands.later(120)
    entry.log_in("li", RIGHT, HERE)
    with entry.file.reading() as found:  # what has ended leaves no trace
        assert found.execute("SELECT name FROM sessions").fetchall() == [("li",)]
        assert found.execute("SELECT count(*) FROM tries").fetchone() == (0,)


def test_a_clock_that_jumps_neither_ends_nor_prolongs_a_session(entry: Entry, hands: Hands) -> None:
    key = key_of(entry.log_in("zhang", RIGHT, HERE))
    for jump in (-10 * 365 * 86_400, 10 * 365 * 86_400):
        hands.wall += jump
        assert entry.find(key) is not None
    hands.later(31 * 60)
    hands.wall -= 31 * 60
    assert entry.find(key) is None  # the time has passed, whatever the clock says
    # After a restart the clock is read anew: set back, every session from the future has ended.
    key = key_of(entry.log_in("zhang", RIGHT, HERE))
    hands.wall -= 86_400
    assert replace(entry, clock=clock_of(hands)).find(key) is None
    # And a lock from the future holds nobody longer than ten minutes.
    for _ in range(5):
        refused(entry, "zhang", WRONG)
    assert replace(entry, clock=clock_of(hands)).log_in("zhang", RIGHT, HERE)


def test_rights_that_are_taken_away_end_at_once(entry: Entry) -> None:
    key = key_of(entry.log_in("zhang", RIGHT, HERE))
    grant(entry.file, "zhang", None)
    found = entry.find(key)
    assert found is not None
    assert found.user.person().role == ""
    grant(entry.file, "zhang", Role.PUBLICITY)
    found = entry.find(key)
    assert found is not None
    assert found.user.person().role == "publicity"
    disable(entry.file, "zhang")
    assert entry.find(key) is None
    disable(entry.file, "zhang", disabled=False)
    assert entry.find(key) is None  # the session does not come back


def test_a_password_of_ones_own(entry: Entry, hands: Hands) -> None:
    before = key_of(entry.log_in("zhang", RIGHT, HERE))
    for new, words in (
        ("short1A", "太简单"),
        ("nur-kleine", "太简单"),
        ("Zhang-2027", "太简单"),
        (RIGHT, "和原来的一样"),
    ):
        with pytest.raises(AccountError, match=words):
            entry.set_password("zhang", RIGHT, new, HERE)
    with pytest.raises(RefusedError):
        entry.set_password("zhang", WRONG, "Neu-2027-Wort", HERE)
    key = key_of(entry.set_password("zhang", RIGHT, "口令Neu2027", HERE))
    assert entry.find(before) is None
    assert entry.find(key) is not None
    assert refused(entry, "zhang", RIGHT).why == "wrong"
    hands.later(91 * 86_400)
    old = entry.find(key_of(entry.log_in("zhang", "口令Ｎeu2027", HERE)))  # NFKC: a full-width keyboard
    assert old is not None
    assert old.stale


def test_what_people_do_with_their_own_account_is_logged(entry: Entry) -> None:
    refused(entry, "zhang", WRONG)
    entry.set_password("zhang", RIGHT, "Neu-2027-Wort", HERE)
    entry.leave(entry.log_in("li", RIGHT, THERE), THERE)
    entry.leave("unknown", THERE)
    logged = [(line["account"], line["from"], line["way"], line["result"]) for line in reversed(events(entry.root))]
    assert logged == [
        ("zhang", HERE, "password：wrong", "被拒绝"),
        ("zhang", HERE, "password", "成功"),
        ("zhang", HERE, "换自己的口令", "成功"),
        ("zhang", HERE, "password", "成功"),
        ("li", THERE, "password", "成功"),
        ("li", THERE, "退出", "成功"),
    ]
    text = "".join(map(str, events(entry.root)))
    assert RIGHT not in text
    assert "Neu-2027-Wort" not in text


def test_one_time_passwords_serve_once_and_not_for_ever(entry: Entry, hands: Hands) -> None:
    once = one_time_password()
    assert check_password(once, "zhang") == once
    assert len({one_time_password() for _ in range(50)}) == 50
    entry.put_password("zhang", entry.hasher.hash(once), once=True)
    found = entry.find(key_of(entry.log_in("zhang", once, HERE)))
    assert found is not None
    assert found.stale
    key = key_of(entry.set_password("zhang", once, "Neu-2027-Wort", HERE))
    found = entry.find(key)
    assert found is not None
    assert not found.stale
    entry.put_password("li", entry.hasher.hash(once), once=True)
    hands.later(15 * 86_400)
    assert refused(entry, "li", once).why == "late"


def test_a_vouched_user_needs_an_account(entry: Entry) -> None:
    found = entry.find(key_of(entry.vouched("ZHANG", HERE, sessions.PROXY)))
    assert found is not None
    assert found.user.name == "zhang"
    disable(entry.file, "li")
    for name in ("nobody", "li"):
        with pytest.raises(RefusedError, match="还没有可用的账户"):
            entry.vouched(name, HERE, sessions.PROXY)


def test_hashes_wait_for_a_place_and_further_ones_are_refused() -> None:
    hasher = Hasher(CHEAP, queue=1, patience=0.05)
    with hasher.place(HERE), hasher.place(THERE):
        began = time.monotonic()
        with pytest.raises(AccountError, match="登录的人太多"):
            hasher.hash("x")  # waits, in vain
        assert time.monotonic() - began >= 0.05
    full = Hasher(CHEAP, queue=0, patience=60)
    with full.place(HERE), full.place(THERE), pytest.raises(AccountError, match="登录的人太多"):
        full.hash("x")  # at once
    assert hasher.hash("x").startswith("$argon2id$")


def test_one_address_does_not_fill_the_queue() -> None:
    hasher = Hasher(CHEAP, queue=6, patience=60)

    def wait() -> None:
        with hasher.place(HERE):
            pass

    with hasher.place(HERE), hasher.place(HERE):
        waiting = [threading.Thread(target=wait) for _ in range(2)]
        for thread in waiting:
            thread.start()
        while hasher._asking[HERE] < 4:
            time.sleep(0.001)
        with pytest.raises(AccountError, match="登录的人太多"):
            wait()
        with pytest.raises(AccountError, match="登录的人太多"):
            hasher._queue_up(THERE, doubtful=True)
        hasher._queue_up(THERE, doubtful=False)  # another address still gets in
        with pytest.raises(AccountError, match="登录的人太多"):
            hasher._queue_up(THERE, doubtful=False)
        hasher._leave(THERE)
    for thread in waiting:
        thread.join()
    assert not hasher._asking  # everybody has left


def test_addresses_with_wrong_tries_have_one_place_together(entry: Entry) -> None:
    for at in range(5):
        assert not is_doubtful_at(entry, HERE)
        refused(entry, f"nobody{at}", WRONG)
    assert is_doubtful_at(entry, HERE)
    assert not is_doubtful_at(entry, THERE)
    hasher = Hasher(CHEAP, patience=0.05)
    with hasher.place(HERE, doubtful=True):
        with pytest.raises(AccountError, match="登录的人太多"), hasher.place("10.0.0.3", doubtful=True):
            pass
        with hasher.place(THERE):
            pass


def is_doubtful_at(entry: Entry, address: str) -> bool:
    with entry.file.reading() as found:
        return is_doubtful(found, address, entry.clock.now())


def test_the_product_hashes_with_argon2id_at_full_cost() -> None:
    method = Hasher.__dataclass_fields__["method"].default_factory()
    assert (method.memory_cost, method.time_cost) >= (19_456, 2)  # OWASP's floor


def test_the_first_account_keeps_accounts(tmp_path: Path) -> None:
    fresh = Entry(account_file(tmp_path), Rules(), Hasher(CHEAP))
    assert fresh.empty
    with pytest.raises(AccountError, match="太简单"):
        fresh.set_up("admin", "admin")
    assert fresh.empty
    fresh.set_up("Admin", "Erst-2027-Wort")
    assert [(user.name, user.role) for user in all_users(fresh.file)] == [("admin", Role("security"))]
    assert not fresh.empty
    with pytest.raises(AccountError, match="已经有账户"):
        fresh.set_up("second", "Erst-2027-Wort")
    fresh.file.path.write_bytes(b"")
    with pytest.raises(DamagedError):
        _ = fresh.empty


def test_a_damaged_file_lets_nobody_in(entry: Entry) -> None:
    key = key_of(entry.log_in("zhang", RIGHT, HERE))
    entry.file.path.write_bytes(entry.file.path.read_bytes()[:5000])
    for ask in (
        lambda: entry.log_in("zhang", RIGHT, HERE),
        lambda: entry.find(key),
        lambda: find_user(entry.file, "li"),
    ):
        with pytest.raises(DamagedError, match="账户文件损坏或丢失"):
            ask()
