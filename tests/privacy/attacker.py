"""An attacker who keeps every number that a role is shown, and solves for the ones that are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from reports.sample import StudySample
from reports.selection import Selection
from reports.verdicts import judged

ALL = ""
UNBOUNDED = 3
"""Status of `linprog`."""
Table = tuple[int, str, str, str]
"""Publication, wave, item and column of people: one system of equations."""
Count = tuple[str, ...]
"""A group (`ALL` for everybody), and district and street as far as they are chosen."""
LEVELS: tuple[tuple[str, ...], ...] = ((), ("district",), ("street",))


@dataclass
class Notes:
    """What was shown: table -> count -> number of answers."""

    shown: dict[Table, dict[Count, int]] = field(default_factory=dict)

    def ask(self, publication: int, gathered: StudySample, asked: Selection, column: str, group: str) -> None:
        """Ask for a table, and write down every number in it."""
        found = judged(gathered, asked.within(**{column: group}) if group else asked)
        above = dict(zip(gathered.sample.cells.keys["street"], gathered.sample.cells.keys["district"], strict=True))
        for row in found.table.to_dict("records"):
            if pd.isna(row["n"]):
                assert pd.isna(row["estimate"])
                continue
            street = str(row.get("street", ""))
            place = (above[street], street) if street else (str(row["district"]),) if "district" in row else ()
            self.note((publication, asked.wave, str(row["item"])), column, (group, *place), int(row["n"]))

    def note(self, where: tuple[int, str, str], column: str, count: Count, n: int) -> None:
        """Write one number down."""
        known = self.shown.setdefault((*where, column), {})
        assert known.setdefault(count, n) == n, ("the same question has one answer", where, column, count, n)


@dataclass(frozen=True)
class Truth:
    """The microdata behind one table.

    Attributes:
        atoms: (group, district, street) -> answers; the group is "?" where it was not reported.
        since: the same by the publication that first showed them.
    """

    atoms: Mapping[Count, int]
    since: Mapping[tuple[Count, int], int]

    @classmethod
    def of(cls, gathered: StudySample, wave: str, item: str, column: str) -> Truth:
        """Count the answers of a sample."""
        keys, answers = gathered.sample.cells.keys, gathered.sample.cells.n_i[gathered.sample.cells.index(item)]
        inside = (keys["wave"].astype(str) == wave).to_numpy()
        groups = keys[column].astype(object).fillna("?").astype(str)
        names = [groups, keys["district"].astype(str), keys["street"].astype(str), keys["since"]]
        sums = pd.Series(answers[inside]).groupby([name[inside].to_numpy() for name in names]).sum()
        since = {((str(who), str(one), str(two)), int(at)): int(n) for (who, one, two, at), n in sums.items() if n}
        atoms: dict[Count, int] = {}
        for (atom, _), n in since.items():
            atoms[atom] = atoms.get(atom, 0) + n
        return cls(atoms, since)

    def counts(self) -> dict[Count, list[Count]]:
        """Return every count that may be asked for -> the atoms that it adds up."""
        found: dict[Count, list[Count]] = {}
        for atom in self.atoms:
            group, *area = atom
            for who in {group, ALL} - {"?"}:
                for depth in range(3):
                    found.setdefault((who, *area[:depth]), []).append(atom)
        return found

    def people(self, atoms: Iterable[Count]) -> int:
        """Return the answers of some atoms."""
        return sum(self.atoms[atom] for atom in atoms)

    def joined(self, atoms: Iterable[Count], earlier: int) -> int:
        """Return the answers of some atoms that a publication did not show yet."""
        inside = set(atoms)
        return sum(n for (atom, since), n in self.since.items() if atom in inside and since > earlier)


class Attack:
    """The system of equations and bounds of one table."""

    def __init__(self, truth: Truth, shown: Mapping[Count, int]) -> None:
        """Set up: what is shown is known, what is not is at least 1, because a count of 0 is shown."""
        self.truth, self.counts = truth, truth.counts()
        self.place = {atom: at for at, atom in enumerate(truth.atoms)}
        known = [(self._vector(self.counts[count]), n) for count, n in shown.items() if count in self.counts]
        self.sums = np.array([line for line, _ in known]).reshape(-1, len(self.place))
        self.right = np.array([n for _, n in known], dtype=float)
        hidden = [self._vector(atoms) for count, atoms in self.counts.items() if count not in shown]
        self.least = np.array(hidden).reshape(-1, len(self.place))

    def _vector(self, atoms: Iterable[Count]) -> Any:
        line = np.zeros(len(self.place))
        line[[self.place[atom] for atom in atoms]] = 1
        return line

    def determined(self, count: Count) -> bool:
        """Return whether a count has one possible value."""
        aim = self._vector(self.counts[count])
        ends = []
        least = (-self.least, -np.ones(len(self.least))) if len(self.least) else (None, None)
        sums = (self.sums, self.right) if len(self.sums) else (None, None)
        for sign in (1, -1):
            found = linprog(sign * aim, *least, *sums, method="highs")
            if found.status == UNBOUNDED:
                return False
            assert found.status == 0, found.message
            ends.append(sign * found.fun)
        return bool(np.floor(ends[1] + 1e-6) <= np.ceil(ends[0] - 1e-6))


def betrayed(notes: Notes, truths: Mapping[Table, Truth], few: int) -> Iterator[tuple[str, Table, Count, int]]:
    """Yield the small counts that follow from what was shown, and the differences of two publications that a few made.

    A few people must neither have joined nor have left a count of which both numbers are known.
    """
    attacks = {table: Attack(truths[table], shown) for table, shown in notes.shown.items()}
    for table, attack in attacks.items():
        for count, atoms in attack.counts.items():
            n = attack.truth.people(atoms)
            if 0 < n < few and attack.determined(count):
                yield "count", table, count, n
    for table, attack in attacks.items():
        for earlier in [one for one in attacks if one[0] < table[0] and one[1:] == table[1:]]:
            before = attacks[earlier]
            for count in attack.counts.keys() & before.counts.keys():
                now, then = attack.truth.people(attack.counts[count]), before.truth.people(before.counts[count])
                joined = attack.truth.joined(attack.counts[count], earlier[0])
                moved = [one for one in (joined, then + joined - now) if 0 < one < few]
                if moved and attack.determined(count) and before.determined(count):
                    yield "difference", table, count, moved[0]
