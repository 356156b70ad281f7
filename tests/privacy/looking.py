"""Look at pages, files and commands with the rights of a role, and write down all numbers that they show."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

import cli
from analysis.estimation.disclosure.lattice import lattice
from reports.definitions import headlines, item_rates
from reports.publishing.publication import as_published
from reports.publishing.shown_counts import ShownCounts
from reports.sample import gather
from reports.selection import Selection
from survey.host import access
from survey.host.access import Role
from survey.study.study import Study, load_study
from tests.privacy.attacker import Notes, Table, Truth
from tests.privacy.observing import COLUMNS, Context, Reader, everywhere, few_people
from tests.privacy.reading import Sight, of_file, of_output, of_page
from tests.views.page_words import open_page
from views.visitor.session import STUDY_VARIABLE

ROOT = Path(__file__).parent.parent.parent
MODE = "household"


@dataclass
class Diary:
    """All that some roles were shown of one study, over its publications.

    Attributes:
        folder: the study.
        notes: what was stated of which count.
        truths: the microdata behind it.
        loose: numbers of answers without a cell, with their publication and text.
        few: texts with a number of people below the limit.
        looks: number of looks.
        open: publication and number of answers of every count that the guard does not hide.
    """

    folder: Path
    notes: Notes = field(default_factory=Notes)
    truths: dict[Table, Truth] = field(default_factory=dict)
    loose: list[tuple[int, str, int]] = field(default_factory=list)
    few: list[str] = field(default_factory=list)
    looks: int = 0
    open: set[tuple[int, int]] = field(default_factory=set)

    def keep(self, sight: Sight, about: Context) -> None:
        """Write down what a look shows."""
        self.looks += 1
        study, reader = about.study, Reader(about)
        for one in reader.read(sight):
            for each in everywhere(one):
                self.notes.note((study.publication, each.wave, each.item), each.column, each.count, each.n)
        self.loose += [(study.publication, text, n) for text, n in reader.loose]
        self.few += few_people(sight, study.suppression)

    def learn(self, role: Role, *, every: bool = True) -> None:
        """Read the microdata behind every table, or every one noted so far, before the next publication."""
        seen = as_published(load_study(self.folder), role)
        gathered = gather(seen, Selection(mode=MODE, role=role))
        noted = ShownCounts(seen, "+".join(gathered.sample.modes))
        few = seen.suppression
        rates = (*headlines(seen), *item_rates(seen))
        there = product(gathered.waves, [rate.name for rate in rates], COLUMNS)
        noted_now = {table for table in self.notes.shown if table[0] == seen.publication}
        wanted = {(seen.publication, *one) for one in there}
        assert noted_now <= wanted
        assert {table for table in self.notes.shown if table not in self.truths} <= noted_now
        for table in wanted if every else noted_now:
            truth = self.truths[table] = Truth.of(gathered, *table[1:])
            _, wave, item, column = table
            hidden = lattice(gathered.sample.cells, item, wave, column, few, noted.departed)
            sizes = {count: truth.people(atoms) for count, atoms in truth.counts().items()}
            self.open |= {(seen.publication, n) for count, n in sizes.items() if count not in hidden}

    def unknown(self) -> list[tuple[int, str, int]]:
        """Return loose numbers that are those of no count that may be shown in their publication."""
        return [one for one in self.loose if (one[0], one[2]) not in self.open]

    def page(self, role: Role, name: str, **query: str) -> AppTest:
        """Look at a page with its downloads."""
        study = seen_by(self.folder, role)
        files: list[tuple[str, bytes]] = []
        with acting_as(role, self.folder), downloads(files):
            app = opened(name, query)
        assert not app.exception, (role, name, query)
        area = tuple(query[level] for level in ("district", "street") if level in query) if name == "area" else ()
        column = next((one for one in ("age", "sex", "place") if one in query), "")
        about = Context(study, study.waves[-1].name, column, query.get(column, ""), area)
        self.keep(of_page(app, f"{role} {name} {query}"), about)
        for file, content in files:
            told = replace(of_file(file, content), where=f"{role} {name} {query} {file}")
            self.keep(told, about if file.endswith(".csv") else replace(about, column="", group=""))
        return app

    def command(self, role: Role, words: list[str], *, file: Path | None = None, **known: Any) -> int:
        """Run a command, and read what it prints and the file that it writes."""
        study, out = seen_by(self.folder, role), io.StringIO()
        with acting_as(role, self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            code = cli.main([*words, *(["--out", str(file)] if file else [])])
        about = Context(study, study.waves[-1].name, **known)
        where = f"{role} {' '.join(words[:1] + words[3:])}"
        self.keep(of_output(where, out.getvalue()), about)
        if file is not None and code == 0:
            self.keep(of_file(file.name, file.read_bytes()), about)
        return code


def seen_by(folder: Path, role: Role) -> Study:
    """Return the study with the publication that a role sees."""
    return as_published(load_study(folder), role)


@contextlib.contextmanager
def acting_as(role: Role, folder: Path) -> Iterator[None]:
    """Let this process have a role, on a study."""
    kept = {name: os.environ.get(name) for name in (access.VARIABLE, STUDY_VARIABLE)}
    os.environ.update({access.VARIABLE: str(role), STUDY_VARIABLE: str(folder)})
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


@contextlib.contextmanager
def downloads(files: list[tuple[str, bytes]]) -> Iterator[None]:
    """Take every file that a page offers."""
    real = st.download_button

    def taken(label: str, data: Any, file_name: str | None = None, *args: Any, **kwargs: Any) -> bool:
        content = data() if callable(data) else data
        files.append((str(file_name), content.encode() if isinstance(content, str) else content))
        return real(label, b"", file_name, *args, **kwargs)

    st.download_button = taken
    try:
        yield
    finally:
        st.download_button = real


def opened(name: str, query: dict[str, str]) -> AppTest:
    """Open a page with its choices."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    open_page(app, "" if name == "overview" else f"views/pages/{name}.py", query)
    return app
