"""Prepare, while the server starts, what its first visitor would wait for: modules, results of 总览 and 薄弱区域.

Those of 市民留言 are prepared as well where they are kept beside the store.

A thread of its own does it, as an analyst who opens these pages with their defaults, and again after a large import. It
logs no view, since nobody saw anything. Where it fails, the first visitor waits as without it, and is told the reason.
"""

from __future__ import annotations

import ast
import inspect
import logging
import time
from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from threading import Thread

from reports import rates
from reports.definitions import headlines
from reports.fieldwork.area_lights import red_areas
from reports.fieldwork.deriving import LARGE
from reports.overview.people import units_of_people, weak_people_of
from reports.overview.problems import problems
from reports.overview.weaknesses import weaknesses
from reports.selection import Selection
from reports.verdicts import judged
from reports.voices import reading, shares
from reports.voices.asked import TextSelection, counts_once
from reports.voices.finding import finding
from reports.voices.open_answers import open_questions
from survey.errors import SiluError
from survey.host.access import Role
from survey.host.person import Person, acting
from survey.quality.publishing.publication import last_publication
from survey.storage.stored_parts import text_parts
from views.cached import voices
from views.cached.answers import ask, follow, sample_of
from views.cached.checking import before_checks, keep_published_apart, read_texts_apart
from views.cached.places import boundaries_of
from views.cached.quality import lights_of
from views.shell.heap import settle
from views.shell.navigation import all_pages
from views.visitor.selection import default_selection
from views.visitor.session import Loaded, load

NAME = "silu-warming"
PAUSE = 5.0
"""Seconds between two looks at a study."""
PAGES = Path(__file__).parents[1] / "pages"
ICONS = "streamlit.emojis"
"""Streamlit imports it for the icon of a page, and compiles a pattern of 5,200 of them then."""
STREAMLIT = "streamlit.runtime.scriptrunner_utils.script_run_context"


def warm_up(*, watch: bool = False) -> Thread:
    """Start to prepare; the thread ends by itself, and with the process.

    Args:
        watch: go on until the process ends, and prepare again where a large study has a new data version or a wave of
            it has been checked: an import into a running server leaves nobody waiting either.
    """
    logging.getLogger(STREAMLIT).addFilter(_is_of_a_page)
    thread = Thread(target=_watch if watch else _prepare, name=NAME, daemon=True)
    thread.start()
    return thread


def _is_of_a_page(record: logging.LogRecord) -> bool:
    """Return whether a warning about a missing context is about the run of a page; here, none is expected."""
    return record.threadName != NAME


def _watch() -> None:
    last, shown = _state(), 0
    with suppress(SiluError, OSError), acting(Person("", role=Role.ANALYST)):
        read_texts_apart(load())
    _prepare()
    while True:
        time.sleep(PAUSE)
        shown = _keep_published(shown)
        state = _state()
        if state is not None and state != last:
            last = state
            _prepare()


def _keep_published(before: int) -> int:
    """Start to keep what a publication shows if it is another one than before; return the number of the last one."""
    with suppress(SiluError, OSError), acting(Person("", role=Role.ANALYST)):
        loaded = load()
        last = last_publication(loaded.study)
        if last is not None and last.number != before:
            keep_published_apart(loaded)
            return last.number
    return before


def _state() -> Hashable:
    """Return what decides the results of a large study: version and waves being checked; None for other studies."""
    with suppress(SiluError, OSError), acting(Person("", role=Role.ANALYST)):
        loaded = load()
        if loaded.fieldwork["n"].sum() > LARGE:
            return loaded.key, before_checks(loaded, default_selection(loaded).mode).unchecked
    return None


def _prepare() -> None:
    with suppress(SiluError, OSError), acting(Person("", role=Role.ANALYST)):
        for module in (*_modules(), ICONS):
            import_module(module)
        inspect.stack()  # Streamlit looks at it once; what it learns of the files of all modules is kept
        loaded = load()
        selection = default_selection(loaded)
        loaded = before_checks(loaded, selection.mode)
        whole = selection.asking([rate.name for rate in headlines(loaded.study)])
        by_district = whole.asking(whole.items, ("district",))
        ask(loaded, whole, rates.with_change)
        if not whole.opt_in:
            follow(loaded, whole, ask(loaded, whole, weak_people_of), units_of_people)
        found = ask(loaded, by_district, judged)
        follow(loaded, by_district, found, problems)
        follow(loaded, by_district, found, weaknesses)
        lights_of(loaded, selection)
        if not whole.opt_in and selection.wave not in loaded.unchecked:
            for level in ("district", "street"):  # kept verdicts did not ask; those of a filter do
                red_areas(sample_of(loaded, selection), selection.waves, level)
        boundaries_of(loaded)
        _prepare_texts(loaded, selection)
    settle(NAME)


def _prepare_texts(loaded: Loaded, selection: Selection) -> None:
    """Prepare 市民留言 of a large study whose texts are read: its summaries are kept, and it loads no text."""
    if loaded.fieldwork["n"].sum() <= reading.LARGE or not text_parts(loaded.study.root / "store"):
        return
    item = next(iter(open_questions(loaded.study)))
    if not reading.is_read(loaded.study, item, loaded.version):
        return
    asked = TextSelection(selection, item)
    asked = replace(asked, once=counts_once(voices.answers_of(loaded, item), asked))
    for question in (shares.theme_shares, finding, shares.kinds):
        voices.ask(loaded, asked, question)


def _modules() -> Iterator[str]:
    """Yield the modules that the pages import, the first page's first; a page itself is a script, not a module."""
    for pages in all_pages().values():
        for file, _, _ in pages:
            for one in ast.parse((PAGES / file).read_text(encoding="utf-8")).body:
                if isinstance(one, ast.ImportFrom) and one.module:
                    yield one.module
