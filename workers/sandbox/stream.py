"""Which events of a stream arrive, how often, when and in which order: webhooks in trouble."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from workers.sandbox.chance import draw
from workers.sandbox.orders import Json, Unusable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Shares of events that are never sent, sent twice, or sent only with the late ones."""

    lost: float = 0.0
    twice: float = 0.0
    late: float = 0.0
    is_reordered: bool = False


def read_trouble(order: Json) -> Trouble:
    """Read what an order says: numbers from 0 to 1, and whether the order is mixed up."""
    rates = {name: order.get(name, 0) for name in ("lost", "twice", "late")}
    if not all(isinstance(each, int | float) and 0 <= each <= 1 for each in rates.values()):
        raise Unusable("lost, twice and late must be numbers from 0 to 1")
    return Trouble(**rates, is_reordered=order.get("isReordered") is True)


def arriving(
    seed: int, events: Sequence[tuple[str, T]], trouble: Trouble, *, is_late_part: bool = False
) -> list[T]:
    """Return what arrives, in its order; an event that is late comes in the late part alone."""
    sent = []
    for name, event in events:
        is_late = draw(seed, "late event", name) < trouble.late
        if draw(seed, "lost event", name) < trouble.lost or is_late is not is_late_part:
            continue
        copies = 2 if draw(seed, "event twice", name) < trouble.twice else 1
        sent += [(name, copy, event) for copy in range(copies)]
    if trouble.is_reordered:
        sent.sort(key=lambda each: draw(seed, "order of events", *each[:2]))
    return [event for _, _, event in sent]
