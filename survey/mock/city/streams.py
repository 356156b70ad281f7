"""One independent random stream a part, so that a change in one part leaves the others as they were."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, *part: str) -> np.random.Generator:
    """The generator of one part of the mock city.

    Args:
        seed: the city's seed.
        part: names such as ("answers", "W1", "household"); any other name gives an independent stream.
    """
    key = crc32("/".join(part).encode())
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,))))
