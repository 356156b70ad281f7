"""Panel of 数据质量: the sheet of the interviews that an independent person repeats, as a workbook."""

from __future__ import annotations

from functools import partial

from reports.briefing.parts.repeats import RULE, SHEET, charge, sheet
from reports.fieldwork.integrity import provenance_of
from reports.plans.workbook import workbook
from reports.selection import Selection
from reports.sentences.fieldwork import offered
from views.cached import quality
from views.panels.picture_mode import shot
from views.visitor.downloads import download
from views.visitor.session import Loaded

FILE = "复访单.xlsx"


def offer_repeats(loaded: Loaded, selection: Selection) -> None:
    """Draw the button for the sheet; nothing in a picture, or where no interview is to be repeated."""
    number = sum(light.again for light in quality.lights_of(loaded, selection).values())
    if shot() or not number:
        return
    facts = {"what": SHEET, "wave": selection.wave, "mode": selection.mode, "version": loaded.version, "rows": number}
    make = partial(_book, loaded, selection)
    download(str(offered(number)), make, FILE, facts, key="quality.repeats", type="primary")


def _book(loaded: Loaded, selection: Selection) -> bytes:
    work, found = quality.work_of(loaded, selection), quality.integrity_of(loaded, selection)
    table = sheet(work, found, quality.lights_of(loaded, selection), charge(loaded.study, loaded.version))
    return workbook({SHEET: table}, [RULE, provenance_of(work, found).strip])
