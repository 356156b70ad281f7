"""Tiny random studies: every number of a document is the cell it refers to, and every form says it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from openxml_audit import OpenXmlValidator

from documents.forms import FORMS, Form
from reports.briefing.build import build, source
from reports.briefing.model import Kind
from reports.sample import gather
from reports.selection import Selection
from survey.study.study import load_study
from tests.city_folder import imported_city
from tests.documents.test_forms import squeezed, words_of
from tests.reports.sentences.test_bindings import check_number

SHAPES = {
    21: {"districts": 2, "streets_per_district": 2, "communities_per_street": 2, "waves": 1},
    22: {"districts": 1, "streets_per_district": 3, "communities_per_street": 2, "waves": 2, "responses": 90},
}
"""Seed -> size: a first wave, and a single district with few answers."""


@pytest.mark.parametrize("seed", [21, pytest.param(22, marks=pytest.mark.slow)])
def test_every_number_is_its_cell_and_is_said_by_every_form(seed: int, tmp_path: Path) -> None:
    study = load_study(imported_city(tmp_path / "city", seed=seed, texts=False, **SHAPES[seed]))
    asked = Selection(mode="household")
    found = source(gather(study, asked), asked, quotes=True)
    for kind in (Kind.BRIEF, Kind.PROFILE, Kind.CIRCULAR):
        page = build(found, kind, study.areas.districts[0])[0]
        for binding in page.bindings:
            check_number(binding)
        assert all(len(text.text) <= most for text, most in zip(page.spoken, (100, 300, 800), strict=False))
    page = build(found, Kind.BRIEF)[0]
    for form in FORMS.values():
        said = squeezed("".join(text for _, text in form.read(form.render(page))))
        assert [text for text in words_of(page) if squeezed(text) not in said] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_fifty_random_studies_are_read_back_from_every_form(seed: int, tmp_path: Path) -> None:
    draw = random.Random(seed)
    shape = {
        "districts": draw.choice((1, 2, 3)),
        "streets_per_district": draw.choice((2, 3)),
        "communities_per_street": 2,
        "waves": draw.choice((1, 2)),
        "responses": draw.choice((90, 150, 300)),
    }
    study = load_study(imported_city(tmp_path / "city", seed=seed, texts=False, **shape))
    asked = Selection(mode="household")
    found = source(gather(study, asked), asked, quotes=True)
    for kind in (Kind.BRIEF, Kind.DECK):
        page = build(found, kind)[0]
        for binding in page.bindings:
            check_number(binding)
        for form in FORMS.values():
            content = form.render(page)
            said = squeezed("".join(text for _, text in form.read(content)))
            assert [text for text in words_of(page) if squeezed(text) not in said] == []
            assert audited(content, form, tmp_path) == []


def audited(content: bytes, form: Form, folder: Path) -> list[str]:
    """Return what a validator of office files finds; nothing in other forms."""
    if form.suffix not in (".docx", ".pptx", ".xlsx"):
        return []
    path = folder / f"file{form.suffix}"
    path.write_bytes(content)
    return [str(one) for one in OpenXmlValidator().validate(path).errors]
