"""The rectification ledger as the person who acts may see it: rated units see their own district and unit only."""

from __future__ import annotations

from datetime import datetime

from accounts.scope import concerns, own_districts
from survey.errors import ArgumentError
from survey.study.plans.rectification import Entry, Event, Ledger, Remeasure


class OwnLedger(Ledger):
    """The ledger of a study within the scope of the person who acts."""

    __slots__ = ()

    def entries(self) -> tuple[Entry, ...]:
        """Return the entries in scope."""
        return tuple(one for one in Ledger(self.path).entries() if concerns(one.area, one.owner))

    def events(self) -> tuple[Event, ...]:
        """Return the changes of entries in scope, oldest first."""
        found = Ledger(self.path).events()
        if own_districts() is None:
            return found
        mine = {one.number for one in self.entries()}
        return tuple(one for one in found if one.entry in mine)

    def open_entry(self, entry: Entry, *, who: str, at: datetime | None = None) -> Entry:
        """Open an entry in scope.

        Raises:
            ArgumentError: it lies outside the scope, or as of `Ledger.open_entry`.
        """
        if not concerns(entry.area, ""):
            raise _outside(entry.area)
        return Ledger.open_entry(self, entry, who=who, at=at)

    def update(self, number: int, *, who: str, at: datetime | None = None, **changes: str) -> Entry:
        """Change an entry in scope.

        Raises:
            ArgumentError: it lies outside the scope, or as of `Ledger.update`.
        """
        self._permit(number)
        return Ledger.update(self, number, who=who, at=at, **changes)

    def remeasure(self, number: int, result: Remeasure, *, who: str, at: datetime | None = None) -> Entry:
        """Measure an entry in scope again.

        Raises:
            ArgumentError: it lies outside the scope, or as of `Ledger.remeasure`.
        """
        self._permit(number)
        return Ledger.remeasure(self, number, result, who=who, at=at)

    def _permit(self, number: int) -> None:
        if own_districts() is not None and number not in {one.number for one in self.entries()}:
            raise _outside(f"第 {number} 号")


def _outside(what: str) -> ArgumentError:
    return ArgumentError("这个条目不在您的区县或单位", got=what, cure="请分析员或宣传部门办理")
