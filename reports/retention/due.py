"""Due: what is kept beyond its last day, found where it lies and not in a log: whatever is left is found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from survey.collect.form.promises import promised
from survey.collect.inbox.inbox import Backend
from survey.collect.links.revocations import expired_memory
from survey.collect.serving.server import open_inbox
from survey.collect.settings import CHINA, collect_settings, database_of
from survey.errors import SiluError
from survey.importing.mending.redaction import COLUMNS
from survey.storage.deletion.expired_files import expired_logs, held_by, old_damaged_copies, rejected_workbooks
from survey.storage.deletion.retention_log import held
from survey.storage.deletion.wave_parts import Held, held_in, parts_with, wave_parts
from survey.storage.files import FOLDER as RAW
from survey.storage.integrity.erasures import erased
from survey.storage.store import ResponseStore
from survey.study.retention import LABELS, OF_A_WAVE, Kind, Retention, period_end
from survey.study.study import Study
from survey.study.terms import Wave

__all__ = ["Due", "Places", "due", "next_end", "overdue", "places", "raw_of", "without_period"]


@dataclass(frozen=True, slots=True)
class Due:
    """Content whose last day is over.

    Attributes:
        kind: what.
        wave: of which wave; "" for logs.
        until: the last day on which it was to be kept.
        held: how much there is.
    """

    kind: Kind
    wave: str
    until: date
    held: Held

    @property
    def label(self) -> str:
        """What it is, in Chinese."""
        return " ".join(filter(None, (self.wave, LABELS[self.kind])))


@dataclass(frozen=True)
class Places:
    """A study and its open inbox.

    Attributes:
        study: the study.
        backend: its inbox; None where it has none.
        today: Beijing time.
    """

    study: Study
    backend: Backend | None
    today: date

    @property
    def root(self) -> Path:
        """Folder of the study."""
        return self.study.root

    @property
    def store(self) -> Path:
        """Folder of its store."""
        return self.study.root / "store"

    def periods(self, wave: Wave) -> Retention:
        """The periods of a wave: those of study.toml, or shorter ones that its form has promised."""
        told = {} if self.backend is None else promised(self.backend).get(wave.name, {})
        return self.study.retention.shortened(told)

    def ended(self, kind: Kind) -> Iterator[tuple[Wave, date]]:
        """Waves of which a kind should be gone, and the last day of each."""
        for wave in self.study.waves:
            last = self.periods(wave).last_day(kind, wave.end)
            if last < self.today:
                yield wave, last


@contextmanager
def places(study: Study, today: date | None = None) -> Iterator[Places]:
    """Open everything that a study keeps; an inbox that is not there is not made."""
    settings = collect_settings(study)
    address = database_of(study, settings)
    backend = open_inbox(study, settings) if "://" in address or Path(address).exists() else None
    try:
        yield Places(study, backend, today or datetime.now(CHINA).date())
    finally:
        if backend is not None:
            backend.close()


def due(at: Places) -> tuple[Due, ...]:
    """Everything that should be gone, in the order in which it ends; what is on hold is listed too."""
    found = [Due(kind, wave.name, last, LOOK[kind](at, wave)) for kind in OF_A_WAVE for wave, last in at.ended(kind)]
    logs = expired_logs(at.root, logs_before(at))
    found.append(Due(Kind.LOGS, "", logs_before(at) - timedelta(days=1), held_by(logs)))
    return tuple(one for one in found if one.held)


def overdue(study: Study, today: date | None = None) -> str:
    """What is kept too long, in one Chinese sentence; "" where nothing is, or nothing may be deleted.

    Mock data may stay for ever. A study that cannot be read has other troubles, which others report.
    """
    if study.mock or held(study.root, study.retention.hold):
        return ""
    try:
        with places(study, today) as at:
            late = due(at)
    except SiluError:
        return ""
    if not late:
        return ""
    first = min(one.until for one in late)
    return f"保存期已满、还没有删除：{'、'.join(one.label for one in late)}，最早的一项保存到 {first.isoformat()}"


def without_period(study: Study) -> list[str]:
    """Waves in the store that study.toml does not name: nobody knows when they ended."""
    known = {wave.name for wave in study.waves}
    folders = (study.root / "store" / "responses").glob("wave=*")
    return sorted({path.name.removeprefix("wave=") for path in folders if any(path.glob("*.parquet"))} - known)


def next_end(at: Places) -> tuple[str, date] | None:
    """What ends next, and its last day; None where nothing does."""
    coming = [
        (f"{wave.name} {LABELS[kind]}", last)
        for wave in at.study.waves
        for kind in OF_A_WAVE
        if (last := at.periods(wave).last_day(kind, wave.end)) >= at.today
    ]
    return min(coming, key=lambda pair: pair[1], default=None)


def logs_before(at: Places) -> date:
    """Logs whose last line was written before this day are to go."""
    return at.today - timedelta(days=at.study.retention.logs)


def raw_of(at: Places, kind: Kind, wave: Wave) -> list[str]:
    """Raw files that are to go, or to lose their contacts, with a wave: no wave that needs them goes on longer.

    A file that no import names was never imported: it goes by its own date, with the last wave that ended.

    Raises:
        StoreError: the store is damaged; nobody knows then what is needed.
    """
    ended = [one.name for one, _ in at.ended(kind)]
    used = _waves_of_raw(at.store)
    names = [name for name, waves in used.items() if wave.name in waves and waves <= set(ended)]
    if wave.name == ended[-1]:
        days = at.periods(wave).days(kind)
        strange = [path for path in (at.root / RAW).glob("*") if len(path.stem) == 64 and path.name not in used]
        names += [path.name for path in strange if period_end(_written(path), days) < at.today]
    return sorted(name for name in names if (at.root / RAW / name).is_file())


def _written(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _waves_of_raw(store: Path) -> Mapping[str, frozenset[str]]:
    """Name of a raw file -> waves into which it was ever imported."""
    found: dict[str, frozenset[str]] = {}
    for version in ResponseStore(store).history():
        for file in version.meta.get("files", ()):
            name = f"{file['sha256']}{Path(file['name']).suffix.lower()}"
            found[name] = found.get(name, frozenset()) | {str(version.meta.get("wave", ""))}
    return found


def _contacts(at: Places, wave: Wave) -> Held:
    parts = parts_with(at.store / "responses", wave.name, COLUMNS)
    answers = Held(len(parts), sum(rows for _, rows in parts), sum(path.stat().st_size for path, _ in parts))
    rejected = held_in(wave_parts(at.store / "rejected", wave.name))
    known = erased(at.store)
    files = [name for name in raw_of(at, Kind.CONTACTS, wave) if name not in known.cleared | known.uncleared]
    days = at.periods(wave).last_day(Kind.CONTACTS, wave.end)
    aside = old_damaged_copies(at.root, at.today - timedelta(days=at.periods(wave).contacts))
    kept = [held_by(at.root / RAW / name for name in files), held_by([*rejected_workbooks(at.root, days), *aside])]
    inbox = Held() if at.backend is None else Held(0, _submissions(at.backend, at, wave), 0)
    return sum([answers, rejected, *kept], inbox)


def _submissions(backend: Backend, at: Places, wave: Wave) -> int:
    memory = expired_memory(backend, at.today, at.periods(wave).contacts)
    return backend.holdings(wave.name).contacts + len(memory)


def _raw(at: Places, wave: Wave) -> Held:
    files = held_by(at.root / RAW / name for name in raw_of(at, Kind.RAW, wave))
    if at.backend is None:
        return files
    kept = at.backend.holdings(wave.name)
    return files + Held(0, kept.bodies, kept.size)


def _texts(at: Places, wave: Wave) -> Held:
    return held_in(wave_parts(at.store / "texts", wave.name))


def _answers(at: Places, wave: Wave) -> Held:
    return held_in(wave_parts(at.store / "responses", wave.name))


LOOK: Mapping[Kind, Callable[[Places, Wave], Held]] = {
    Kind.CONTACTS: _contacts,
    Kind.RAW: _raw,
    Kind.TEXTS: _texts,
    Kind.ANSWERS: _answers,
}
"""Kind -> how much of it a wave still has."""
