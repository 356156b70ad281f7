"""What a parser of somebody else may use for one file: memory and CPU time in proportion to the file.

A damaged count in a file of ten kilobytes can ask for all memory there is. An honest file of that size needs next to
nothing, so what goes beyond is no sign of a large file but of a damaged one, and is told as such.
"""

from __future__ import annotations

MEMORY = 4 * 2**30
SECONDS = 300
FIRST_MEMORY = 2**30  # Python and its libraries take 0.3 GB; the rest is for a far-off cell on an empty sheet
FIRST_SECONDS = 6  # an import of the libraries takes 0.5 s; a slow machine needs more
GROWTH = 40  # bytes of memory for a byte of the file, inflated: cells stand in memory twice
SMALL = 10 * 2**20
"""Files below this size do not need much, whatever they say."""


def allowance(size: int) -> tuple[int, int]:
    """Memory in bytes and CPU seconds for a file.

    Args:
        size: bytes of the file, inflated where it is packed.
    """
    return min(MEMORY, FIRST_MEMORY + GROWTH * size), min(SECONDS, FIRST_SECONDS + size // 2**20)
