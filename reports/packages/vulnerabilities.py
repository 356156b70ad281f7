"""Installed packages against a list of known vulnerabilities in OSV format, with no network.

Source: Open Source Vulnerability format 1.7 (https://ossf.github.io/osv-schema/), section "Evaluation".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from reports.packages.osv_file import Record

ECOSYSTEM = "PyPI"
START, FIRST = "0", Version("0.dev0")
"""Marker for a range that begins with the first release, and the version that precedes all others."""
RANKS: Mapping[str, int] = {"fixed": 0, "introduced": 1, "last_affected": 2}
"""Order of events for the same version: a vulnerability may be reintroduced in the release that fixed it."""
Packages = Mapping[str, Version]


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One record that an installed package is affected by.

    Attributes:
        package: its name.
        version: the version installed.
        identity: of the record, such as PYSEC-2026-12.
        aliases: other identifiers of the same vulnerability, such as CVE-2026-1234.
        summary: one line of the record, in its own language; "" where it has none.
        fixed: the lowest newer version with a fix; "" where the record names none.
    """

    package: str
    version: str
    identity: str
    aliases: tuple[str, ...]
    summary: str
    fixed: str


def installed_packages() -> Packages:
    """Return name -> version of every package of this environment; skip packages without a valid version."""
    found: dict[str, Version] = {}
    for one in distributions():
        try:
            found[canonicalize_name(one.metadata["Name"])] = Version(one.version)
        except (InvalidVersion, TypeError):
            continue
    return found


def vulnerabilities(records: Iterable[Record], packages: Packages) -> tuple[Vulnerability, ...]:
    """Return every record that affects an installed version, sorted by package; skip withdrawn records.

    Args:
        records: records of an OSV file; see `osv_file.read_records`.
        packages: name -> version.
    """
    found = [hit for record in records if not record.get("withdrawn") for hit in _hits(record, packages)]
    return tuple(sorted(set(found), key=lambda one: (one.package, one.identity)))


def _hits(record: Record, packages: Packages) -> Iterator[Vulnerability]:
    for affected in record["affected"]:
        package = affected.get("package", {})
        if package.get("ecosystem", "").partition(":")[0] != ECOSYSTEM:
            continue
        name = canonicalize_name(package.get("name", ""))
        version = packages.get(name)
        if version is not None and is_affected(version, affected):
            yield Vulnerability(
                name,
                str(version),
                record["id"],
                tuple(record.get("aliases") or ()),
                str(record.get("summary") or ""),
                _fixed(version, affected),
            )


def is_affected(version: Version, affected: Mapping[str, Any]) -> bool:
    """Return whether a version is among the listed ones, or within a range."""
    listed = affected.get("versions") or ()
    return version in map(_version, listed) or any(within(version, events) for events in _ranges(affected))


def within(version: Version, events: Sequence[Mapping[str, str]]) -> bool:
    """Return whether a version lies in a range: introduced at or below it, not fixed, not past the last affected.

    Args:
        version: the version.
        events: objects with one of `introduced`, `fixed`, `last_affected` and `limit`, in any order.
    """
    pairs = [pair for event in events for pair in event.items()]
    limits = [_version(text) for kind, text in pairs if kind == "limit" and text != "*"]
    if limits and all(at is not None and version >= at for at in limits):
        return False
    inside = False
    for at, rank in sorted(_steps(pairs)):
        if rank == RANKS["introduced"] and version >= at:
            inside = True
        elif (rank == RANKS["fixed"] and version >= at) or (rank == RANKS["last_affected"] and version > at):
            inside = False
    return inside


def _steps(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[Version, int]]:
    """Yield version and rank of each event that has both."""
    for kind, text in pairs:
        at = FIRST if text == START else _version(text)
        if kind in RANKS and at is not None:
            yield at, RANKS[kind]


def _ranges(affected: Mapping[str, Any]) -> Iterator[Sequence[Mapping[str, str]]]:
    """Yield the events of version ranges; commit ranges do not apply to installed packages."""
    for one in affected.get("ranges") or ():
        if one.get("type") in ("ECOSYSTEM", "SEMVER"):
            yield one.get("events") or ()


def _fixed(version: Version, affected: Mapping[str, Any]) -> str:
    pairs = [pair for events in _ranges(affected) for event in events for pair in event.items()]
    newer = [at for at, rank in _steps(pairs) if rank == RANKS["fixed"] and at > version]
    return str(min(newer)) if newer else ""


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except (InvalidVersion, TypeError):
        return None
