"""Archive of the questionnaires used at each import, so that wordings can be compared across waves.

They are stored in the study folder as questionnaires/<fingerprint>.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from survey.errors import QuestionnaireError
from survey.instrument.questionnaire import Questionnaire, read_questionnaire
from survey.storage.files import place

FOLDER = "questionnaires"


def keep_questionnaire(root: Path, questionnaire: Questionnaire) -> Path:
    """Write a questionnaire into the archive of a study unless it is already there.

    Args:
        root: study folder.
        questionnaire: the questionnaire by which answers are coded.

    Returns:
        The file, named by fingerprint. A questionnaire without source text is not written.

    Raises:
        StoreError: the file cannot be written; no partial file is left.
    """
    kept = root / FOLDER / f"{questionnaire.fingerprint}.json"
    if kept.exists() or not questionnaire.source:
        return kept
    return place(kept, lambda copy: copy.write_text(questionnaire.source, encoding="utf-8"), "问卷")


def kept_questionnaires(root: Path, known: Questionnaire | None = None) -> Mapping[str, Questionnaire]:
    """Return fingerprint -> questionnaire of the archive.

    A questionnaire that can no longer be read is left out; its wordings count as unknown, never as unchanged.

    Args:
        root: study folder.
        known: a questionnaire that is among them and need not be read again, such as that of the study.
    """
    found = {} if known is None else {known.fingerprint: known}
    for path in sorted((root / FOLDER).glob("*.json")):
        if path.stem in found:
            continue
        try:
            asked = read_questionnaire(path)
        except QuestionnaireError:
            continue
        found.setdefault(asked.fingerprint, asked)
    return found
