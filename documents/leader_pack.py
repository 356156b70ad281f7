"""The pack for leaders: which documents in which forms; the same on the pages and on the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from documents.delivery import pack
from documents.forms import Form
from reports.briefing.model import Briefing, Kind

CITY = ((Kind.BRIEF, ("docx", "pdf")), (Kind.DECK, ("pptx",)))
AREA = ((Kind.PROFILE, ("docx", "pdf", "pptx")),)
"""Documents of a pack, each with the names of its forms."""


def leader_pack(
    root: Path, made: Callable[[Kind], Sequence[Briefing]], forms: Mapping[str, Form], *, area: bool
) -> bytes:
    """Return the pack as one archive: the city's 简报 and slides, or a district's 区域档案.

    Args:
        root: folder of the study, which keeps the records.
        made: returns the documents of a kind.
        forms: name -> form, some of them perhaps with a template of the organisation.
        area: whether it is about one district.
    """
    wanted = AREA if area else CITY
    return pack(root, [(one, [forms[name] for name in names]) for kind, names in wanted for one in made(kind)])
