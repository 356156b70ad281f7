"""The live figures are counts of the inbox, and the burst report only counts."""

from __future__ import annotations

import hashlib
import random
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from survey.collect.inbox.inbox import Step, Submission
from survey.collect.inbox.sqlite import SqliteBackend
from survey.collect.monitoring.arrivals import Arrivals
from survey.collect.monitoring.bursts import bursts
from survey.collect.monitoring.monitor import Live, live
from survey.collect.settings import CHINA
from survey.study.study import Study, load_study
from tests.survey.collect.town import body_of, make_town, uuid7

HOUR = 3_600_000
NOON = 1_790_006_400_000 // HOUR * HOUR


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_town(tmp_path / "town", "quota = 4", start="2026-09-01", end="2026-09-30")


def now(study: Study, backend: SqliteBackend, moment: datetime | None = None) -> Live:
    return live(study, backend, Arrivals().look(backend), moment)


def submission(
    study: Study, at: int, place: int | None, device: str = "", flags: str = "", **answers: int
) -> Submission:
    identity = uuid7()
    body = body_of(study, identity, dict(answers))
    return Submission(
        UUID(identity).bytes, "s", "W1", "online", "v", place, at, hashlib.sha256(body).digest(), None,
        device, "", flags, body,
    )  # fmt: skip


def test_hours_places_and_quota(study: Study, backend: SqliteBackend) -> None:
    here, there = (point.code for point in study.areas.points[:2])
    backend.write(
        [submission(study, NOON, here), submission(study, NOON + 5, here), submission(study, NOON + HOUR, None)]
    )
    backend.write([submission(study, NOON, there, flags="honeypot")])
    backend.withdraw(2, at=1)
    state = now(study, backend)
    assert (state.total, state.waiting, state.held, state.withdrawn) == (3, 3, 1, 1)
    assert state.hours["answers"].tolist() == [2, 1]
    places = state.places.set_index("psu")
    assert (places.loc[here, "answers"], places.loc[there, "answers"], places["answers"].sum()) == (1, 1, 2)
    assert len(places) == len(study.areas.points)
    assert set(places["target"]) == {4.0}


def test_an_empty_inbox_is_all_zeros(study: Study, backend: SqliteBackend) -> None:
    state = now(study, backend)
    assert (state.total, len(state.hours), int(state.steps["reached"].sum())) == (0, 0, 0)
    assert bursts(Arrivals().look(backend), backend) == ()


def test_drop_out_counts_those_who_sent_everywhere(study: Study, backend: SqliteBackend) -> None:
    done = submission(study, NOON, None)
    others = [UUID(uuid7()).bytes for _ in range(4)]
    stops = ("A1", "A1", "consent", "declined")
    steps = [Step(identity, "s", stop, NOON) for identity, stop in zip(others, stops, strict=True)]
    backend.write([done], [Step(done.id, "s", "C1", NOON), *steps])
    state = now(study, backend)
    table = state.steps.set_index("question")
    assert state.declined == 1
    assert table.loc["consent", ["reached", "left"]].tolist() == [4, 1]
    assert table.loc["A1", ["reached", "left"]].tolist() == [3, 2]
    assert table.loc["J5", ["reached", "left"]].tolist() == [1, 0]


def test_a_burst_is_many_from_one_device_within_ten_minutes(study: Study, backend: SqliteBackend) -> None:
    fast = [submission(study, NOON + 30_000 * at, None, "tablet", S1=1 + at % 2) for at in range(15)]
    slow = [submission(study, NOON + HOUR * at, None, "library") for at in range(15)]
    backend.write([*fast, *slow])
    (found,) = bursts(Arrivals().look(backend), backend)
    assert (found.source, found.mark, found.answers, found.same) == ("device", "tablet", 15, 1.0)
    assert len(backend.read(0, 100)) == 30


def test_a_quota_counts_the_wave_that_is_on_and_no_earlier_one(tmp_path: Path) -> None:
    study = make_town(tmp_path / "town", "quota = 4", start="2026-03-01", end="2026-03-14")
    toml = study.root / "study.toml"
    again = '\n[[waves]]\nname = "W2"\ntitle = "第二轮"\nstart = 2026-09-01\nend = 2026-09-14\nmodes = ["online"]\n'
    toml.write_text(toml.read_text(encoding="utf-8") + again, encoding="utf-8")
    study = load_study(study.root)
    backend = SqliteBackend(study.root / "inbox" / "inbox.sqlite")
    place = study.areas.points[0].code

    def at(month: int, day: int) -> datetime:
        return datetime(2026, month, day, 12, tzinfo=CHINA)

    sent = [at(3, 2), at(3, 3), at(9, 2)]
    backend.write([submission(study, int(moment.timestamp() * 1000), place) for moment in sent])
    states = [now(study, backend, moment) for moment in (at(3, 5), at(5, 1), at(9, 3), at(12, 1))]
    backend.close()
    assert [state.total for state in states] == [2, 2, 1, 1]
    assert [int(state.places["answers"].sum()) for state in states] == [2, 2, 1, 1]
    assert {state.waiting for state in states} == {3}
    assert states[2].wave == "第二轮"


def test_drop_out_of_an_earlier_wave_is_not_counted_again(study: Study, backend: SqliteBackend) -> None:
    early = int(datetime(2026, 8, 31, 23, 59, tzinfo=CHINA).timestamp() * 1000)
    stops = [Step(UUID(uuid7()).bytes, "s", stop, at) for stop in ("A1", "declined") for at in (early, NOON, NOON)]
    backend.write([], stops)
    state = now(study, backend)
    assert (state.declined, int(state.steps.set_index("question").loc["A1", "left"])) == (2, 2)


def test_a_second_look_reads_only_what_is_new(study: Study, backend: SqliteBackend) -> None:
    arrivals, asked = Arrivals(), []
    original = backend.envelopes
    backend.envelopes = lambda after, limit: asked.append(after) or original(after, limit)  # type: ignore[method-assign,func-returns-value]
    assert len(arrivals.look(backend)) == 0
    backend.write([submission(study, NOON, None), submission(study, NOON, study.areas.points[0].code, "d")])
    first = arrivals.look(backend)
    assert first["place"].isna().tolist() == [True, False]
    backend.write([submission(study, NOON + 1, None)])
    backend.withdraw(1, at=1)
    assert arrivals.look(backend)["number"].tolist() == [2, 3]
    assert arrivals.look(backend)["number"].tolist() == [2, 3]
    assert asked == [0, 0, 2, 2, 3, 3]
    assert first["number"].tolist() == [1, 2], "a table that was handed out stays as it is"


def test_the_fullest_ten_minutes_are_those_of_looking_everywhere(study: Study, backend: SqliteBackend) -> None:
    draw = random.Random(4)
    for trial in range(20):
        device = f"d{trial}"
        moments = sorted(NOON + draw.randrange(3 * HOUR) for _ in range(draw.randint(12, 80)))
        backend.write([submission(study, moment, None, device) for moment in moments])
        most = max(sum(0 <= other - moment <= 600_000 for other in moments) for moment in moments)
        found = {one.mark: one for one in bursts(Arrivals().look(backend), backend, many=2)}
        assert found[device].answers == most
