"""Admission by open link, invitation or interviewer's pass, with the reason for a refusal.

Decisions are made in memory; the application refreshes the revocations every few seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from survey.collect.links.revocations import Revocations
from survey.collect.links.seals import Pass, Seals
from survey.collect.settings import CHINA, CollectSettings, spoken_day
from survey.study.study import INTERVIEWER_MODES

KEPT = "手机里没有交上的答卷还在，用新链接打开后可以再次提交。"


class Objection(NamedTuple):
    """Reason for a refusal: a short code for the form, and a sentence.

    Codes: "pass" and "invitation" were never valid, "expired" and "revoked" no longer are.
    """

    error: str
    message: str

    @property
    def ended(self) -> bool:
        """Return whether it was valid before: a submission that arrived in time then still gets its receipt."""
        return self.error in ("expired", "revoked")


INVALID = Objection("invitation", "邀请码无效，或与调查点不符。请核对邀请函上的链接是否完整。")
"""The same reply to a forged invitation and to one for another place."""


class Admission:
    """Checks the links of one study.

    Args:
        settings: its collect table.
        seals: seals of its inbox.
        revoked: revocations; replaced while the receiver runs.
        clock: UTC seconds since 1970.
    """

    def __init__(
        self, settings: CollectSettings, seals: Seals, revoked: Revocations, clock: Callable[[], float]
    ) -> None:
        """Keep all settings; nothing is looked up later."""
        self.settings, self.seals, self.revoked, self.clock = settings, seals, revoked, clock

    def objection(self, key: str, given: Pass | None, token: str, place: int | None) -> Objection | None:
        """Return the objection to a visitor or a submission; None where there is none.

        Args:
            key: the pass in the request, "" for a resident.
            given: `pass_of` it.
            token: the invitation in the request, "" for none.
            place: community code of the answer.
        """
        if given is not None:
            return self._interviewer(given)
        if key:
            return Objection("pass", "访问员链接无效或不完整，请向管理员重新索取。")
        return self._resident(token, place)

    def _resident(self, token: str, place: int | None) -> Objection | None:
        if not token:
            alone = self.settings.invitation == "token"
            return Objection("invitation", "本调查凭邀请码填写，请用邀请函上的二维码或链接打开。") if alone else None
        given = self.seals.invited(token)
        if given is None:
            return INVALID
        if given.serial in self.revoked.invitations:
            contact = self.settings.contact
            ask = f"请联系：{contact}" if contact else "请联系组织单位"
            return Objection("revoked", f"这份邀请已由组织单位作废，不能填写。如有疑问，{ask}。")
        last = given.expires or self.revoked.undated
        if self._today() > last:
            return Objection("expired", f"这份邀请已于{spoken_day(last)}到期，不能再填写。感谢您的关注。")
        if given.place is not None and given.place != place:
            return INVALID
        return None

    def place_of(self, token: str) -> int | None:
        """Return the place of an invitation; None for any place, and for an invalid invitation."""
        given = self.seals.invited(token) if token else None
        return given.place if given is not None else None

    def pass_of(self, text: str) -> Pass | None:
        """Return the interviewer's pass; None for "" and for a forged pass."""
        given = self.seals.interviewer(text) if text else None
        return given if given is not None and given.mode in INTERVIEWER_MODES else None

    def _interviewer(self, given: Pass) -> Objection | None:
        if given.issue < self.revoked.issues.get(given.interviewer, 0):
            return Objection("revoked", f"这个访问员链接已经作废，请向管理员索取新链接。{KEPT}")
        last = given.expires or self.revoked.undated
        if self._today() > last:
            return Objection("expired", f"访问员链接已于{spoken_day(last)}到期，请向管理员索取新链接。{KEPT}")
        return None

    def _today(self) -> date:
        return datetime.fromtimestamp(self.clock(), CHINA).date()
