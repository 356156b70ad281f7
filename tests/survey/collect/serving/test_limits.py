"""Rate limits: who is limited, who is unaffected by a flood of addresses, and how many networks are kept."""

from __future__ import annotations

import pytest

from survey.collect.serving import limits
from survey.collect.serving.limits import Limits, network


def test_an_allowance_refills_and_a_clock_that_jumps_back_has_no_effect() -> None:
    limit = Limits(2, 0.5)
    assert [limit.wait("a", 10.0) for _ in range(3)] == [0.0, 0.0, 2.0]
    assert limit.wait("a", 1.0) == 2.0
    assert limit.wait("a", 12.0) == 0.0
    assert limit.wait("b", 12.0) == 0.0


def test_the_addresses_of_one_subscriber_share_an_allowance() -> None:
    limit = Limits(3, 0.01)
    found = [limit.wait(f"2001:db8:1:2:{number:x}::{number:x}", 0.0) for number in range(1, 6)]
    assert [wait == 0 for wait in found] == [True] * 3 + [False] * 2
    assert limit.wait("2001:db8:1:3::1", 0.0) == 0.0
    assert len(limit) == 2


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::1", "20010db800000000::"),
        ("fe80::1%eth0", "fe80000000000000::"),
        ("not:an:address", "not:an:address"),
    ],
)
def test_network_of_an_address(address: str, name: str) -> None:
    assert network(address) == name


def test_a_flood_of_addresses_neither_fills_the_memory_nor_resets_a_limited_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "REMEMBERED", 100)
    limit = Limits(5, 1e-9)
    waits = []
    for number in range(5000):
        limit.wait(f"10.{number}", 0.0)
        assert len(limit) <= 200
        if number % 50 == 0:
            waits.append(limit.wait("10.9.9.9", 0.0))
    assert [wait == 0 for wait in waits] == [True] * 5 + [False] * 95


def test_an_allowance_of_less_than_one_still_lets_one_through() -> None:
    assert Limits(0.5, 1).wait("a", 0.0) == 0.0
