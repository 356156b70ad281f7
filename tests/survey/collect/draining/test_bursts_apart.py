"""A script's answers are stored and held back until an analyst decides; a carrier's residents count at once."""

from __future__ import annotations

import random
import time

import pytest

from survey.collect.draining.drain import drain
from survey.collect.inbox.sqlite import SqliteBackend
from survey.quality.exclusions import caption_phrase, counted_responses
from survey.storage.store import ResponseStore
from survey.study.burst_log import COUNT, DROP, UNDO, burst_log
from survey.study.study import Study
from tests.survey.collect.stuffed import residents, script, submit
from tests.survey.collect.town import make_town

ADDRESSES, EACH, HONEST = 5, 60, 40


@pytest.fixture(scope="module")
def stuffed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Study, frozenset[str]]:
    """A study whose open link took forty residents of one carrier and a script of five addresses; drained twice."""
    chance = random.Random(3)
    study = make_town(tmp_path_factory.mktemp("stuffed") / "town", "burst = 100000")
    people = residents("203.0.113.9", HONEST, chance)
    acts = [*people, *script(ADDRESSES, EACH, 4.0, chance)]
    assert set(submit(study, acts, time.time() - 7200, chance)) == {201}
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    first, again = drain(study, backend), drain(study, backend)
    backend.close()
    assert (first.moved, first.apart, again.apart) == (HONEST + ADDRESSES * EACH, ADDRESSES * EACH, 0)
    return study, frozenset(act.identity for act in people)


def counted(study: Study) -> set[str]:
    return set(counted_responses(study)["response_id"].to_pylist())


def test_everything_is_stored_and_only_the_residents_count(stuffed: tuple[Study, frozenset[str]]) -> None:
    study, people = stuffed
    assert ResponseStore(study.root / "store").read(["response_id"]).num_rows == HONEST + ADDRESSES * EACH
    assert counted(study) == people
    assert caption_phrase(study) == "集中提交待判断 300 份，都没有计入"
    bursts = burst_log(study).bursts()
    assert [len(one.responses) for one in bursts] == [EACH] * ADDRESSES
    assert all(not one.responses & people for one in bursts)
    assert all("密集" in one.grounds and one.who == "程序" and one.last > one.first for one in bursts)


def test_no_address_is_in_the_log(stuffed: tuple[Study, frozenset[str]]) -> None:
    study, _ = stuffed
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    marks = {part for one in backend.arrivals(0, 1000) for part in one.address.split(".")}
    backend.close()
    content = (study.root / "bursts.sqlite").read_bytes()
    assert marks
    assert not [mark for mark in [*marks, "198.18", "203.0.113"] if mark.encode() in content]


def test_an_analyst_counts_drops_and_takes_it_back(stuffed: tuple[Study, frozenset[str]]) -> None:
    study, people = stuffed
    log = burst_log(study)
    assert log.decide([1], COUNT, who="李四", why="办事大厅组织填写，已核实") == EACH
    assert len(counted(study)) == HONEST + EACH
    assert log.decide([1, 2], DROP, who="李四", why="核实为脚本") == 2 * EACH
    assert counted(study) == people
    assert caption_phrase(study) == "集中提交待判断 180 份，集中提交判为不计 120 份，都没有计入"
    assert log.decide([1, 2], UNDO, who="王五", why="再查") == 2 * EACH
    assert caption_phrase(study) == "集中提交待判断 300 份，都没有计入"
    first = log.bursts()[0]
    assert (first.who, first.why, first.decided) == ("王五", "再查", False)
