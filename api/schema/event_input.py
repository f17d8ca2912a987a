"""Inputs of event organisers."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from api.actions.event import NewEvent
from api.actions.invite_list import COOL_DOWN_DAYS, ListRequest
from api.domain.selection import QuotaDimension, QuotaRule
from api.schema import decision  # noqa: F401 (it describes the quotas)
from api.schema.identity import uuid_if_given, uuid_of
from api.schema.keyed import Keyed


@strawberry.input(description="A new event.")
class EventCreateInput(Keyed):
    """A new event."""

    title: str = strawberry.field(description="Title, up to 200 characters.")
    agency_id: strawberry.ID = strawberry.field(description="The agency that invites.")
    venue: str | None = strawberry.field(default=UNSET, description="Where it takes place.")
    starts_at: datetime = strawberry.field(description="Timestamp of the start.")
    ends_at: datetime | None = strawberry.field(default=UNSET, description="Timestamp of the end.")
    capacity: int = strawberry.field(description="Seats for badge holders, at least 1.")

    def event(self) -> NewEvent:
        """Return the event with a key instead of an id."""
        return NewEvent(
            title=self.title,
            agency_id=uuid_of(self.agency_id, "Agency", "agencyId"),
            venue=self.venue or None,
            starts_at=self.starts_at,
            ends_at=self.ends_at or None,
            capacity=self.capacity,
        )


@strawberry.input(description="A rule for how many seats a group may or must have.")
class QuotaRuleInput:
    """A quota."""

    dimension: QuotaDimension = strawberry.field(description="What the quota counts.")
    key_id: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="Agency or province; the rule holds for each one if absent.",
    )
    minimum: int | None = strawberry.field(default=UNSET, description="Seats it must have.")
    maximum: int | None = strawberry.field(default=UNSET, description="Seats it may have.")
    maximum_percent: int | None = strawberry.field(
        default=UNSET, description="Percentage of the seats that it may have, rounded up."
    )

    def rule(self, position: int) -> QuotaRule:
        """Return the rule with a key instead of an id."""
        type_name = "Agency" if self.dimension is QuotaDimension.AGENCY else "Province"
        key = uuid_if_given(self.key_id, type_name, f"quotas.{position}.keyId")
        return QuotaRule(
            dimension=self.dimension,
            key=None if key is None else str(key),
            minimum=given(self.minimum),
            maximum=given(self.maximum),
            maximum_percent=given(self.maximum_percent),
        )


def given(value: int | None) -> int | None:
    """Return a value, None when it is absent."""
    return None if value is UNSET else value


@strawberry.input(description="What an invite list should be made of.")
class InviteListProposeInput(Keyed):
    """A wish for a list."""

    event_id: strawberry.ID = strawberry.field(description="The event.")
    score_run_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The run that scores come from; the latest if absent."
    )
    seats: int | None = strawberry.field(
        default=UNSET, description="Seats to fill; the capacity if absent."
    )
    quotas: list[QuotaRuleInput] | None = strawberry.field(
        default=UNSET,
        description="Quotas; each agency at most 15 percent and newcomers 10 percent if absent.",
    )
    cool_down_days: int | None = strawberry.field(
        default=COOL_DOWN_DAYS, description="Days without an invitation after the last one."
    )
    seed: str | None = strawberry.field(
        default=UNSET, description="Breaks ties; follows from event and run if absent."
    )
    lot_among_level_of: strawberry.ID | None = strawberry.field(
        default=UNSET,
        description="An earlier list of this event: people who are level on it (`isLevel`) draw "
        "lots for their places. No lot if absent; not together with a seed.",
    )
    dry_run: bool | None = strawberry.field(
        default=False, description="True computes the list and stores nothing."
    )

    def request(self) -> ListRequest:
        """Return the wish with keys instead of ids."""
        return ListRequest(
            event_id=uuid_of(self.event_id, "Event", "eventId"),
            score_run_id=uuid_if_given(self.score_run_id, "ScoreRun", "scoreRunId"),
            seats=given(self.seats),
            quotas=tuple(quota.rule(at) for at, quota in enumerate(self.quotas or ())),
            cool_down_days=(COOL_DOWN_DAYS if self.cool_down_days is None else self.cool_down_days),
            seed=self.seed or None,
            lot_among_level_of=uuid_if_given(
                self.lot_among_level_of, "InviteList", "lotAmongLevelOf"
            ),
        )


@strawberry.input(description="The draft to freeze, by what the organiser saw.")
class InviteListFreezeInput(Keyed):
    """A draft to freeze."""

    invite_list_id: strawberry.ID = strawberry.field(description="The list.")
    sha256: str = strawberry.field(description="Hash that you saw; another one is a CONFLICT.")
