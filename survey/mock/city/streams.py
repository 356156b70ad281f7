"""Independent random streams per part, so that a change in one part does not affect the others."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, *part: str) -> np.random.Generator:
    """Return the generator of one part of the mock city.

    Args:
        seed: seed of the city.
        part: names such as ("answers", "W1", "household"); different names give independent streams.
    """
    key = crc32("/".join(part).encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,))))
