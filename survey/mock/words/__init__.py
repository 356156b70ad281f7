"""Word lists of the mock city, written for it: one TOML file per subject."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def read_words(name: str) -> dict[str, Any]:
    """Return the content of one word list.

    Args:
        name: file name without suffix: names, places, texts, themes, model.
    """
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))
