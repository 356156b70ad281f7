"""Rate limits that slow floods but admit an office, a school or a mobile network.

Many residents share one public address (NAT), so the allowance of an address is generous and refills steadily. A phone
that exceeds it keeps the submission and retries later.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

REMEMBERED = 50_000
"""Number of networks in each of the two generations; a flood of new ones evicts the least recent."""
BLOCK = {4: 24, 6: 48}
"""IP version -> bits that identify a block, whose addresses one attacker may have."""
SITE = 64
"""Bits of an IPv6 address that identify a subscriber; devices choose the other half freely."""


@dataclass(slots=True)
class Bucket:
    """Remaining allowance of one network, and time of the last update (monotonic seconds)."""

    left: float
    at: float


class Limits:
    """A token bucket for each network: an IPv4 address, or 64 bits of an IPv6 one.

    Args:
        burst: maximum number of requests at once, at least one.
        per_second: refill rate.
    """

    def __init__(self, burst: float, per_second: float) -> None:
        """Start without known networks."""
        self.burst = max(1.0, burst)
        self.per_second = per_second
        self._young: dict[str, Bucket] = {}
        self._old: dict[str, Bucket] = {}

    def __len__(self) -> int:
        """Return the number of known networks."""
        return len(self._young) + len(self._old)

    def wait(self, address: str, now: float) -> float:
        """Take one request from the allowance of an address.

        Args:
            address: address of the client.
            now: monotonic seconds; a clock that jumps back has no effect.

        Returns:
            0.0 when allowed, else the seconds until the next request is allowed.
        """
        name = network(address) if ":" in address else address
        bucket = self._young.get(name) or self._enter(name, now)
        elapsed = max(0.0, now - bucket.at)
        bucket.left = min(self.burst, bucket.left + elapsed * self.per_second)
        bucket.at = max(bucket.at, now)
        if bucket.left < 1:
            return (1 - bucket.left) / self.per_second
        bucket.left -= 1
        return 0.0

    def peek(self, address: str, now: float) -> float:
        """Return what `wait` would, without taking a request."""
        bucket = self._young.get(address) or self._old.get(address)
        if bucket is None:
            return 0.0
        left = min(self.burst, bucket.left + max(0.0, now - bucket.at) * self.per_second)
        return 0.0 if left >= 1 else (1 - left) / self.per_second

    def _enter(self, name: str, now: float) -> Bucket:
        """Move a network to the young generation; when full it becomes the old one, and the old is discarded."""
        if len(self._young) >= REMEMBERED:
            self._young, self._old = {}, self._young
        earlier = self._old.pop(name, None)
        bucket = self._young[name] = Bucket(self.burst, now) if earlier is None else earlier
        return bucket


class Guesses:
    """A limit of codes that were never issued: invitations, passes and receipts from one block of addresses.

    While a block is over the limit no code from it is checked, right or wrong, so that the reply says nothing about it.

    Args:
        most: how many wrong codes a block may send at once.
        per_second: refill rate.
    """

    def __init__(self, most: float = 30, per_second: float = 0.1) -> None:
        """Start without known blocks."""
        self._limits = Limits(most, per_second)

    def wait(self, address: str, now: float) -> float:
        """Return the seconds until a code from an address is checked again; 0.0 where it may be now."""
        return self._limits.peek(block(address), now)

    def missed(self, address: str, now: float) -> None:
        """Count one wrong code."""
        self._limits.wait(block(address), now)


@lru_cache(maxsize=4096)
def block(address: str) -> str:
    """Return the block of an address: the first 24 bits of an IPv4 address, 48 of an IPv6 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return f"{int(found) >> (found.max_prefixlen - BLOCK[found.version]):x}/{found.version}"


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """Return the network of an IPv6 address: its first 64 bits, or the embedded IPv4 address."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{int(found) >> (128 - SITE):x}::"
