"""The person for whom a request, a run of a page or a command acts; the process itself where nobody logged in."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts.

    Attributes:
        name: name of the account; of the local user where there are no accounts; "" for nobody.
        display: name on pages and in logs.
        role: value of `access.Role`; "" for none, which may do nothing.
        district: the only district that the person may see; "" for all.
        unit: responsible unit that the person belongs to; "" for none.
        address: network address that the request came from; "" on the command line.
    """

    name: str
    display: str = ""
    role: str = ""
    district: str = ""
    unit: str = ""
    address: str = ""


NOBODY = Person("")
Source = Callable[[], Person | None]
_ACTING: ContextVar[tuple[Person | None] | None] = ContextVar("silu_person", default=None)
"""Who acts, in a tuple of one; None where nothing has been said."""
_SOURCES: list[Source] = []


def use_source(source: Source | None) -> None:
    """Let a server say who acts, for each request and each run of a page; None returns to the process itself."""
    _SOURCES[:] = [] if source is None else [source]


@contextmanager
def acting(person: Person | None) -> Iterator[None]:
    """Act for a person within the block; None for the process itself."""
    token = _ACTING.set((person,))
    try:
        yield
    finally:
        _ACTING.reset(token)


def who_acts() -> Person | None:
    """Return the person of `acting`, else that of the server's source; None where the process acts for itself."""
    said = _ACTING.get()
    if said is not None:
        return said[0]
    return _SOURCES[0]() if _SOURCES else None


MACHINE: Mapping[str, str] = {"root": "本机管理员", "administrator": "本机管理员", "silu mock": "模拟数据程序"}
"""Name of an account of a machine or program -> words for readers."""


def shown_name(name: str) -> str:
    """Return a name from a log in words for readers: accounts of machines and programs are no names of people."""
    return MACHINE.get(name.lower(), name)


def name_of_person() -> str:
    """Return the name for logs and forms: that of the account, else that of the local user; "" for unknown."""
    person = who_acts()
    if person is not None:
        return person.display or person.name
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
