"""What was asked of the sandbox, for tests that count."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

_KEPT_COUNT = 5_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and what became of it."""

    at: float
    method: str
    path: str
    family: str
    status: int
    is_early: bool
    """Whether it came before a reset that an earlier answer had stated."""


class Log:
    """Counts since the last reset, and the latest requests."""

    def __init__(self) -> None:
        self._paths: Counter[str] = Counter()
        self._families: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._early_count = 0
        self._latest: deque[Entry] = deque(maxlen=_KEPT_COUNT)

    def note(self, entry: Entry) -> None:
        """Remember a request."""
        self._paths[entry.path] += 1
        self._families[entry.family] += 1
        self._statuses[str(entry.status)] += 1
        self._early_count += entry.is_early
        self._latest.append(entry)

    def to_json(self, tail: int) -> dict[str, Any]:
        """Return counts and the latest requests, oldest first."""
        latest = list(self._latest)[-tail:] if tail else []
        return {
            "requestCount": self._paths.total(),
            "earlyCount": self._early_count,
            "paths": dict(self._paths),
            "endpoints": dict(self._families),
            "statuses": dict(self._statuses),
            "latest": [_to_json(entry) for entry in latest],
        }


def _to_json(entry: Entry) -> dict[str, Any]:
    values = asdict(entry)
    values["endpoint"] = values.pop("family")
    values["isEarly"] = values.pop("is_early")
    return values
