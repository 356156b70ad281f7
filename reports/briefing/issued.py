"""Records of issued documents: one file a document in the folder `briefings` of the study, named by its code."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from reports.briefing.model import Briefing
from reports.briefing.record import code, kept, to_json
from survey.host.disk import write_whole

FOLDER = "briefings"


@dataclass(frozen=True, slots=True)
class Issued:
    """A document as it was issued.

    Attributes:
        code: verification code.
        briefing: its content.
    """

    code: str
    briefing: Briefing

    @property
    def version(self) -> int:
        """Return the data version that it is about."""
        return int(dict(self.briefing.facts)["version"])


def keep(root: Path, found: Briefing) -> str:
    """Write the record of a document, unless the same content was issued before, and return its code."""
    name = code(found)
    path = root / FOLDER / f"{name}.json"
    if not path.exists():
        text = to_json(found)
        write_whole(path, lambda draft: draft.write_text(text, encoding="utf-8"))
    return name


def issued(root: Path) -> tuple[Issued, ...]:
    """Return the records of a study in order of code; a damaged one is left out, for its hash is no longer its name."""
    found = []
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            text = path.read_text(encoding="utf-8")
            briefing = kept(text)
        except (OSError, ValueError, KeyError, TypeError, json.JSONDecodeError):
            continue
        if code(briefing) == path.stem:
            found.append(Issued(path.stem, briefing))
    return tuple(found)
