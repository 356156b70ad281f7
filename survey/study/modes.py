"""Modes of data collection, in a module of their own so that the help of a command need not load the study."""

from __future__ import annotations

from collections.abc import Mapping

MODES: Mapping[str, str] = {"household": "入户面访", "street": "街头拦访", "phone": "电话访问", "online": "网络自填"}
"""Modes of data collection; "online" is opt-in (参与者意见) and never pooled with the others silently."""
PROBABILITY_MODES = frozenset({"household", "phone"})
INTERVIEWER_MODES = frozenset({"household", "street", "phone"})
