"""Verdicts as commands print and pages draw them, and the next steps that follow from the one rule."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.areas.verdict import Verdict
from analysis.estimation.estimates import Estimates
from reports.overview.next_step import NextSteps
from reports.sample import StudySample
from reports.selection import Selection
from reports.sentences.sentence import Row
from tests.views.page_words import seen
from views.blocks.tiles import ORDER

WORDS = "|".join(Verdict)
Verdicts = dict[tuple[str, str], str]


def plain(name: object) -> str:
    return str(name).replace("※", "").replace("⁠", "").strip()


def word(text: str) -> str:
    """Return the verdict without its reason: 尚难判断（样本不足）."""
    return text.partition("（")[0]


def printed(output: str, area: str) -> Verdicts:
    """Read the table of a CSV of `silu weak` or `silu rates`."""
    head, *rest = table_of(output)
    at, rate, said = head.index(area), head.index("指标"), head.index("判断")
    return {(plain(line[at]), line[rate]): word(line[said]) for line in rest}


def table_of(output: str) -> list[list[str]]:
    """Return the lines of the table in a CSV; sentence and remarks are other blocks."""
    blocks = re.split(r"\r?\n\r?\n\ufeff?", output.lstrip("\ufeff"))
    block = next(one for one in blocks if one.startswith(("区县,", "街道,", "题号,")))
    return list(csv.reader(io.StringIO(block)))


def in_ranked(figure: dict[str, Any], rate: str) -> Verdicts:
    found = {}
    for trace in figure["data"][1:]:
        for text in trace["text"]:
            found[plain(seen(text).partition("  ")[0]), rate] = trace["name"]
    return found


def in_grid(figure: dict[str, Any]) -> Verdicts:
    """Read the cells of the picture of verdicts."""
    axis = figure["layout"]
    columns, rows = axis["xaxis"]["ticktext"], [plain(seen(name)) for name in axis["yaxis"]["ticktext"]]
    found = {}
    for note in axis["annotations"]:
        if note.get("xref") == "x" and note.get("yref") == "y":
            text = re.sub(r"</?b>|[▼▽○■※□△—]", "", note["text"])
            found[rows[int(note["y"])], columns[int(note["x"])]] = text.split("  ")[0]
    return found


def rank(state: str) -> int:
    """Return the place of a verdict, or of a reason for none, from the worst."""
    return ORDER.index(state)


def known(verdicts: Verdicts) -> Verdicts:
    """Return those that are a verdict."""
    return {key: value for key, value in verdicts.items() if value in set(Verdict)}


def in_sentence(text: str) -> dict[str, str]:
    """Read the verdicts of the wave beside the forecast: 知晓率、支持率达标；满意率尚难判断."""
    parts = text.partition("另一回事：")[2].partition("。")[0].split("；")
    pairs = [re.fullmatch(rf"(.+?)({WORDS})(?:（.+）)?", part) for part in parts]
    return {rate: pair.group(2) for pair in pairs if pair for rate in pair.group(1).split("、")}


@dataclass(frozen=True)
class Ruled:
    """What the one rule says of a wave."""

    gathered: StudySample
    selection: Selection
    found: Estimates
    rows: Mapping[tuple[str, str], Row]
    steps: NextSteps

    @property
    def said(self) -> Verdicts:
        """Return (district, rate) -> next step."""
        return {(place[0], str(row["label"])): self.steps.of(*place, row).text for place, row in self.rows.items()}

    @property
    def entered(self) -> tuple[tuple[str, str], ...]:
        """Return the rates with an open entry."""
        return tuple((one.area, str(self.rows[one.area, one.item]["label"])) for one in self.steps.open)

    def verdict(self, place: tuple[str, str]) -> str:
        """Return the verdict of a rate, or the reason for none."""
        row = next(row for (area, _), row in self.rows.items() if (area, str(row["label"])) == place)
        return str(row["verdict"] or row["reason"])
