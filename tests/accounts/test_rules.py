"""Settings of accounts: read whole, private, and refused with the place of the fault."""

import stat
from pathlib import Path

import pytest

from accounts.roles import RIGHTS
from accounts.rules import ADMINISTRATORS, FILE, Proxies, Rules, read_rules
from accounts.verbs import Verb
from survey.errors import AccountError
from survey.host.access import Role

GOOD = """
[password]
days = 180
[session]
idle_minutes = 10
[proxy]
addresses = ["10.0.0.0/24", "::1"]
user = "X-Remote-User"
[oidc]
issuer = "https://sso.example.cn"
client_id = "silu"
client_secret = "s"
"""


def write(study: Path, text: str) -> Path:
    path = study / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_defaults_are_those_of_level_two(tmp_path: Path) -> None:
    rules = read_rules(tmp_path)
    assert rules == Rules()
    assert (rules.days, rules.idle_minutes, rules.provider.issuer) == (90, 30, "")


def test_a_file_is_read_and_made_private(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    rules = read_rules(tmp_path)
    assert (rules.days, rules.idle_minutes, rules.hours, rules.provider.client_id) == (180, 10, 12, "silu")
    assert rules.proxies.user == "x-remote-user"
    assert "client_secret" not in repr(rules)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("address", "trusted"), [("10.0.0.9", True), ("10.0.1.9", False), ("::1", True), ("evil", False), ("", False)]
)
def test_only_listed_proxies_are_trusted(address: str, trusted: bool) -> None:
    assert Proxies(("10.0.0.0/24", "::1")).trusts(address) is trusted


def test_administrators_may_be_bound_to_addresses(tmp_path: Path) -> None:
    write(tmp_path, '[administrators]\naddresses = ["10.0.0.0/30"]')
    rules = read_rules(tmp_path)
    for role in Role:
        assert rules.admits(role, "10.0.0.1")
        assert rules.admits(role, "10.0.0.9") is (role not in ADMINISTRATORS)
        assert Rules().admits(role, "10.0.0.9")
    assert {role for role in Role if RIGHTS[role] & {Verb.RUN, Verb.ACCOUNTS, Verb.AUDIT}} == set(ADMINISTRATORS)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[password]\ndays = 366", "days"),
        ("[session]\nidle_minutes = 0", "idle_minutes"),
        ("[session]\nidle_minutes = true", "idle_minutes"),
        ("[session]\nidel_minutes = 5", "idel_minutes"),
        ("[lock]\ntries = 500", "lock"),
        ("tries = 500", "tries"),
        ('[proxy]\naddresses = ["everyone"]', "addresses"),
        ('[proxy]\nuser = "a b"', "user"),
        ('[oidc]\nissuer = "http://sso.example.cn"\nclient_id = "x"', "issuer"),
        ('[oidc]\nissuer = "https://sso.example.cn"', "client_id"),
        ("[oidc]\nlabel = 3", "label"),
        ('[administrators]\naddresses = "10.0.0.1"', "addresses"),
        ("[oidc", "login.toml"),
    ],
)
def test_a_fault_is_named(tmp_path: Path, text: str, named: str) -> None:
    write(tmp_path, text)
    with pytest.raises(AccountError, match=named):
        read_rules(tmp_path)
