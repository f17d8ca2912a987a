"""How the seats fall on agencies and provinces, beside a draw from the pool (FA*IR's question).

Of N people in the pool, K of one group; of the first n, k are of it. Drawn blindly, k would follow
the hypergeometric distribution. A small probability is a question to ask, not a verdict: points are
no lottery.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb

from api.domain.selection.quota import QuotaDimension

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody of the pool by standing: the groups, and the seat if there is one."""

    agency: str | None
    province: str | None
    seat: int | None


@dataclass(frozen=True, slots=True)
class GroupParity:
    """One group among the first seats."""

    dimension: QuotaDimension
    key: str
    pool_count: int
    pool_size: int
    count: int
    prefix: int

    @property
    def expected_milli(self) -> int:
        """Return how many a blind draw would hold on average, in thousandths."""
        return self.prefix * self.pool_count * 1_000 // self.pool_size

    @property
    def at_most_ppm(self) -> int:
        """Return how often a blind draw holds as few or fewer, in millionths."""
        return self._share(range(self.count + 1))

    @property
    def at_least_ppm(self) -> int:
        """Return how often a blind draw holds as many or more, in millionths."""
        return self._share(range(self.count, min(self.pool_count, self.prefix) + 1))

    def _share(self, counts: Iterable[int]) -> int:
        others = self.pool_size - self.pool_count
        ways = sum(comb(self.pool_count, k) * comb(others, self.prefix - k) for k in counts)
        return ways * MILLION // comb(self.pool_size, self.prefix)


def parity(pool: Sequence[Standing], prefix: int) -> list[GroupParity]:
    """Compare the first seats with the pool, group by group, the rarest first."""
    seated = [one for one in pool if one.seat is not None and one.seat <= prefix]
    found = [
        GroupParity(dimension, key, count, len(pool), chosen[key], len(seated))
        for dimension in (QuotaDimension.AGENCY, QuotaDimension.PROVINCE)
        for chosen in [_counts(seated, dimension)]
        for key, count in _counts(pool, dimension).items()
    ]
    return sorted(found, key=lambda one: (min(one.at_most_ppm, one.at_least_ppm), one.key))


def _counts(people: Iterable[Standing], dimension: QuotaDimension) -> Counter[str]:
    is_agency = dimension is QuotaDimension.AGENCY
    keys = (one.agency if is_agency else one.province for one in people)
    return Counter(key for key in keys if key is not None)
