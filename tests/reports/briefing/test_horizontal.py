"""Two documents about the same version never differ: one quantity has one text in a format, in documents of every kind.

That each form says what the content says is in `tests/documents/test_forms.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from reports.briefing.build import Source, build, parts, source
from reports.briefing.model import Briefing, Kind
from reports.sample import gather
from reports.selection import Selection
from reports.sentences.references import Cell, table_of
from reports.sentences.sentence import Binding
from survey.study.study import load_study
from tests.city_folder import imported_city

AREAS = ("district", "street", "community")


def quantity(found: Binding) -> tuple[object, ...] | None:
    """Return what a number is: areas and groups of its row, rate, columns; None for what is not a cell."""
    cell = found.reference
    if not isinstance(cell, Cell):
        return None
    table, meta = table_of(cell.source), getattr(cell.source, "meta", {})
    rows = table
    for name, value in cell.key:
        rows = rows[rows[name].astype(str) == value]
    row = rows.iloc[0]
    where = {name: str(value) for name, value in dict(meta.get("where") or {}).items()}
    there = {name: str(row[name]) for name in (*AREAS, "item", "age", "place") if name in table}
    return (*sorted({**where, **there}.items()), cell.columns, str(found.format))


def said(pages: Iterable[Briefing]) -> Mapping[object, set[str]]:
    texts: dict[object, set[str]] = defaultdict(set)
    for page in pages:
        for one in page.bindings:
            if (what := quantity(one)) is not None:
                texts[what].add(str(one))
    return texts


def every_page(found: Source, kinds: Iterable[Kind]) -> list[Briefing]:
    pages = [page for kind in kinds for page in build(found, kind)]
    return [*pages, *(part.make() for part in parts(found, Kind.PROFILE, level="street")[:2])]


def test_one_quantity_has_one_text_in_all_kinds(found: Source) -> None:
    pages = every_page(found, Kind)
    texts = said(pages)
    assert len(texts) > 200
    assert {what: some for what, some in texts.items() if len(some) > 1} == {}


@pytest.mark.slow
def test_documents_of_a_random_study_agree(tmp_path: Path) -> None:
    study = load_study(imported_city(tmp_path / "city", seed=31, districts=3, streets_per_district=2, waves=2))
    asked = Selection(mode="household")
    kinds = (Kind.BRIEF, Kind.PROFILE, Kind.CIRCULAR, Kind.REPORT, Kind.DECK)
    pages = every_page(source(gather(study, asked), asked, quotes=True), kinds)
    assert {what: some for what, some in said(pages).items() if len(some) > 1} == {}
