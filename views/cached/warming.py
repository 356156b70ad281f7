"""Prepare, while the server starts, what its first visitor would wait for: modules of the pages, and results of 总览.

A thread of its own does it, as an analyst who opens 总览 with its defaults. It logs no view, since nobody saw anything.
Where it fails, the first visitor waits as without it, and is told the reason.
"""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

from reports import rates
from reports.definitions import headlines
from reports.overview.problems import problems
from reports.verdicts import judged
from survey.errors import SiluError
from survey.host.access import Role
from survey.host.person import Person, acting
from views.cached.answers import ask, follow
from views.cached.checking import before_checks
from views.shell.navigation import all_pages
from views.visitor.selection import default_selection
from views.visitor.session import load

NAME = "silu-warming"
PAGES = Path(__file__).parents[1] / "pages"
STREAMLIT = "streamlit.runtime.scriptrunner_utils.script_run_context"


def warm_up() -> Thread:
    """Start to prepare; the thread ends by itself, and with the process."""
    logging.getLogger(STREAMLIT).addFilter(_is_of_a_page)
    thread = Thread(target=_prepare, name=NAME, daemon=True)
    thread.start()
    return thread


def _is_of_a_page(record: logging.LogRecord) -> bool:
    """Return whether a warning about a missing context is about the run of a page; here, none is expected."""
    return record.threadName != NAME


def _prepare() -> None:
    with suppress(SiluError, OSError), acting(Person("", role=Role.ANALYST)):
        for module in _modules():
            import_module(module)
        loaded = load()
        selection = default_selection(loaded)
        loaded = before_checks(loaded, selection.mode)
        whole = selection.asking([rate.name for rate in headlines(loaded.study)])
        by_district = whole.asking(whole.items, ("district",))
        ask(loaded, whole, rates.with_change)
        follow(loaded, by_district, ask(loaded, by_district, judged), problems)


def _modules() -> Iterator[str]:
    """Yield the modules that the pages import, the first page's first; a page itself is a script, not a module."""
    for pages in all_pages().values():
        for file, _, _ in pages:
            for one in ast.parse((PAGES / file).read_text(encoding="utf-8")).body:
                if isinstance(one, ast.ImportFrom) and one.module:
                    yield one.module
