"""The content of documents: every number is bound, nothing forbidden is said, and a record reads back as itself."""

from __future__ import annotations

import re

import pytest

from reports.briefing.brief import TITLE
from reports.briefing.build import Source
from reports.briefing.model import Briefing
from reports.briefing.parts.heard import LONGEST, fit
from reports.briefing.parts.spoken import LENGTHS
from reports.briefing.record import code, from_json, to_json
from reports.sentences.sentence import Binding


def test_every_number_is_bound_or_declared(page: Briefing) -> None:
    for sentence in page.sentences:
        for piece in sentence.pieces:
            if isinstance(piece, str):
                assert not re.search(r"\d", piece), sentence.text
    assert len(page.bindings) > 60
    assert all(isinstance(one, Binding) and one.reference.address for one in page.bindings)


def test_a_record_reads_back_as_itself(page: Briefing) -> None:
    text = to_json(page)
    again = from_json(text)
    assert to_json(again) == text
    assert code(again) == code(page)
    assert re.fullmatch(r"[0-9A-F]{4}(-[0-9A-F]{4}){2}", code(page))


def test_the_code_changes_with_a_single_digit(page: Briefing) -> None:
    text = to_json(page)
    at = text.index('"number":[0.') + len('"number":[0.')
    changed = text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]
    assert code(from_json(changed)) != code(page)


def test_title_and_summaries_keep_their_lengths(page: Briefing) -> None:
    assert len(page.title.text) <= TITLE
    for text, most in zip(page.spoken, LENGTHS, strict=True):
        assert 0 < len(text.text) <= most
        assert "（" not in text.text
        assert "—" not in text.text


def test_the_day_is_that_of_the_data_version(found: Source, page: Briefing) -> None:
    assert found.facts.gathered.written is not None
    assert page.day == found.facts.gathered.written.date().isoformat()


@pytest.mark.parametrize(
    ("quote", "fits"),
    [
        ("多划点停车位", True),
        ("某地的路灯坏了很久了", False),
        ("青苇的路灯坏了很久了", False),
        ("一" * (LONGEST + 1), False),
    ],
)
def test_a_quote_leaves_the_office_only_short_and_without_a_place(quote: str, fits: bool) -> None:
    assert fit(quote, {"青苇区", "青苇"}) is fits
