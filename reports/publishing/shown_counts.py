"""What readers without raw data have been shown: the counts behind each publication, beside the record of publications.

Whoever withdraws is erased, so that nobody can count later which groups the departed answers belonged to. Therefore the
numbers of answers by area and group are noted when they are first shown, and compared when the next publication shows
the same item: what is missing has left. No answer and no id is kept.
"""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.estimation.disclosure.lattice import COUNT, SINCE, UNTIL
from survey.errors import StoreError
from survey.host.disk import make_folder
from survey.quality.publishing.publication import FOLDER
from survey.study.study import Study

FILE = "counts.sqlite"
PATIENCE = 30.0
"""Seconds to wait for another reader who notes the same counts."""
TABLES = """
CREATE TABLE IF NOT EXISTS shown (name TEXT PRIMARY KEY, publication INTEGER NOT NULL, counts BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS departed (name TEXT NOT NULL, until INTEGER NOT NULL, counts BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """The counts that the readers of a publication are shown.

    Attributes:
        study: with the number of its publication.
        kind: what the counts are of, such as the modes of the sample; counts of one kind are compared.
    """

    study: Study
    kind: str

    def departed(self, item: str, wave: str, answers: pd.DataFrame) -> pd.DataFrame:
        """Note what is shown, and return what earlier publications showed and this one does not.

        Args:
            item: name of the item.
            wave: name of the wave; "" for all.
            answers: groups and areas, `SINCE` and `COUNT`.

        Returns:
            The departed answers in the same columns, and `UNTIL`, the first publication without them. Where answers
            were put into another group, both groups count as changed.

        Raises:
            StoreError: the counts cannot be noted, so nothing may be shown.
        """
        columns = [str(name) for name in answers if name != COUNT]
        name = "\x1f".join((self.kind, item, wave, *columns))
        with self._database() as database:
            last = database.execute("SELECT publication FROM shown WHERE name = ?", (name,)).fetchone()
            if last is None or last[0] < self.study.publication:
                _note(database, name, answers, self.study.publication)
            rows = database.execute("SELECT until, counts FROM departed WHERE name = ?", (name,)).fetchall()
        parts = [_frame(counts).assign(**{UNTIL: until}) for until, counts in rows]
        return pd.concat(parts, ignore_index=True) if parts else answers.head(0).assign(**{UNTIL: 0})

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Open the record within one transaction.

        Raises:
            StoreError: it cannot be opened or written.
        """
        path = self.study.root / FOLDER / FILE
        try:
            make_folder(path.parent)
            with closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as database:
                _begin(database, path)
                yield database
                database.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            cure = "请系统维护人员检查这个文件夹的写权限和磁盘空间；文件损坏时从备份恢复 published 文件夹"
            raise StoreError(
                "公布过的份数记不下来，不能显示结果", where=str(path), got=str(error), cure=cure
            ) from error


def _begin(database: sqlite3.Connection, path: Path) -> None:
    """Begin a transaction that may write; the tables are made in a new file."""
    if not path.stat().st_size:
        database.executescript(TABLES)
    database.execute("BEGIN IMMEDIATE")


def _note(database: sqlite3.Connection, name: str, answers: pd.DataFrame, publication: int) -> None:
    """Replace the counts of an item by those of a newer publication, and note what is missing from them."""
    before = database.execute("SELECT publication, counts FROM shown WHERE name = ?", (name,)).fetchone()
    if before is not None:
        gone = _missing(_frame(before[1]), answers, before[0])
        if len(gone):
            database.execute("INSERT INTO departed VALUES (?, ?, ?)", (name, publication, _bytes(gone)))
    database.execute("INSERT OR REPLACE INTO shown VALUES (?, ?, ?)", (name, publication, _bytes(answers)))


def _missing(before: pd.DataFrame, now: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return by how many the answers of a publication differ from those that a later one shows of them."""
    columns = [str(name) for name in before if name != COUNT]
    both = before.merge(now[now[SINCE] <= last], on=columns, how="outer", suffixes=("", "_now")).fillna(
        {COUNT: 0, f"{COUNT}_now": 0}
    )
    both[COUNT] = (both[COUNT] - both[f"{COUNT}_now"]).abs().astype("int64")
    return both.loc[both[COUNT] > 0, [*columns, COUNT]].reset_index(drop=True)


def _bytes(counts: pd.DataFrame) -> bytes:
    found = io.BytesIO()
    counts.reset_index(drop=True).to_parquet(found, index=False)
    return found.getvalue()


def _frame(counts: bytes) -> pd.DataFrame:
    return pd.read_parquet(io.BytesIO(counts))
