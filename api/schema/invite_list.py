"""Invite lists: who gets a seat, who waits, why, and what the quotas cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Self
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.actions.invite_list import ProposedList, listed
from api.domain.selection import Entry, InviteDecision
from api.domain.uncertainty import is_level
from api.reads import invite_list as reads
from api.reads import ranking as ranking_reads
from api.reads.paging import PageRequest
from api.schema.asn import Asn
from api.schema.context import Info
from api.schema.decision import DecisionReason
from api.schema.identity import Node, encode_id
from api.schema.invitation import Invitation
from api.schema.invite_list_by_hand import InviteListOverride
from api.schema.invite_list_draft import DraftPages, draft_row
from api.schema.invite_list_study import (
    InviteListDifference,
    OtherArgument,
    Parity,
    PrefixArgument,
    difference_of,
    parity_of,
)
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.people_cards import people
from api.schema.points_shown import RankInterval, chance_of, points
from api.schema.ranking import ScoreRun

_value = strawberry.enum_value


@strawberry.enum(description="Where an invite list stands.")
class InviteListStatus(Enum):
    """Where an invite list stands."""

    DRAFT = _value("DRAFT", description="A proposal; many may exist and be compared.")
    FROZEN = _value("FROZEN", description="Fixed by its hash; never changes again.")
    SENT = _value("SENT", description="Invitations have gone out.")
    CLOSED = _value("CLOSED", description="The event is over.")
    DISCARDED = _value("DISCARDED", description="A proposal that was given up.")


@strawberry.type(description="One person on an invite list.")
class InviteListEntry(Node):
    """A row of a list."""

    position: int | None = strawberry.field(
        description="Seat, or place on the waiting list; null for all others."
    )
    decision: InviteDecision = strawberry.field(description="What becomes of the person.")
    rank: int = strawberry.field(description="Place among everybody whom the list considered.")
    points: float = strawberry.field(description="Points in the list's score run.")
    p_top_k: float | None = strawberry.field(
        description="Chance of a rank within the capacity before quotas, among those who may be "
        "invited; null while not drawn, and in a dry run."
    )
    rank_interval: RankInterval | None = strawberry.field(
        description="Ranks among those who may be invited in nine draws of ten; null while not "
        "drawn, and in a dry run."
    )
    is_level: bool | None = strawberry.field(
        description="True when the evidence cannot tell the person from others at the last seat: "
        "`pTopK` from 0.2 to 0.8. Null while not drawn, and in a dry run."
    )
    reasons: list[DecisionReason] = strawberry.field(description="Why it was decided so.")
    asn: Asn | None = strawberry.field(description="The person; null when not visible to you.")
    invitation: Invitation | None = strawberry.field(
        description="The invitation; null while none was made."
    )
    no_show_count: int | None = strawberry.field(
        description="How often the person accepted and stayed away; it changes no score. Null in "
        "a dry run."
    )

    @classmethod
    def of(cls, row: reads.EntryRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("InviteListEntry", row.id),
            position=row.seat if row.waiting_position is None else row.waiting_position,
            decision=InviteDecision(row.decision),
            rank=row.rank,
            points=points(row.score),
            p_top_k=chance_of(row.sureness),
            rank_interval=RankInterval.of(row.sureness),
            is_level=None if row.sureness is None else is_level(row.sureness.top_count),
            reasons=[DecisionReason(code=code, message=text) for code, text in row.reasons],
            asn=None if row.asn is None else Asn.of(row.asn),
            invitation=None if row.invitation is None else Invitation.of(row.invitation),
            no_show_count=row.no_show_count,
        )


@strawberry.type(description="What the quotas of a list cost in points.")
class PriceOfFairness:
    """The price of the quotas."""

    points_without_quotas: float = strawberry.field(
        description="Points of the same number of seats without any quota."
    )
    points_with_quotas: float = strawberry.field(description="Points of the admitted.")
    percent: float = strawberry.field(description="Share of the points given up.")


@strawberry.type(description="What one quota changed.")
class QuotaEffect:
    """The effect of a quota."""

    row: strawberry.Private[reads.EffectRow]
    quota: str = strawberry.field(description="The quota in a few words.")

    @strawberry.field(description="People who are in because of it.")
    async def admitted(self, info: Info) -> list[Asn]:
        """Read their cards."""
        return await people(info, self.row.admitted)

    @strawberry.field(description="People who would be in without it.")
    async def instead(self, info: Info) -> list[Asn]:
        """Read their cards."""
        return await people(info, self.row.instead)


@strawberry.type(description="A proposed or frozen selection for an event.")
class InviteList(Node):
    """An invite list."""

    row: strawberry.Private[reads.ListRow]
    draft: strawberry.Private[tuple[Entry, ...] | None]
    status: InviteListStatus = strawberry.field(description="Where the list stands.")
    capacity: int = strawberry.field(description="Capacity of the event.")
    seat_count: int = strawberry.field(description="Seats that this list fills.")
    seed: str = strawberry.field(description="Seed that breaks ties; the same seed, the same list.")
    lot_count: int = strawberry.field(
        description="How many level people drew lots for their places; 0 where nobody did."
    )
    sha256: str = strawberry.field(description="Hash of terms, rules and every row.")
    score_run: ScoreRun | None = strawberry.field(description="The frozen run behind the list.")
    frozen_at: datetime | None = strawberry.field(description="Timestamp of freezing.")
    price_of_fairness: PriceOfFairness | None = strawberry.field(
        description="What the quotas cost in points."
    )
    quota_effects: list[QuotaEffect] = strawberry.field(
        description="Each quota that changed the list."
    )

    overrides: list[InviteListOverride] = strawberry.field(description="Changes by hand.")

    @strawberry.field(
        description="Whether the list, computed again from raw observations, has the same hash; "
        "null where it was not tried: too large for a request, or somebody on it was erased."
    )
    async def is_reproducible(self, info: Info) -> bool | None:
        """Compute the list again, unless that was done a moment ago."""
        return None if self.draft is not None else await info.context.shared.lists.get(self.row.id)

    @strawberry.field(
        description="How the first seats fall on agencies and provinces beside a blind draw from "
        "the pool: the 20 groups that differ most. Null for a list that is stored nowhere."
    )
    async def parity(self, prefix: PrefixArgument = UNSET) -> list[Parity] | None:
        """Compare the first seats with the pool."""
        seats = self.seat_count if not prefix else max(1, min(prefix, self.seat_count))
        return None if self.draft is not None else await parity_of(self.row.id, seats)

    @strawberry.field(
        description="Who has a seat on this list and not on another, and the other way round. "
        "Null for a list that is stored nowhere."
    )
    async def difference(self, info: Info, since: OtherArgument) -> InviteListDifference | None:
        """Compare with another list."""
        return None if self.draft is not None else await difference_of(info, self.row.id, since)

    @strawberry.field(description="Everybody considered, seats first.", extensions=[Paged()])
    async def entries(self, info: Info, page: PageRequest) -> Connection[InviteListEntry] | None:
        """Read one page."""
        return await self._page(info, page, is_waiting=False)

    @strawberry.field(
        description="People in the order in which they are called.", extensions=[Paged()]
    )
    async def waiting_list(
        self, info: Info, page: PageRequest
    ) -> Connection[InviteListEntry] | None:
        """Read one page."""
        return await self._page(info, page, is_waiting=True)

    async def _page(
        self, info: Info, page: PageRequest, *, is_waiting: bool
    ) -> Connection[InviteListEntry]:
        viewer, key = info.context.caller, self.row.id
        if self.draft is not None:
            draft = DraftPages(self.row.sha256, self.draft, is_waiting=is_waiting)
            found = await draft.page(viewer, page)
            return Connection.of(found, InviteListEntry.of, draft.count)
        found = await reads.entries(viewer, key, page, is_waiting=is_waiting)
        return Connection.of(
            found, InviteListEntry.of, lambda: reads.count_entries(key, is_waiting=is_waiting)
        )

    @classmethod
    def of(cls, row: reads.ListRow, draft: tuple[Entry, ...] | None = None) -> Self:
        """Show a stored list, or one that was only computed."""
        return cls(
            id=encode_id("InviteList", row.id),
            row=row,
            draft=draft,
            status=InviteListStatus(row.status),
            capacity=row.capacity,
            seat_count=row.seat_count,
            seed=row.seed,
            lot_count=row.lot_count,
            sha256=row.sha256,
            score_run=ScoreRun.of(row.run),
            frozen_at=row.frozen_at,
            price_of_fairness=PriceOfFairness(
                points_without_quotas=points(row.score_without_quotas),
                points_with_quotas=points(row.score_with_quotas),
                percent=row.lost_ppm / 10_000,
            ),
            overrides=[InviteListOverride.of(one) for one in row.overrides],
            quota_effects=[QuotaEffect(row=effect, quota=effect.quota) for effect in row.effects],
        )


async def computed(solved: ProposedList) -> InviteList:
    """Show a list that was computed and not stored; its id leads nowhere."""
    run = await ranking_reads.run_by_id(solved.score_run_id)
    if run is None:
        raise LookupError("the run of a list that was just made is gone")
    return InviteList.of(draft_row(solved, run), tuple(listed(solved.proposal)))


@findable("InviteList")
async def find_lists(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, InviteList]:
    """Return those of these lists that are in scope."""
    viewer = info.context.caller
    lists = loader(info, "inviteLists", lambda ids: reads.lists_by_id(viewer, ids))
    rows = await lists.load_many(list(keys))
    return {row.id: InviteList.of(row) for row in rows if row is not None}


@findable("InviteListEntry")
async def find_entries(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, InviteListEntry]:
    """Return those of these rows whose list is in scope."""
    found = await reads.entries_by_id(info.context.caller, keys)
    return {key: InviteListEntry.of(row) for key, row in found.items()}
