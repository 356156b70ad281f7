"""Limits that slow a flood down and let an office, a school or a mobile network through.

Many residents share one public address (NAT), so the allowance of an address is generous, grows back steadily,
and who exceeds it is asked to come back later and loses nothing: the phone keeps the answer and tries again.
"""

from __future__ import annotations

from dataclasses import dataclass

FORGET_ABOVE = 100_000
"""Addresses remembered at most; then those with a full allowance are forgotten first."""


@dataclass(slots=True)
class Bucket:
    """The allowance of one address: what is left, and when it was last counted (monotonic seconds)."""

    left: float
    at: float


class Limits:
    """A token bucket for each address.

    Args:
        burst: requests an address may send at once.
        per_second: how fast that grows back.
    """

    def __init__(self, burst: float, per_second: float) -> None:
        """Begin with no address known."""
        self.burst = burst
        self.per_second = per_second
        self._buckets: dict[str, Bucket] = {}

    def wait(self, address: str, now: float) -> float:
        """Take one from the allowance of an address.

        Args:
            address: whose.
            now: monotonic seconds; a clock that jumps back gives nothing and takes nothing.

        Returns:
            0.0 when allowed, else the seconds until there is one again.
        """
        bucket = self._buckets.get(address)
        if bucket is None:
            if len(self._buckets) >= FORGET_ABOVE:
                self._forget(now)
            bucket = self._buckets[address] = Bucket(self.burst, now)
        elapsed = max(0.0, now - bucket.at)
        bucket.left = min(self.burst, bucket.left + elapsed * self.per_second)
        bucket.at = max(bucket.at, now)
        if bucket.left < 1:
            return (1 - bucket.left) / self.per_second
        bucket.left -= 1
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop addresses whose allowance is full again; if that does not help, all: better too lenient than deaf."""
        full = self.burst / self.per_second
        kept = {address: bucket for address, bucket in self._buckets.items() if now - bucket.at < full}
        self._buckets = kept if len(kept) < FORGET_ABOVE else {}
