"""What an organiser asks of a list."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.domain.selection.gate import Gate
from api.domain.selection.lot import Lot
from api.domain.selection.override import Override
from api.domain.selection.quota import QuotaRule


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The whole request: seats, quotas, who may come, and the seed that breaks ties.

    `context` names what the list was made from (event, score run); it is part of the hash.
    """

    seats: int
    capacity: int
    seed: str
    gate: Gate
    rules: tuple[QuotaRule, ...] = ()
    waiting_places: int = 50
    overrides: tuple[Override, ...] = ()
    lot: Lot | None = None
    context: Mapping[str, str] = field(default_factory=dict)
