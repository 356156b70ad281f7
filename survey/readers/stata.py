"""Stata .dta: value labels tell what a number means; extended missing values .a to .z keep their label."""

from __future__ import annotations

from survey.readers.read_table import Guide, Match, ReadTable
from survey.readers.sheet import Opened
from survey.readers.stats import read_variables


class StataReader:
    """Files of Stata, and those that other tools write for it."""

    name = "stata"
    title = "Stata"

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Certain by the first bytes."""
        return Match(0.9, "文件开头是 Stata 的标记") if opened.kind == "dta" else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read all cases; ReadError for a broken file, CodingError for another questionnaire."""
        return read_variables(opened, guide, reader=self.name)
