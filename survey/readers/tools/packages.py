"""Files of statistics packages: value labels tell what a number means.

SPSS (.sav): user-missing values such as 98 and 99 are answers and are kept.
Stata (.dta): extended missing values .a to .z keep their label.
"""

from __future__ import annotations

from dataclasses import dataclass

from survey.readers.files.sheet import Opened
from survey.readers.tables.read_table import Guide, Match, ReadTable
from survey.readers.tools.spss_stata import read_variables


@dataclass(frozen=True, slots=True)
class PackageReader:
    """Files of one package, and those that other tools write for it.

    Attributes:
        name, title: as in `Reader`.
        kind: of the opened file.
    """

    name: str
    title: str
    kind: str

    def sniff(self, opened: Opened, guide: Guide) -> Match:
        """Certain by the first bytes."""
        return Match(0.9, f"文件开头是 {self.title} 的标记") if opened.kind == self.kind else Match(0.0)

    def read(self, opened: Opened, guide: Guide) -> ReadTable:
        """Read all cases; ReadError for a broken file, CodingError for another questionnaire."""
        return read_variables(opened, guide, reader=self.name)
