"""Build the documents of a wave, once for each data version, ledger and reader."""

from __future__ import annotations

from accounts.grants import may
from accounts.verbs import Verb
from reports.briefing.build import Source, build, finding, source
from reports.briefing.model import Briefing, Kind
from reports.plans.rectification import ledger_of
from reports.selection import Selection
from reports.sentences.sentence import Sentence
from views.cached.answers import sample_of
from views.shell.pages_by_role import offered
from views.shell.shelf import Shelf
from views.visitor.session import Loaded

_SOURCES, _DOCUMENTS = Shelf(8, "正在写材料……"), Shelf(8)


def documents_of(loaded: Loaded, selection: Selection, kind: Kind, area: str = "") -> tuple[Briefing, ...]:
    """Return the documents of a kind; see `reports.briefing.build.build`.

    Raises:
        SiluError: nothing to write about, or parts of the study are still those of the template.
    """
    rights = tuple(may(verb) for verb in Verb)
    key = (loaded.key, selection.everyone(), kind, area, _since(loaded), rights)
    found: tuple[Briefing, ...] = _DOCUMENTS.get(key, lambda: build(source_of(loaded, selection), kind, area))
    return found


def finding_of(loaded: Loaded, selection: Selection) -> tuple[Sentence, Sentence]:
    """Return what the 简报 finds, and who acts by when.

    Raises:
        SiluError: as of `documents_of`.
    """
    return finding(source_of(loaded, selection))


def source_of(loaded: Loaded, selection: Selection) -> Source:
    """Return the source of the documents of a wave; they speak of all residents."""
    whole, since = selection.everyone(), _since(loaded)
    key = (loaded.key, whole, since)
    found: Source = _SOURCES.get(key, lambda: source(sample_of(loaded, whole), whole, quotes=since[1]))
    return found


def _since(loaded: Loaded) -> tuple[int, bool]:
    """Return what documents depend on beside study and data: when the ledger was changed, and who may quote."""
    ledger = ledger_of(loaded.study).path
    return ledger.stat().st_mtime_ns if ledger.exists() else 0, offered("voices")
