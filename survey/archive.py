"""The questionnaires of a study as they were at each import, so that later waves can be held against earlier wording.

They lie in the study as questionnaires/<fingerprint>.json.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from survey.errors import QuestionnaireError, StoreError
from survey.questionnaire import Questionnaire, read_questionnaire

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
    folder = root / FOLDER
    kept = folder / f"{questionnaire.fingerprint}.json"
    if kept.exists() or not questionnaire.source:
        return kept
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".copy-")
        copy = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(questionnaire.source)
                file.flush()
                os.fsync(file.fileno())
            copy.replace(kept)
        finally:
            copy.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            "问卷不能存入研究文件夹", where=str(folder), got=str(error), cure="检查写权限和磁盘空间"
        ) from error
    return kept


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
