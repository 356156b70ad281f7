"""Whether answers of phones arrive: what a phone asks before the first question, and what it reports when they do not.

A proxy in front can pass the page on and still swallow answers: a path that leads nowhere gives 404, a proxy that takes
no PUT gives 405. Whoever fills in the form cannot mend that. Such a fault is noted in the inbox under the id of the
answer that did not arrive, and shown on 实时回收 until it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from survey.collect.inbox.inbox import Reached, Step
from survey.collect.submission.envelope import read_identity

CHECK = "check"
"""Last part of the address that a phone tries with PUT; an id of an answer is longer."""
FAULT = "fault "
"""How the question of a step begins that is no question but a fault, with the status behind it."""
MARK = b"fault"
"""How the id of such a step begins; the step of the same person keeps its own."""
STATUSES = frozenset({403, 404, 405, 501})
"""Answers of proxies to a PUT that they do not let through."""


def fault_step(identity_text: str, status: int, study: str, at: int) -> Step | None:
    """Return what is noted of an answer that did not arrive; None where there is nothing to note.

    Args:
        identity_text: id of the answer.
        status: what its PUT was answered with.
        study: short name of the study.
        at: milliseconds since 1970.
    """
    identity = read_identity(identity_text)
    if identity is None or status not in STATUSES:
        return None
    return Step(MARK + identity[len(MARK) :], study, f"{FAULT}{status}", at)


def faults(reached: Iterable[Reached]) -> Mapping[int, int]:
    """Return the status of a fault -> how many answers it kept from arriving."""
    return {int(one.question.removeprefix(FAULT)): one.count for one in reached if one.question.startswith(FAULT)}
