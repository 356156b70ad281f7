"""Quality of the text analysis on own probes and on public texts that may be measured but not shipped.

    python -m benchmarks.text_quality

Nothing trained here is kept. Public texts are read from ../shared/textdata; without them only the own probes run.
"""

from __future__ import annotations

import sys

from analysis.text.themes.codebook import parse_codebook
from benchmarks.text_groups import copies, nothing_planted, planted, random_halves
from benchmarks.text_probes import probes, segmentation
from benchmarks.text_routing import polarity, routing
from benchmarks.text_rows import LEXICON, SHARED


def main() -> None:
    """Print the table."""
    print("| what | reached | target | beside it |\n| --- | --- | --- | --- |")
    probes()
    themes = {theme.code: theme.name for theme in parse_codebook(LEXICON.themes).themes}
    planted(themes)
    nothing_planted(themes)
    if not SHARED.is_dir():
        print(f"\nno {SHARED.name} beside the repository: the other rows need it", file=sys.stderr)
        return
    for part in (segmentation, random_halves, copies, routing, polarity):
        part()


if __name__ == "__main__":
    main()
