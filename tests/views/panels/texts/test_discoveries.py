"""What is kept for one open question is not shown for another."""

from types import SimpleNamespace
from typing import Any

import pytest

from views.panels.texts import coding, discoveries


@pytest.mark.parametrize(
    ("module", "asked", "kept", "first"),
    [
        (discoveries, "words_of", discoveries._found, ()),
        (discoveries, "groups_of", discoveries._grouped, (None,)),
        (coding, "score", coding._score, (None,)),
    ],
)
def test_two_questions_of_one_version_have_results_of_their_own(
    module: Any, asked: str, kept: Any, first: tuple[None, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.clear()
    monkeypatch.setattr(module, asked, lambda *given: given[-1].items[0])
    answers = [SimpleNamespace(items=(name,)) for name in ("H1", "H2", "H1")]
    found = [kept(*first, one, ("/study", 1, False), one.items) for one in answers]
    kept.clear()
    assert found == ["H1", "H2", "H1"]
