"""SPSS .sav: value labels tell what a number means; user-missing values such as 98 and 99 are answers and are kept."""

from __future__ import annotations

from survey.readers.read_table import Guide, Match, ReadTable
from survey.readers.sheet import Opened
from survey.readers.stats import read_variables


class SpssReader:
    """Files of SPSS, and those that other tools write for it."""

    name = "spss"
    title = "SPSS"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Certain by the first bytes."""
        return Match(0.9, "文件开头是 SPSS 的标记") if opened.kind == "sav" else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read all cases; ReadError for a broken file, CodingError for another questionnaire."""
        return read_variables(opened, guide, reader=self.name)
