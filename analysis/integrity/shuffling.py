"""Shuffling: the null distribution of an interviewer's figures, had other clusters of the district fallen to them.

Whole clusters (interviewer x sampling point) are exchanged within one district, wave and mode. Under the null
hypothesis all such arrangements are equally likely, so the p-value (1 + those at least as extreme) / (1 + draws) is
exact whatever the traits of people and places (Phipson & Smyth 2010, Stat. Appl. Genet. Mol. Biol. 9:39). The
interviewer's own clusters stay in the pool: drawing from the others alone, without replacement, would make the null
too narrow and accuse honest people.

A statistic of an interviewer stops where chance is obvious (`sequential`).

Every district draws from a stream of its own, seeded by its name, so answers elsewhere change nothing there. Districts
that share interviewers are compared together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.integrity.sequential import CHUNK, EARLY, FIRST, SequentialTest
from survey.quality.sheet import Floats

Ints = npt.NDArray[np.int64]
DRAWS = 19_999
EDITION = 2
"""Increment when arrangements or figures are made in another way."""
MATCH = "match"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Figures from pairs of responses of the clusters of a block.

    Attributes:
        sums: name -> [c, c] sums over pairs of responses of two clusters.
        near: [c, c, M] likeness with the nearest other response, see `matching.padded`.
        able: [c] responses that can be compared, the divisor of the likeness.
    """

    sums: Mapping[str, Floats]
    near: npt.NDArray[np.uint8]
    able: Floats


@dataclass(frozen=True, slots=True)
class Block:
    """Clusters that are exchangeable.

    Attributes:
        clusters: [c] their numbers.
        places: interviewer -> positions of their clusters.
        name: seeds the arrangements; differs between blocks.
        paired: names of the figures from pairs, `MATCH` among them where likeness is compared.
        pairs: makes these figures.
        district: name of the district, by which comparisons are kept.
        digest: of all that the figures are made from beside the answers of the district.
    """

    clusters: Ints
    places: Mapping[int, Ints]
    name: str = ""
    paired: tuple[str, ...] = ()
    pairs: Callable[[], Pairs] | None = None
    district: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Statistics:
    """The statistics to shuffle.

    Attributes:
        sums: name -> [C] sum of a measure over each cluster.
        counts: name -> [C] responses with that measure.
        rows: [C] responses, the divisor of sums over pairs.
        low: names of statistics for which low is unusual.
    """

    sums: Mapping[str, Floats]
    counts: Mapping[str, Floats]
    rows: Floats
    low: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shuffled:
    """Results by interviewer, [J] each.

    Attributes:
        value: the figure.
        expected: its mean over arrangements.
        p: one-sided; NaN without responses to measure.
    """

    value: Floats
    expected: Floats
    p: Floats


Found = Mapping[str, Floats]
"""Name of the statistic -> [3, interviewers of a group]: value, expected, p."""
Keep = Callable[[tuple[str, ...], str, Callable[[], Found]], Found]
"""Names of districts, a digest of what results are made from beside their answers, how to make them -> the results."""


def made_now(_districts: tuple[str, ...], _digest: str, make: Callable[[], Found]) -> Found:
    """Return the results, made now: nothing is kept."""
    return make()


def shuffle(
    blocks: tuple[Block, ...],
    statistics: Statistics,
    interviewers: int,
    *,
    seed: int = 0,
    draws: int = DRAWS,
    keep: Keep = made_now,
) -> dict[str, Shuffled]:
    """Shuffle the clusters and compare every interviewer with the arrangements.

    Args:
        blocks: the sets of exchangeable clusters.
        statistics: the statistics to compare.
        interviewers: the number of interviewers J.
        seed: random seed; the same seed gives the same arrangements.
        draws: largest number of arrangements.
        keep: finds comparisons that were made before from the same input.

    Returns:
        Name of the statistic -> results.
    """
    paired = tuple(dict.fromkeys(name for block in blocks for name in block.paired))
    result = {name: np.full((3, interviewers), np.nan) for name in (*statistics.sums, *paired)}
    for table in result.values():
        table[1] = 0.0
    for group in _groups(blocks):
        one = _Comparison(group.blocks, statistics, tuple(result), len(group.owners), seed, draws)
        districts = tuple(block.district for block in group.blocks)
        for name, values in keep(districts, one.digest(), one.made).items():
            result[name][:, group.owners] = values
    return {name: Shuffled(*table) for name, table in result.items()}


@dataclass(frozen=True, slots=True)
class _Group:
    """Blocks that share interviewers: `owners` are their numbers, and `places` of the blocks are by position there."""

    blocks: tuple[Block, ...]
    owners: Ints


def _groups(blocks: tuple[Block, ...]) -> Iterator[_Group]:
    """Yield the blocks, those with interviewers in common together."""
    first: dict[int, int] = {}
    root = list(range(len(blocks)))

    def top(at: int) -> int:
        while root[at] != at:
            at = root[at]
        return at

    for at, block in enumerate(blocks):
        for owner in block.places:
            one, other = sorted((top(at), top(first.setdefault(owner, at))))
            root[other] = one
    for number in sorted({top(at) for at in range(len(blocks))}):
        mine = [block for at, block in enumerate(blocks) if top(at) == number]
        owners = np.array(sorted({owner for block in mine for owner in block.places}), dtype=np.int64)
        place = {owner: at for at, owner in enumerate(owners.tolist())}
        local = (replace(one, places={place[name]: held for name, held in one.places.items()}) for one in mine)
        yield _Group(tuple(local), owners)


Orders = list[Ints]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """The statistics of the interviewers of a group, as `shuffle` compares them."""

    blocks: tuple[Block, ...]
    what: Statistics
    names: tuple[str, ...]
    owners: int
    seed: int
    draws: int

    def digest(self) -> str:
        """Return a digest of what is compared beside the answers of the districts."""
        made_from = [(block.name, block.paired, block.digest) for block in self.blocks]
        return hashlib.sha256(repr((EDITION, self.names, self.seed, self.draws, made_from)).encode()).hexdigest()

    def made(self) -> Found:
        """Compare."""
        tests = {name: SequentialTest(self.owners, name in self.what.low) for name in self.names}
        figures = [_Figures(block, self.what) for block in self.blocks]
        for look, orders in enumerate(_arrangements(self.blocks, self.seed, self.draws)):
            for name, share in self._shares(tests, figures, orders).items():
                tests[name].add(share, look)
            if not any(test.going.any() for test in tests.values()):
                break
        return {name: test.result() for name, test in tests.items()}

    def _shares(
        self, tests: Mapping[str, SequentialTest], figures: Sequence[_Figures], orders: Orders
    ) -> dict[str, Floats]:
        """Return the figures [draws, J] of a look, of the tests that go on; NaN for interviewers that do not."""
        going = [name for name, test in tests.items() if test.going.any()]
        top, base = ({name: np.zeros((len(orders[0]), self.owners)) for name in going} for _ in range(2))
        for one, order in zip(figures, orders, strict=True):
            for owner, places in one.block.places.items():
                names = tuple(name for name in going if tests[name].going[owner])
                for name, (part, whole) in one.of(names, order[:, places]).items():
                    top[name][:, owner] += part
                    base[name][:, owner] += whole
        return {
            name: np.where((base[name] > 0) & tests[name].going, top[name] / np.maximum(base[name], 1), np.nan)
            for name in going
        }


class _Figures:
    """Numerators and denominators of the statistics of a block."""

    def __init__(self, block: Block, what: Statistics) -> None:
        self.block, self.pairs = block, block.pairs() if block.pairs else None
        self.names = tuple(what.sums)
        self.sums, self.counts = (
            np.array([each[name][block.clusters] for name in self.names]).reshape(-1, len(block.clusters))
            for each in (what.sums, what.counts)
        )
        self.rows = what.rows[block.clusters]

    def of(self, names: tuple[str, ...], chosen: Ints) -> dict[str, tuple[Floats, Floats]]:
        """Return numerator and denominator [draws] of some statistics of one interviewer with the `chosen` clusters."""
        summed = [at for at, name in enumerate(self.names) if name in names]
        top, base = (_summed(each[summed], chosen) for each in (self.sums, self.counts))
        found = {self.names[at]: (top[place], base[place]) for place, at in enumerate(summed)}
        paired = [name for name in self.block.paired if name in names]
        if self.pairs is None or not paired:
            return found
        cell = chosen[:, :, None] * len(self.rows) + chosen[:, None, :]
        for name in paired:
            if name == MATCH:
                found[name] = _nearest_sum(self.pairs.near, cell), self.pairs.able[chosen].sum(axis=1)
            else:
                # an index lays its result out as `cell`, which decides in what order numpy adds up
                between = self.pairs.sums[name].ravel()[cell].sum(axis=(1, 2))
                found[name] = between, self.rows[chosen].sum(axis=1)
        return found


def _summed(values: Floats, chosen: Ints) -> Floats:
    """Return [n, draws] the sums of values [n, c] of the chosen clusters [draws, k]."""
    total = values.take(chosen[:, 0], axis=1)
    for at in range(1, chosen.shape[1]):
        total += values.take(chosen[:, at], axis=1)
    return total


def _nearest_sum(near: npt.NDArray[np.uint8], cell: Ints) -> Floats:
    """Return [draws] the sum over responses of the likeness with the nearest other one in the chosen clusters.

    Args:
        near: [c, c, M], see `matching.padded`.
        cell: [draws, k, k] which pairs of clusters were chosen.
    """
    flat = near.reshape(-1, near.shape[2])
    best = flat.take(cell[:, :, 0], axis=0)
    for at in range(1, cell.shape[2]):
        np.maximum(best, flat.take(cell[:, :, at], axis=0), out=best)
    return np.asarray(best.reshape(len(best), -1).sum(axis=1, dtype=np.uint32), dtype=np.float64)


def _arrangements(blocks: tuple[Block, ...], seed: int, draws: int) -> Iterator[Orders]:
    """Yield the real arrangement, then looks at random ones: per block [draws, c] the cluster in each place."""
    yield [np.arange(len(block.clusters))[None, :] for block in blocks]
    streams = [np.random.default_rng([seed, 20260907, *_seeds(block.name)]) for block in blocks]
    done = 0
    while done < draws:
        size = min(EARLY if not done else FIRST - EARLY if done == EARLY else CHUNK, draws - done)
        drawn = (
            rng.random((size, len(block.clusters)), dtype=np.float32)
            for rng, block in zip(streams, blocks, strict=True)
        )
        yield [np.argsort(one, axis=1) for one in drawn]
        done += size


def _seeds(name: str) -> list[int]:
    digest = hashlib.sha256(name.encode()).digest()
    return [int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4)]
