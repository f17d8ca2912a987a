"""Troubles that can be switched on, by name, path, count and probability."""

from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from fnmatch import fnmatchcase
from types import UnionType
from typing import Any

from workers.sandbox.chance import draw

NAMES = (
    "rate_limit", "server_error", "garbage", "html", "slow", "cut_body", "usage_capped",
    "short_pages", "empty_pages", "duplicates", "partial_errors",
    "newest_cap", "missing_metrics", "extra_fields", "late_counter", "late_list", "old_words",
    "index_delay", "client_clock", "stale_counts", "foreign_link", "epoch_reset", "old_server",
    "graph_error", "usage",
)  # fmt: skip


class UnknownFault(Exception):
    """There is no such fault, or no such setting of it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble. It strikes paths that match, `count` times at most (None: always)."""

    name: str
    is_on: bool = True
    path: str = "*"
    count: int | None = None
    probability: float = 1.0
    seconds: float = 12.0
    """How long: of `slow`, `rate_limit`, `late_counter` and `late_list`."""
    status: int = 503
    """Of `server_error`."""
    limit: int = 100
    """Of `newest_cap`; of `usage`, in percent."""
    form: str = ""
    """Of `usage_capped`: `credits` or nothing; of `graph_error`: `code` or `code/subcode`."""

    def to_json(self) -> dict[str, Any]:
        """Return the fault in the words of the control endpoint."""
        values = asdict(self)
        values["isOn"] = values.pop("is_on")
        return values


USUAL = (
    Fault("short_pages", probability=0.3),
    Fault("empty_pages", probability=0.08),
    Fault("duplicates", probability=0.15),
    Fault("partial_errors", probability=0.1),
)
"""What is normal on X, and so on from the start."""
_TYPES: dict[str, type | UnionType] = {
    "name": str,
    "isOn": bool,
    "path": str,
    "count": int | None,
    "probability": int | float,
    "seconds": int | float,
    "status": int,
    "limit": int,
    "form": str,
}
_SETTINGS = {"isOn" if each.name == "is_on" else each.name: each.name for each in fields(Fault)}


class Faults:
    """The troubles of one world; whether one strikes depends on seed, place and turn."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faults = {name: Fault(name, is_on=False) for name in NAMES}
        self._faults.update((fault.name, fault) for fault in USUAL)
        self._asked: Counter[str] = Counter()

    def switch(self, settings: dict[str, Any]) -> Fault:
        """Set one fault; settings that are not named start from their defaults."""
        unknown = settings.keys() - _SETTINGS.keys()
        if unknown or settings.get("name") not in NAMES:
            raise UnknownFault(
                f"no such fault or setting: {sorted(unknown) or settings.get('name')}"
            )
        for name, value in settings.items():
            if not isinstance(value, _TYPES[name]):
                raise UnknownFault(f"{name} cannot be {value!r}")
        fault = Fault(**{_SETTINGS[name]: value for name, value in settings.items()})
        self._faults[fault.name] = fault
        return fault

    def switch_all_off(self) -> None:
        """Make the world trouble-free; rate limits stay."""
        self._faults = {name: Fault(name, is_on=False) for name in NAMES}

    def all(self) -> list[Fault]:
        """Return every fault, on or off."""
        return [self._faults[name] for name in NAMES]

    def strike(self, name: str, path: str, *place: object) -> Fault | None:
        """Return the fault if it strikes here. Without a place, each request draws anew."""
        fault = self._faults[name]
        if not fault.is_on or fault.count == 0 or not fnmatchcase(path, fault.path):
            return None
        if not place:
            self._asked[name] += 1
            place = ("request", self._asked[name])
        if draw(self._seed, name, *place) >= fault.probability:
            return None
        if fault.count is not None:
            self._faults[name] = replace(fault, count=fault.count - 1)
        return fault
