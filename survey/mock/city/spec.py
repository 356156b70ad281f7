"""MockSpec: the specification of a mock city. Equal specifications give equal bytes."""

from __future__ import annotations

from dataclasses import dataclass

from survey.errors import ArgumentError

PERSONS = 18  # interviews per sampled community and wave if no total is given
ONLINE_SHARE = 0.2  # share of all responses in the online sample of the last wave
USUAL_FAULTS = ("straight-line", "duplicate", "fabricated", "coached")
"""Faults of every mock city, unless others are asked for."""
FAULTS = (*USUAL_FAULTS, "random", "random-grid", "zigzag", "late-line", "careful", "careful-half")
"""All faults that can be planted, see `survey.mock.faults` and `survey.mock.careless`."""
LIMITS = {
    "districts": (1, 80),
    "streets_per_district": (1, 15),
    "communities_per_street": (2, 20),
    "waves": (1, 12),
}
NAMES = {
    "districts": "区县数",
    "streets_per_district": "每区街道数",
    "communities_per_street": "每街道抽样社区数",
    "waves": "调查轮次",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MockSpec:
    """The mock city to draw.

    Attributes:
        seed: seed of the city, sample and answers.
        districts: number of districts.
        streets_per_district: streets (towns) per district.
        communities_per_street: mean number of communities sampled per street and wave.
        frame_factor: communities in the frame per sampled community.
        responses: responses over all waves and modes, before duplicates; None for about 18 interviews per sampled
            community and wave, plus an online sample a quarter of that size.
        waves: number of waves W1, W2, ...
        online: whether to draw a self-selected online sample in the last wave.
        faults: names out of `FAULTS` of the faults to plant; True for the usual ones, False for none.
        changes: whether some districts truly change between waves.
        differences: whether areas differ; False gives an all-null city.
        texts: whether to write free text; simulations that need none save time.

    Raises:
        ArgumentError: a number out of range, or an unknown fault.
    """

    seed: int = 1
    districts: int = 8
    streets_per_district: int = 5
    communities_per_street: int = 4
    frame_factor: int = 3
    responses: int | None = None
    waves: int = 2
    online: bool = True
    faults: bool | tuple[str, ...] = True
    changes: bool = True
    differences: bool = True
    texts: bool = True

    def __post_init__(self) -> None:
        """Check the ranges of the numbers."""
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ArgumentError(f"模拟城市的{NAMES[name]}超出范围", got=str(value), expected=f"{low} 到 {high}")
        if self.seed < 0:
            raise ArgumentError("随机种子不能是负数", got=str(self.seed), expected="0 或正整数")
        unknown = [name for name in self.planted if name not in FAULTS]
        if unknown:
            raise ArgumentError("不认识的问题答卷", got="、".join(unknown), expected="、".join(FAULTS))
        if self.interviews < 2 * self.sampled * self.waves:
            raise ArgumentError(
                "答卷总数太少，不够每个抽样社区每轮至少访问 2 人",
                got=str(self.responses),
                expected=f"至少 {self._least()} 份",
                cure="增大 --responses，或减少区县、街道、社区、轮次",
            )

    @property
    def planted(self) -> tuple[str, ...]:
        """Names of the faults to plant."""
        if isinstance(self.faults, bool):
            return USUAL_FAULTS if self.faults else ()
        return self.faults

    @property
    def sampled(self) -> int:
        """Number of communities sampled in each wave."""
        return self.districts * self.streets_per_district * self.communities_per_street

    @property
    def wave_names(self) -> tuple[str, ...]:
        """W1, W2, ..."""
        return tuple(f"W{number + 1}" for number in range(self.waves))

    @property
    def online_responses(self) -> int:
        """Number of responses in the online sample."""
        if not self.online:
            return 0
        if self.responses is None:
            return round(PERSONS * self.sampled * self.waves * ONLINE_SHARE / (1 - ONLINE_SHARE))
        return round(self.responses * ONLINE_SHARE)

    @property
    def interviews(self) -> int:
        """Number of household interviews over all waves."""
        if self.responses is None:
            return PERSONS * self.sampled * self.waves
        return self.responses - self.online_responses

    def _least(self) -> int:
        share = 1 - ONLINE_SHARE if self.online else 1.0
        return int(2 * self.sampled * self.waves / share) + 1
