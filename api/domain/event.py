"""Events: where they may go from where they stand."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from api.errors import InvalidState


class EventStatus(StrEnum):
    """Where an event stands."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


_S = EventStatus
TRANSITIONS: Mapping[EventStatus, frozenset[EventStatus]] = MappingProxyType(
    {
        _S.DRAFT: frozenset({_S.PUBLISHED, _S.CANCELLED}),
        _S.PUBLISHED: frozenset({_S.HELD, _S.CANCELLED}),
        _S.HELD: frozenset(),
        _S.CANCELLED: frozenset(),
    }
)


def require_transition(now_is: EventStatus, becomes: EventStatus) -> None:
    """Refuse a change of status that events do not know.

    Raises:
        InvalidState: the change is not in the table.
    """
    if becomes not in TRANSITIONS[now_is]:
        raise InvalidState(f"An event that is {now_is.value} cannot become {becomes.value}.")


def require_open(now_is: EventStatus) -> None:
    """Refuse to plan for an event that was held or called off.

    Raises:
        InvalidState: nothing can become of it any more.
    """
    if not TRANSITIONS[now_is]:
        raise InvalidState(f"An event that is {now_is.value} can no longer be planned.")
