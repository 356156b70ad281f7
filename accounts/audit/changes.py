"""Log a change from a page: that it begins, then whether it was made. Commands are logged in the same way by `cli`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from accounts.audit.files import note_files
from accounts.audit.log import DONE, FAILED, STARTED, Act, record
from survey.errors import SiluError


@contextmanager
def change(root: Path, what: str, facts: Mapping[str, Any] | None = None, *, act: Act = Act.CHANGE) -> Iterator[None]:
    """Log what is done within the block; nothing is done that cannot be logged.

    Args:
        root: folder of the study.
        what: the change, in Chinese.
        facts: numbers, names and reasons that belong to it; no personal data of respondents.
        act: its kind.

    Raises:
        StoreError: it cannot be logged and the role is not analyst.
    """
    said = {"what": what, **(facts or {})}
    record(root, act, said, result=STARTED, durable=True)
    try:
        yield
    except (SiluError, OSError):
        record(root, act, said, result=FAILED, durable=True)
        raise
    record(root, act, said, result=DONE, durable=True)
    note_files(root, what)
