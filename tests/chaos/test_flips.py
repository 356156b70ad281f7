"""Single flipped bits in every kind of file of a study: each is detected, and none changes an answer."""

from __future__ import annotations

import logging
import random

import pytest

from survey.storage.repair.verify import Stored
from survey.study.study import Study
from tests.chaos.flips import Seen, flip_kind, make_study
from tests.survey.collect.town import make_town

FLIPS = 10


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(make_town(tmp_path_factory.mktemp("flips") / "town"))


@pytest.mark.parametrize("kind", list(Stored))
def test_every_flipped_bit_is_found_and_none_read_as_another_answer(
    study: Study, kind: Stored, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="silu")
    seen = flip_kind(study, kind, FLIPS, random.Random(f"{kind}"))
    assert seen.missed == []
    assert seen == Seen(flips=FLIPS, found=FLIPS, refused=seen.refused)
