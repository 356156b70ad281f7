"""docs/importing.md lists every kind of finding with its effect, and every kind of confirmation."""

from __future__ import annotations

import re
from pathlib import Path

from survey.importing.confirming.confirmations import Doubt
from survey.readers.cells.issues import KINDS, Severity

TEXT = (Path(__file__).parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
EFFECTS = {Severity.REJECT: "row rejected", Severity.CELL: "row or cell rejected", Severity.NOTE: "note"}


def test_every_kind_of_finding_is_documented_with_its_effect() -> None:
    section = TEXT.partition("## All kinds of findings")[2].partition("\n## ")[0]
    listed = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", section, re.M)
    assert listed == [(code.value, title, EFFECTS[severity]) for code, (title, severity) in KINDS.items()]


def test_every_kind_of_confirmation_is_documented() -> None:
    section = TEXT.partition("## Confirmations")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.M)) == set(Doubt)
