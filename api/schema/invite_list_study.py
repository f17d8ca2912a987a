"""What can be asked about a list as a whole: parity with the pool, difference from another list."""

from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry

from api.domain.selection import InviteDecision, QuotaDimension
from api.domain.selection.parity import MILLION, GroupParity, parity
from api.reads import invite_list_study as reads
from api.schema.asn import Asn
from api.schema.context import Info
from api.schema.decision import DecisionReason
from api.schema.identity import uuid_of
from api.schema.people_cards import people

SHOWN_GROUPS = 20

PrefixArgument: TypeAlias = Annotated[
    int | None, strawberry.argument(description="First seats to look at; all of them if absent.")
]
OtherArgument: TypeAlias = Annotated[
    strawberry.ID, strawberry.argument(description="Opaque id of the list to compare with.")
]


@strawberry.type(description="How many of the first seats one agency or province holds.")
class Parity:
    """One group beside a blind draw from the pool."""

    dimension: QuotaDimension = strawberry.field(description="What kind of group.")
    name: str = strawberry.field(description="Name of the agency or province.")
    count: int = strawberry.field(description="Its people among the first seats.")
    expected: float = strawberry.field(description="How many a blind draw holds on average.")
    pool_count: int = strawberry.field(description="Its people among all who could be invited.")
    pool_size: int = strawberry.field(description="All who could be invited.")
    probability_at_most: float = strawberry.field(
        description="How often a blind draw holds as few or fewer (hypergeometric)."
    )
    probability_at_least: float = strawberry.field(
        description="How often a blind draw holds as many or more (hypergeometric)."
    )

    @classmethod
    def of(cls, group: GroupParity, name: str) -> Self:
        """Show a group."""
        return cls(
            dimension=group.dimension,
            name=name,
            count=group.count,
            expected=group.expected_milli / 1_000,
            pool_count=group.pool_count,
            pool_size=group.pool_size,
            probability_at_most=group.at_most_ppm / MILLION,
            probability_at_least=group.at_least_ppm / MILLION,
        )


@strawberry.type(description="A person who has a seat on one of two lists and not on the other.")
class InviteListChange:
    """A change."""

    row: strawberry.Private[reads.ChangeRow]
    decision_before: InviteDecision | None = strawberry.field(
        description="Decision on the other list; null where it had no such row."
    )
    decision_now: InviteDecision | None = strawberry.field(
        description="Decision on this list; null where it has no such row."
    )
    reasons: list[DecisionReason] = strawberry.field(description="Why it is decided so now.")

    @strawberry.field(description="The person; null when not visible to you.")
    async def asn(self, info: Info) -> Asn | None:
        """Read the card."""
        return next(iter(await people(info, (self.row.asn_id,))), None)

    @classmethod
    def of(cls, row: reads.ChangeRow) -> Self:
        """Show a row."""
        return cls(
            row=row,
            decision_before=None if row.before is None else InviteDecision(row.before),
            decision_now=None if row.after is None else InviteDecision(row.after),
            reasons=[DecisionReason(code=code, message=text) for code, text in row.reasons],
        )


@strawberry.type(description="What a list changes against another.")
class InviteListDifference:
    """A difference."""

    entered_count: int = strawberry.field(description="People with a seat on this list alone.")
    left_count: int = strawberry.field(description="People with a seat on the other list alone.")
    entered: list[InviteListChange] = strawberry.field(
        description="People with a seat on this list alone, the first 50 by rank."
    )
    left: list[InviteListChange] = strawberry.field(
        description="People with a seat on the other list alone, the first 50 by rank."
    )


async def parity_of(list_id: UUID, prefix: int) -> list[Parity]:
    """Return the groups of a list that differ most from a blind draw."""
    groups = parity(await reads.pool_of(list_id), prefix)[:SHOWN_GROUPS]
    names = await reads.group_names([group.key for group in groups])
    return [Parity.of(group, names.get(group.key, group.key)) for group in groups]


async def difference_of(info: Info, list_id: UUID, other: str) -> InviteListDifference:
    """Return what a list changes against another one in scope."""
    key = uuid_of(other, "InviteList", "since")
    found = await reads.changes_since(info.context.caller, list_id, key)
    shown = [InviteListChange.of(row) for row in found.changes]
    return InviteListDifference(
        entered_count=found.entered_count,
        left_count=found.left_count,
        entered=[change for change in shown if change.row.is_in],
        left=[change for change in shown if not change.row.is_in],
    )
