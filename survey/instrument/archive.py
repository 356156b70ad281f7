"""The questionnaires of a study as they were at each import, so that later waves can be held against earlier wording.

They lie in the study as questionnaires/<fingerprint>.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from survey.errors import QuestionnaireError
from survey.instrument.questionnaire import Questionnaire, read_questionnaire
from survey.storage.files import place

FOLDER = "questionnaires"


def keep_questionnaire(root: Path, questionnaire: Questionnaire) -> Path:
    """Write a questionnaire into the study, once.

    Args:
        root: folder of the study.
        questionnaire: as answers are coded by it.

    Returns:
        The file, named by the fingerprint; one made by hand has no text to keep.

    Raises:
        StoreError: it cannot be written; no half file is left.
    """
    kept = root / FOLDER / f"{questionnaire.fingerprint}.json"
    if kept.exists() or not questionnaire.source:
        return kept
    return place(kept, lambda copy: copy.write_text(questionnaire.source, encoding="utf-8"), "问卷")


def kept_questionnaires(root: Path) -> Mapping[str, Questionnaire]:
    """Every questionnaire at hand: fingerprint -> questionnaire.

    One that cannot be read any more is left out: what was asked with it then counts as unknown, never as unchanged.
    """
    found: dict[str, Questionnaire] = {}
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            asked = read_questionnaire(path)
        except QuestionnaireError:
            continue
        found[asked.fingerprint] = asked
    return found
