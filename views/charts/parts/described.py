"""The alternative text of a chart: its finding, then what its marks say when they are pointed at."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

MOST = 12
"""Marks that are read out; the table behind the chart has all."""


def described(picture: go.Figure, finding: str) -> str:
    """Return a finding and the texts of the first marks, which a screen reader reads in place of the picture."""
    said = list(dict.fromkeys(" ".join(text.split()) for trace in picture.data for text in _texts(trace)))
    shown = [*said[:MOST], "……"] if len(said) > MOST else said
    return f"{finding}。{'；'.join(shown)}" if shown else finding


def _texts(trace: Any) -> list[str]:
    texts = trace.text if isinstance(trace.text, list | tuple) else []
    return [str(text) for text in texts if text and "%{text}" in str(trace.hovertemplate)]
