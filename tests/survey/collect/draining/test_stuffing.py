"""Scripted submissions are set apart, people behind one address are not; both as the server sees them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from survey.collect.draining.stuffing import HOUR, suspects, unseen_of

MINIMUM = 30_000
NOON = 1_790_006_400_000
Table = pd.DataFrame
Random = np.random.Generator


def sent(address: str, received: Any, took: Any, patterns: Any) -> Table:
    """Submissions of one address; `took` in milliseconds since the form was opened, NaN where it never was."""
    received = NOON + np.sort(np.asarray(received, dtype=np.int64))
    columns = {"address": address, "received": received, "opened": received - np.broadcast_to(took, received.shape)}
    return pd.DataFrame({**columns, "seen": False, "pattern": patterns})


def people(
    address: str, n: int, random: Random, *, hours: float = 1.0, start: float = 0.0, lost: float = 0.05
) -> Table:
    """Residents: a Poisson stream, two to ten minutes each, some opening notes lost, a tenth of them all satisfied."""
    took = np.where(random.random(n) < lost, np.nan, random.uniform(120_000, 600_000, n))
    patterns = np.where(random.random(n) < 0.1, 1, random.integers(10, 1 << 40, n))
    return sent(address, (start + random.random(n) * hours) * HOUR, took, patterns)


def town(random: Random, networks: int = 400) -> Table:
    """Households and offices of one to three people over a day."""
    size = random.integers(1, 4, networks)
    parts = [people(f"h{at}.b{at}", int(n), random, hours=24, start=-20) for at, n in enumerate(size)]
    return pd.concat(parts)


def apart(*parts: Table) -> tuple[Table, dict[int, frozenset[str]]]:
    """Return the table in order of arrival, and position -> reasons of the submissions set apart."""
    table = pd.concat(parts).sort_values("received", kind="stable", ignore_index=True)
    table["number"] = np.arange(len(table)) + 1
    pattern = table["pattern"].to_numpy(dtype=np.int64)
    found = suspects(table, unseen_of(table, MINIMUM), lambda numbers: pattern[numbers - 1])
    return table, {row: one.reasons for one in found for row in one.rows.tolist()}


def share(table: Table, found: Iterable[int], prefix: str) -> float:
    """Return the share of the submissions of some addresses that is set apart."""
    mine = table["address"].str.startswith(prefix).to_numpy()
    chosen = np.zeros(len(table), dtype=bool)
    chosen[list(found)] = True
    return float(chosen[mine].mean())


@pytest.mark.parametrize("seed", range(3))
def test_honest_people_behind_one_address_all_remain(seed: int) -> None:
    random = np.random.default_rng(seed)
    carrier = people("c1.c", 300, random)
    assert apart(carrier)[1] == {}
    assert apart(carrier, town(random))[1] == {}
    never_heard_of = people("c1.c", 300, random, lost=1.0)  # a proxy that swallows the notes of the form
    assert apart(never_heard_of)[1] == {}
    rush = people("c1.c", 3000, random), *(people(f"c{at}.c", 1000, random, lost=0.08) for at in range(2, 8))
    assert apart(*rush, town(random))[1] == {}, "a whole carrier after a message of the city"
    alike = np.where(random.random(40) < 0.4, 1, random.integers(10, 1 << 40, 40))
    classroom = sent("s.s", random.random(40) * 8_000, 400_000.0, alike)
    assert apart(classroom, town(random))[1] == {}, "forty who press the button together"


@pytest.mark.parametrize(
    ("seconds", "took"),
    [(3.4, np.nan), (60, np.nan), (600, np.nan), (3.4, 900.0), (600, 5_000.0), (8 * 3600, np.nan), (8 * 3600, 2_000.0)],
)
def test_scripted_submissions_of_fifty_addresses_are_set_apart(seconds: float, took: float) -> None:
    random = np.random.default_rng(5)
    script = [
        sent(f"x{at}.x{at}", random.random(200) * seconds * 1000, took, random.integers(10, 1 << 40, 200))
        for at in range(50)
    ]
    carrier = people("c1.c", 300, random)
    table, found = apart(*script, carrier, town(random))
    assert share(table, found, "x") >= 0.99
    assert share(table, found, "c") == 0
    assert share(table, found, "h") == 0


def test_a_flood_is_found_without_anything_to_compare_it_with() -> None:
    random = np.random.default_rng(6)
    flood = sent("x.x", random.random(316) * 3_400, np.nan, random.integers(10, 1 << 40, 316))
    _, found = apart(flood)
    assert len(found) == 316
    assert set().union(*found.values()) >= {"dense"}


def test_forms_opened_in_advance_and_sent_at_once_are_no_people() -> None:
    random = np.random.default_rng(7)
    patient = sent("x.x", random.random(300) * 5_000, 400_000.0, random.integers(10, 1 << 40, 300))
    table, found = apart(patient, town(random))
    assert share(table, found, "x") == 1
    assert set().union(*found.values()) == {"crowd"}


def test_one_set_of_answers_again_and_again_is_set_apart_and_satisfied_people_are_not() -> None:
    random = np.random.default_rng(8)
    slow = sent(
        "x.x", random.random(100) * 20 * HOUR, 200_000.0, np.where(np.arange(100) < 60, 7, 1000 + np.arange(100))
    )
    contented = sent(
        "y.y", random.random(100) * 20 * HOUR, 200_000.0, np.where(np.arange(100) < 15, 1, 2000 + np.arange(100))
    )
    table, found = apart(slow, contented, town(random))
    assert {table.loc[row, "pattern"] for row in found} == {7}
    assert len(found) == 60


def test_a_block_of_addresses_is_one_source() -> None:
    random = np.random.default_rng(9)
    many = [sent(f"x{at}.x", random.random(5) * 20_000, np.nan, random.integers(10, 1 << 40, 5)) for at in range(60)]
    table, found = apart(*many, town(random))
    assert share(table, found, "x") == 1
    assert share(table, found, "h") == 0


def test_times_of_the_phone_and_forms_of_earlier_versions_count_as_they_should() -> None:
    received = [NOON, NOON, NOON, NOON]
    table = pd.DataFrame(
        {
            "received": received,
            "opened": [NOON - 29_999, NOON - 30_000, NOON + 1, None],
            "seen": [True, True, False, True],
        }
    )
    assert unseen_of(table, MINIMUM).tolist() == [True, False, True, False]
