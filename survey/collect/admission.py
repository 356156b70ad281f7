"""Admission: who may answer, by an open link, an invitation or an interviewer's pass, and what the others are told.

Everything is decided in memory: what was revoked is renewed every few seconds by the application.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from survey.collect.revocations import Revocations
from survey.collect.seals import Pass, Seals
from survey.collect.settings import CHINA, CollectSettings, spoken_day
from survey.study.study import INTERVIEWER_MODES

KEPT = "手机里没有交上的答卷还在，用新链接打开后可以再次提交。"


class Objection(NamedTuple):
    """Why somebody is not admitted: a short code for the form, and a sentence.

    The codes: "pass" and "invitation" were never good, "expired" and "revoked" are no longer so.
    """

    error: str
    message: str

    @property
    def ended(self) -> bool:
        """Whether it was good before: an answer that came in time then still gets its receipt."""
        return self.error in ("expired", "revoked")


class Admission:
    """Judges links of one study.

    Args:
        settings: its collect table.
        seals: of its inbox.
        revoked: what was revoked; replaced while the receiver runs.
        clock: UTC seconds since 1970.
    """

    def __init__(
        self, settings: CollectSettings, seals: Seals, revoked: Revocations, clock: Callable[[], float]
    ) -> None:
        """Take everything in; nothing is looked up later."""
        self.settings, self.seals, self.revoked, self.clock = settings, seals, revoked, clock

    def objection(self, key: str, given: Pass | None, token: str, place: int | None) -> Objection | None:
        """What speaks against whoever opens a link or sends an answer, None for nothing.

        Args:
            key: the pass that came along, "" for a resident.
            given: `pass_of` it.
            token: the invitation that came along, "" for none.
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
            return Objection("invitation", "邀请码无效，请核对邀请函上的链接是否完整。")
        if given.serial in self.revoked.invitations:
            contact = self.settings.contact
            ask = f"请联系：{contact}" if contact else "请联系组织单位"
            return Objection("revoked", f"这份邀请已由组织单位作废，不能填写。如有疑问，{ask}。")
        last = given.expires or self.revoked.undated
        if self._today() > last:
            return Objection("expired", f"这份邀请已于{spoken_day(last)}到期，不能再填写。感谢您的关注。")
        if given.place is not None and given.place != place:
            return Objection("invitation", "邀请码与调查点不符。")
        return None

    def place_of(self, token: str) -> int | None:
        """The place that an invitation is for; None for anywhere, and for what is no invitation of ours."""
        given = self.seals.invited(token) if token else None
        return given.place if given is not None else None

    def pass_of(self, text: str) -> Pass | None:
        """The interviewer behind a pass; None for "" and for a pass that was not made here."""
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
