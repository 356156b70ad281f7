"""Who runs a command: the account named as the user of the operating system, in studies that have accounts.

File modes are the wall on the command line. The account gives the role, the scope and the name in the log; whoever has
none, such as the user of a service, acts as the owner of the files.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.database import account_file
from accounts.users import find_user
from survey.errors import SiluError
from survey.host.person import Person, acting, name_of_person, who_acts

OWNER = ("account", "dashboard", "demo", "collect")
"""Commands of whoever owns the files: servers, which ask for a login, and the way back into lost accounts."""


@contextmanager
def as_account(parsed: argparse.Namespace) -> Iterator[None]:
    """Act for the account of the local user within the block; it takes the place of a name that was typed."""
    person = who_acts() or _account(parsed)
    if person is None:
        yield
        return
    with acting(person):
        if getattr(parsed, "who", None) is not None:
            parsed.who = name_of_person()
        yield


def _account(parsed: argparse.Namespace) -> Person | None:
    """Return the local user's account; None without accounts, and where they cannot be read."""
    root = getattr(parsed, "study", None)
    if parsed.command in OWNER or not isinstance(root, Path) or not account_file(root).exists:
        return None
    try:
        user = find_user(account_file(root), name_of_person())
    except SiluError:
        return None
    return None if user is None else user.person()
