"""What every inbox does when the time of its submissions is over; run on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from survey.collect.inbox.inbox import Backend, Receipt, State, Step, Stored
from survey.collect.inbox.submission import Holdings
from tests.survey.collect.inbox.inbox_submissions import submission

BODY = b'{"device":"d","answers":{"A1":1}}'
CLEARED = b'{"answers":{"A1":1}}'


def without(one: Stored) -> Stored:
    """A submission without its contacts."""
    digest = hashlib.sha256(CLEARED).digest()
    kept = one.submission._replace(body=CLEARED, sha256=digest, device="", address="", token=None)
    return replace(one, submission=kept)


def contract(backend: Backend) -> None:
    """Contacts go, then bodies; everything else stays, nothing is lost and nothing is taken for lost."""
    other = submission(9)._replace(wave="W2")
    backend.write([submission(1, BODY, token="t1"), submission(2, BODY), submission(3, BODY, token="t3"), other])
    backend.withdraw(2, at=1)
    assert backend.holdings("W1") == Holdings(2, 2, 2 * len(BODY))
    assert backend.tokens("W1") == ["t1", "t3"]
    assert [one.number for one in backend.contacts("W1", 1, 9)] == [3]
    backend.clear([without(one) for one in backend.contacts("W1", 0, 1)], at=5)
    assert backend.holdings("W1").contacts == 1, "an interrupted one goes on where it stopped"
    backend.clear([without(one) for one in backend.contacts("W1", 0, 9)], at=5)
    assert backend.clear_erased("W1", at=5) == 0
    assert backend.holdings("W1") == Holdings(0, 2, 2 * len(CLEARED))
    assert backend.tokens("W1") == []
    kept = backend.read(0, 9)
    assert [(one.number, one.submission.device, one.submission.token) for one in kept] == [
        *((number, "", None) for number in (1, 3)), (4, "d", None)
    ]  # fmt: skip
    assert all(one.intact for one in kept)
    assert backend.write([submission(1, BODY)])[0] == Receipt(1, State.DIFFERENT)

    backend.write([], [Step(b"1", "demo", "A2", 10), Step(b"2", "demo", "A2", 20)])
    assert backend.drop_steps(20) == 1
    assert [one.count for one in backend.reached()] == [1]
    assert backend.expire("W1", 6, 1) == 1
    assert backend.expire("W1", 6, 9) == 1
    assert backend.expire("W1", 6, 9) == 0
    assert (backend.expired(), backend.erased()) == ([1, 3], [2])
    assert backend.holdings("W1") == Holdings(0, 0, 0)
    assert [one.number for one in backend.read(0, 9)] == [4], "nobody takes what expired for lost"
    assert [one.submission for one in backend.read(0, 9)] == [other]


def erased_tokens(backend: Backend) -> None:
    """A withdrawn submission still has its invitation, until its time is over."""
    backend.write([submission(1, BODY, token="t1")])
    backend.withdraw(1, at=1)
    assert backend.holdings("W1") == Holdings(1, 0, 0)
    assert backend.clear_erased("W1", at=5) == 1
    assert backend.holdings("W1") == Holdings(0, 0, 0)
    assert backend.withdrawn(0) == [(1, submission(1).id)]


def openings(backend: Backend) -> None:
    """The first step of a form is when it was opened; a step after the submission opened nothing; an open link only."""
    heard, late, never, invited = (submission(number, BODY) for number in (1, 2, 3, 4))
    backend.write(
        [], [Step(heard.id, "demo", "consent", heard.received - 90), Step(late.id, "demo", "E0", late.received + 5)]
    )
    backend.write(
        [heard, late, never, invited._replace(token="t")], [Step(heard.id, "demo", "E0", heard.received - 10)]
    )
    found = backend.arrivals(0, 9)
    assert [(one.number, one.id, one.received) for one in found] == [
        (at, one.id, one.received) for at, one in enumerate((heard, late, never), 1)
    ]
    assert [(one.opened, bool(one.seen)) for one in found] == [
        (heard.received - 90, True), (late.received + 5, False), (None, False)
    ]  # fmt: skip
    assert [one.number for one in backend.arrivals(1, 1)] == [2]
    assert backend.drop_steps(heard.received) == 1
    assert backend.arrivals(0, 1)[0].opened is None
    backend.withdraw(1, at=1)
    assert [one.number for one in backend.arrivals(0, 9)] == [2, 3]
