"""Official phrases: what slogans and documents say and residents hardly ever do, one a line."""

from __future__ import annotations

from pathlib import Path

from survey.study.lexicon import DEFAULT, read_entries

FILE = "official.txt"


def official_phrases(*folders: Path) -> frozenset[str]:
    """The shipped list and those of the folders given, for example of a study.

    Raises:
        StudyError: a file is not UTF-8, or an entry stands twice in it.
    """
    return frozenset(phrase for folder in (DEFAULT, *folders) for phrase in read_entries(folder / FILE, str))
