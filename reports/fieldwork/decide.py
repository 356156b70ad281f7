"""Leaving responses out, or taking them in again: by check, id, interviewer or community, never by an answer (R-07)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reports.fieldwork.data_quality import Fieldwork
from survey.errors import ArgumentError
from survey.host.access import require_analyst
from survey.quality.exclusions import EXCLUDE, RESTORE, Decision, by_column, by_id
from survey.quality.registry import CHECKS

WORDS: Mapping[str, str] = {EXCLUDE: "剔除", RESTORE: "恢复"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Responses that a decision concerns.

    Attributes:
        responses: their ids.
        grounds: the check or the unit that drew attention to them, as the log keeps it.
    """

    responses: tuple[str, ...]
    grounds: str


def checks() -> Mapping[str, str]:
    """Return the checks by which responses may be chosen, with their labels; one that gives hints only is none."""
    return {name: one.label for name, one in CHECKS.items() if not one.hint}


def choose(work: Fieldwork, by: str, value: str) -> Chosen:
    """Find the responses that are named.

    Args:
        work: a wave and mode.
        by: "check", "id", "interviewer" or "psu".
        value: name of the check, ids, or code of the interviewer or community.

    Raises:
        ArgumentError: no such check, or no such responses.
    """
    if by == "check":
        if value not in checks():
            known = "、".join(f"{name}（{label}）" for name, label in checks().items())
            raise ArgumentError("不能按这项检查剔除答卷", got=value, expected=known)
        flags = work.flags()
        return Chosen(tuple(flags.loc[flags["check"] == value, "response_id"]), checks()[value])
    if by == "id":
        return Chosen(by_id(work.read(), value), "答卷编号")
    return Chosen(by_column(work.read(by), by, value), value.strip())


def decide(work: Fieldwork, kind: str, chosen: Chosen, *, who: str, why: str) -> Decision:
    """Write the decision into the log; the responses stay.

    Args:
        work: the wave and mode of the responses.
        kind: `EXCLUDE` or `RESTORE`.
        chosen: from `choose`.
        who: the person.
        why: their reason.

    Raises:
        ArgumentError: not an analyst, nobody or no reason is named, or nothing would change.
    """
    require_analyst("剔除或恢复答卷")
    log = work.decisions.restore if kind == RESTORE else work.decisions.exclude
    return log(chosen.responses, wave=work.wave, who=who, why=why, grounds=chosen.grounds)


def left_out(work: Fieldwork) -> int:
    """Return how many responses of the wave and mode are left out now."""
    out = work.decisions.excluded(work.wave)
    return len(out & set(work.read()["response_id"].to_pylist())) if out else 0
