"""Revoked invitations and interviewers' passes, kept in the settings of the inbox.

    revoked/invitation/17     last day on which the invitation would have been valid
    revoked/pass/访01          how often the passes of this interviewer were revoked; earlier issues are refused
    issued/pass/访01           last day on which any of their passes is valid
    undated                   last day of codes of version 0.1.0, which carry no date

A revoked interviewer may get a new link, which has the next issue number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from survey.collect.inbox.inbox import Backend
from survey.collect.links.seals import Invitation, Pass, Seals
from survey.errors import ArgumentError
from survey.study.terms import Wave

INVITATION, PASS, ISSUED = "revoked/invitation/", "revoked/pass/", "issued/pass/"
UNDATED = "undated"
LIKE_AN_INVITATION = re.compile(r"[2-9A-HJ-NP-Z]+-\d*(-[2-9A-HJ-NP-Z]+)?-[2-9A-HJ-NP-Z]{10}")


@dataclass(frozen=True, slots=True)
class Revocations:
    """Revocations that the receiver holds in memory.

    Attributes:
        undated: last day of invitations and passes without a date.
        invitations: serial numbers that were revoked.
        issues: interviewer -> lowest valid issue of their passes.
    """

    undated: date
    invitations: frozenset[int] = frozenset()
    issues: Mapping[str, int] = field(default_factory=dict)


NOTHING_REVOKED = Revocations(date.max)


def read_revocations(backend: Backend) -> Revocations:
    """Return the current revocations; call `fix_undated` first.

    Raises:
        CollectError: the inbox cannot be read.
    """
    revoked = frozenset(int(serial) for serial in backend.recalled(INVITATION))
    issues = {name: int(count) for name, count in backend.recalled(PASS).items()}
    return Revocations(date.fromisoformat(backend.recall(UNDATED) or date.max.isoformat()), revoked, issues)


def fix_undated(backend: Backend, waves: Sequence[Wave], today: date) -> None:
    """Set the last day of codes without a date.

    Version 0.1.0 recorded neither date nor wave. The first start of a newer version sets the day permanently: the end
    of the wave that is open then, else of the next one, else of the last.
    """
    backend.remember(UNDATED, current_end(waves, today).isoformat(), once=True)


def current_end(waves: Sequence[Wave], today: date) -> date:
    """Return the last day of the open wave (of several, the last to end), else of the next one, else of the last."""
    opened = [wave.end for wave in waves if wave.start <= today <= wave.end]
    if opened:
        return max(opened)
    coming = [wave for wave in waves if wave.start > today]
    return min(coming, key=lambda wave: wave.start).end if coming else max(wave.end for wave in waves)


def revoke(backend: Backend, seals: Seals, text: str) -> str:
    """Revoke an invitation, or all existing passes of an interviewer; receivers apply it within seconds.

    Args:
        backend: the inbox.
        seals: of the same inbox.
        text: an invitation, a pass, or the code of an interviewer.

    Returns:
        A confirmation in Chinese.

    Raises:
        ArgumentError: the invitation is forged or has been used already.
    """
    text = text.strip()
    invitation, given = seals.invited(text), seals.interviewer(text)
    if invitation is not None:
        if backend.spent(text):
            raise ArgumentError("这份邀请已经用过，不用作废", got=text, cure="要去掉那份答卷，由本人凭回执码撤回")
        _revoke_invitation(backend, invitation)
        return f"已作废邀请码 {text}"
    if given is None and LIKE_AN_INVITATION.fullmatch(text):
        raise ArgumentError("邀请码无效，没有作废", got=text, cure="核对邀请码；要作废访问员，写访问员的编号")
    name = given.interviewer if given is not None else text
    if not name:
        raise ArgumentError("没有写要作废什么", cure="写邀请码，或访问员的编号")
    known = backend.recall(f"{ISSUED}{name}") is not None
    backend.remember(f"{PASS}{name}", str(next_issue(backend, name) + 1))
    doubt = "" if known or given is not None else "（没有为这个编号做过链接的记录，请核对编号）"
    return f"已作废访问员 {name} 现有的全部链接{doubt}；要继续访问，再做一次链接：--interviewer {name}"


def revoke_used(backend: Backend, seals: Seals, text: str, today: date) -> None:
    """Revoke an invitation that was used and would still be good, before the submission that says so forgets it."""
    given = seals.invited(text)
    if given is not None and (given.expires or date.fromisoformat(backend.recall(UNDATED) or "9999-12-31")) >= today:
        _revoke_invitation(backend, given)


def _revoke_invitation(backend: Backend, given: Invitation) -> None:
    last = given.expires or date.fromisoformat(backend.recall(UNDATED) or date.max.isoformat())
    backend.remember(f"{INVITATION}{given.serial}", last.isoformat())


def next_issue(backend: Backend, interviewer: str) -> int:
    """Return the issue number of a new pass."""
    return int(backend.recall(f"{PASS}{interviewer}") or 0)


def note_issued(backend: Backend, given: Pass) -> None:
    """Record the interviewer and last day of a pass; keep a later day that is recorded already."""
    known = backend.recall(f"{ISSUED}{given.interviewer}") or ""
    last = given.expires.isoformat() if given.expires else ""
    backend.remember(f"{ISSUED}{given.interviewer}", max(known, last))


def expired_memory(backend: Backend, today: date, days: int) -> list[str]:
    """Keys of what is remembered of invitations and interviewers, so many days after nothing of it is good any more."""
    revoked = backend.recalled(INVITATION)
    found = [f"{INVITATION}{serial}" for serial, last in revoked.items() if _over(last, today, days)]
    over = [name for name, last in backend.recalled(ISSUED).items() if _over(last, today, days)]
    return [*found, *(f"{ISSUED}{name}" for name in over), *_revoked_of(backend, over, today, days)]


def _revoked_of(backend: Backend, over: Sequence[str], today: date, days: int) -> list[str]:
    """Revocations of interviewers of whom nothing is good any more; those without a known pass end with the undated."""
    issued = backend.recalled(ISSUED)
    undated = _over(backend.recall(UNDATED) or "", today, days)
    return [f"{PASS}{name}" for name in backend.recalled(PASS) if (name in over if name in issued else undated)]


def _over(last: str, today: date, days: int) -> bool:
    try:
        return date.fromisoformat(last) + timedelta(days=days) < today
    except (ValueError, OverflowError):
        return False
