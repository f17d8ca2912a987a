"""What the answers would have cost: each resource once a UTC day."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

POST_MICRO_USD = 5_000
USER_MICRO_USD = 10_000
_PRICES = {"post": POST_MICRO_USD, "user": USER_MICRO_USD}
_DAY_SECONDS = 86_400


class Meter:
    """Adds up charges; resources in `data` and in `includes` cost the same."""

    def __init__(self, real_at: Callable[[], float]) -> None:
        self._real_at = real_at
        self._seen: dict[int, set[tuple[str, str]]] = {}
        self._read_counts: Counter[str] = Counter()
        self._micro_by_family: Counter[str] = Counter()

    def charge(self, family: str, resource: str, ids: Iterable[str]) -> None:
        """Charge resources of an answer that were not charged today."""
        day = int(self._real_at()) // _DAY_SECONDS
        seen = self._seen.setdefault(day, set())
        fresh = {(resource, each) for each in ids} - seen
        seen |= fresh
        self._read_counts[resource] += len(fresh)
        self._micro_by_family[family] += len(fresh) * _PRICES[resource]

    def to_json(self) -> dict[str, Any]:
        """Return totals, in micro-dollars."""
        return {
            "totalMicroUsd": sum(self._micro_by_family.values()),
            "postReadCount": self._read_counts["post"],
            "userReadCount": self._read_counts["user"],
            "microUsdByEndpoint": dict(sorted(self._micro_by_family.items())),
        }
