"""Limits of memory and CPU time for third-party parsers, in proportion to the size of the file.

A corrupted count in a file of ten kilobytes can request all memory. An intact file of that size needs very little, so
a small file that exceeds its limit is reported as damaged rather than as too large.
"""

from __future__ import annotations

MEMORY = 4 * 2**30
SECONDS = 300
FIRST_MEMORY = 2**30  # Python and its libraries take 0.3 GB; the rest covers a sheet with one far-off cell
FIRST_SECONDS = 6  # importing the libraries takes 0.5 s, longer on a slow machine
GROWTH = 40  # bytes of memory per inflated byte of the file: cells are held twice
SMALL = 10 * 2**20
"""Files below this size (bytes) never need much, whatever their contents declare."""


def allowance(size: int) -> tuple[int, int]:
    """Return the limits for a file: memory in bytes and CPU time in seconds.

    Args:
        size: bytes of the file, after inflating if it is compressed.
    """
    return min(MEMORY, FIRST_MEMORY + GROWTH * size), min(SECONDS, FIRST_SECONDS + size // 2**20)
