"""Issue invitations and interviewers' passes, each with its last valid day, and record them in the inbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from survey.collect.inbox.inbox import Backend
from survey.collect.links.revocations import current_end, next_issue, note_issued
from survey.collect.links.seals import Invitation, Pass, Seals
from survey.collect.settings import spoken_day
from survey.collect.submission.envelope import LONGEST
from survey.errors import ArgumentError
from survey.study.study import Study
from survey.study.terms import Wave

SERIAL = "invitations"
"""Setting of the inbox: number of the last invitation."""
BEYOND = timedelta(days=366)
"""Maximum validity after the last wave, because lost codes must expire."""


def last_day(study: Study, mode: str, today: date, wanted: date | None) -> date:
    """Return the last valid day of invitations and passes issued now.

    Args:
        study: its waves.
        mode: mode of collection; its waves are used, where there are any.
        today: date in Beijing time.
        wanted: requested day; None for the end of the open wave, else of the next one.

    Raises:
        ArgumentError: the day is past, or more than a year after the last wave, or all waves are over.
    """
    waves: Sequence[Wave] = [wave for wave in study.waves if mode in wave.modes] or study.waves
    if wanted is None:
        found = current_end(waves, today)
        if found < today:
            cure = "在 study.toml 写好下一轮，或用 --expires 写明日期"
            raise ArgumentError("各轮调查都已结束，做出的链接当天就过期", got=spoken_day(found), cure=cure)
        return found
    latest = max(wave.end for wave in study.waves) + BEYOND
    if not today <= wanted <= max(latest, today + BEYOND):
        expected = f"{today.isoformat()} 到 {max(latest, today + BEYOND).isoformat()}"
        raise ArgumentError("有效期不对", where="--expires", got=wanted.isoformat(), expected=expected)
    return wanted


def make_invitations(
    backend: Backend, seals: Seals, places: Sequence[int], count: int, expires: date
) -> tuple[int, Iterator[tuple[int, str]]]:
    """Issue invitations for each place; numbering continues from the last run, so each is unique.

    Returns:
        The first number, and place and text of each invitation.
    """
    first = int(backend.recall(SERIAL) or 0) + 1
    backend.remember(SERIAL, str(first + count * len(places) - 1))
    wanted = (code for code in places for _ in range(count))
    made = (
        (code, seals.invitation(Invitation(first + position, code, expires))) for position, code in enumerate(wanted)
    )
    return first, made


def make_pass(backend: Backend, seals: Seals, interviewer: str, mode: str, expires: date) -> str:
    """Issue the pass of an interviewer and record it.

    Raises:
        ArgumentError: the code of the interviewer is empty or too long for a link.
    """
    given = Pass(interviewer, mode, expires, next_issue(backend, interviewer))
    text = seals.interviewer_pass(given)
    if not interviewer.strip() or len(text) > LONGEST:
        raise ArgumentError("访问员的编号不能用", got=interviewer, expected="不为空，不超过 30 个汉字")
    note_issued(backend, given)
    return text
