"""Review flags: doubts about shares, what they rest on, and what became of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Self, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.domain.access import Role
from api.domain.coordination import (
    AppealState,
    Evidence,
    Language,
    LogKind,
    ReviewRules,
    ReviewState,
    Tier,
)
from api.reads import review as reads
from api.reads.paging import PageRequest
from api.reads.share import shares_by_id
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import Node, encode_id, uuid_if_given
from api.schema.loading import loader
from api.schema.node import findable
from api.schema.paging import Connection, Paged
from api.schema.permissions import Requires
from api.schema.share import Share
from api.schema.vocabulary import ReviewRule

READERS = (Role.ADMIN, Role.CAMPAIGN_MANAGER, Role.AUDITOR, Role.ASN)

described(
    ReviewState,
    "Where a review flag stands.",
    {
        "OPEN": "Waits for a person.",
        "CLEARED": "A person found nothing wrong; the points are back.",
        "REJECTED": "A person decided against the share, with a reason.",
        "RELEASED": "Nobody decided in time; counts as cleared.",
    },
)
described(
    Tier,
    "What a flag does until a person decides.",
    {
        "HOLD": "The points of the share wait aside.",
        "ADVISORY": "Nothing; a person is asked to look.",
    },
)
described(
    LogKind,
    "What happened to a flag.",
    {
        "OPENED": "The search opened it.",
        "STRENGTHENED": "The evidence grew and the points wait now.",
        "ANSWERED": "The holder answered.",
        "CLEARED": "A person cleared it.",
        "REJECTED": "A person rejected the share.",
        "RELEASED": "Nobody decided in time.",
        "APPEALED": "The holder appealed.",
        "UPHELD": "Another person upheld the appeal.",
        "DISMISSED": "Another person dismissed the appeal.",
    },
)
described(
    AppealState,
    "Where an appeal stands.",
    {
        "OPEN": "Waits for another person.",
        "UPHELD": "The rejection was wrong; the points are back.",
        "DISMISSED": "The rejection stands.",
    },
)


@strawberry.type(description="One figure behind a flag, in plain words.")
class ReviewEvidence:
    """A row of evidence."""

    label: str = strawberry.field(description="What was seen, in English.")
    value: str = strawberry.field(description="The figures, in English.")
    label_in_indonesian: str = strawberry.field(description="What was seen, in Indonesian.")
    value_in_indonesian: str = strawberry.field(description="The figures, in Indonesian.")

    @classmethod
    def of(cls, evidence: Evidence, names: Mapping[UUID, str]) -> Self:
        """Put evidence into words; who is out of sight stays nameless."""
        partner = None if evidence.partner_id is None else names.get(evidence.partner_id)
        english = evidence.words(Language.ENGLISH, partner)
        indonesian = evidence.words(Language.INDONESIAN, partner)
        return cls(
            label=english[0],
            value=english[1],
            label_in_indonesian=indonesian[0],
            value_in_indonesian=indonesian[1],
        )


@strawberry.type(description="One thing that happened to a flag; never changed afterwards.")
class ReviewHistoryEntry:
    """A row of the log."""

    at: datetime = strawberry.field(description="Timestamp.")
    kind: LogKind = strawberry.field(description="What happened.")
    by: str = strawberry.field(description="Who did it; holders read the role instead.")
    text: str | None = strawberry.field(description="Reason or answer; null when there is none.")


@strawberry.type(description="An appeal against a rejection.")
class ReviewAppeal:
    """An appeal."""

    state: AppealState = strawberry.field(description="Where it stands.")
    opened_at: datetime = strawberry.field(description="Timestamp of the appeal.")
    text: str = strawberry.field(description="What the holder says.")
    decided_by: str | None = strawberry.field(description="Who decided; null while open.")


@strawberry.type(description="A doubt about a share. A machine only asks; a person decides.")
class ReviewFlag(Node):
    """A flag."""

    row: strawberry.Private[reads.ReviewFlagRow]
    reason: ReviewRule = strawberry.field(description="The rule that raised it.")
    rule_version: int = strawberry.field(description="Version of that rule.")
    tier: Tier = strawberry.field(description="What it does until a person decides.")
    state: ReviewState = strawberry.field(description="Where it stands.")
    opened_at: datetime = strawberry.field(description="Timestamp of the first doubt.")
    releases_at: datetime | None = strawberry.field(
        description="Timestamp at which an undecided hold ends by itself; null without one."
    )
    decided_at: datetime | None = strawberry.field(
        description="Timestamp of the decision or release; null while open."
    )
    decided_by: str | None = strawberry.field(
        description="Who decided; null while open and after a release."
    )
    decision_reason: str | None = strawberry.field(
        description="Why it was decided so; null while open and after a release."
    )
    evidence: list[ReviewEvidence] = strawberry.field(description="What it rests on.")
    history: list[ReviewHistoryEntry] = strawberry.field(description="All that happened to it.")
    appeal: ReviewAppeal | None = strawberry.field(description="The appeal; null without one.")

    @strawberry.field(
        description="The share in doubt first, then those it was compared with that you may see."
    )
    async def shares(self, info: Info) -> list[Share]:
        """Read the shares."""
        viewer = info.context.caller
        partners = [row.share_id for row in self.row.evidence if row.share_id is not None]
        keys = list(dict.fromkeys([self.row.share_id, *partners]))
        found = loader(info, "review.shares", lambda ids: shares_by_id(viewer, ids))
        return [Share.of(row) for row in await found.load_many(keys) if row is not None]

    @classmethod
    def of(cls, row: reads.ReviewFlagRow) -> Self:
        """Show a row."""
        is_holding = row.held_at is not None and row.state is ReviewState.OPEN
        days = timedelta(days=ReviewRules().hold_days)
        return cls(
            id=encode_id("ReviewFlag", row.id),
            row=row,
            reason=row.rule,
            rule_version=row.rule_version,
            tier=row.tier,
            state=row.state,
            opened_at=row.opened_at,
            releases_at=row.held_at + days if is_holding and row.held_at else None,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            decision_reason=row.reason,
            evidence=[ReviewEvidence.of(one, row.names) for one in row.evidence],
            history=[
                ReviewHistoryEntry(at=e.at, kind=e.kind, by=e.by, text=e.text) for e in row.history
            ],
            appeal=None if row.appeal is None else _appeal(row.appeal),
        )


def _appeal(row: reads.AppealRow) -> ReviewAppeal:
    return ReviewAppeal(
        state=row.state, opened_at=row.opened_at, text=row.text, decided_by=row.decided_by
    )


@strawberry.input(description="Narrows review flags; all parts are combined by AND.")
class ReviewFlagFilter:
    """Narrows flags."""

    state: ReviewState | None = strawberry.field(default=UNSET, description="Where it stands.")
    tier: Tier | None = strawberry.field(default=UNSET, description="What it does.")
    reason: ReviewRule | None = strawberry.field(default=UNSET, description="The rule.")
    asn_id: strawberry.ID | None = strawberry.field(default=UNSET, description="The holder.")

    def narrowed(self) -> reads.ReviewFlagFilter:
        """Return the filter with keys instead of ids."""
        return reads.ReviewFlagFilter(
            state=self.state or None,
            tier=self.tier or None,
            rule=self.reason or None,
            asn_id=uuid_if_given(self.asn_id, "Asn", "filter.asnId"),
        )


FilterArgument: TypeAlias = Annotated[
    ReviewFlagFilter | None, strawberry.argument(description="Which flags.")
]


@strawberry.type
class ReviewQuery:
    """Root fields about review flags."""

    @strawberry.field(
        description="Review flags in your scope, the oldest first; holders see their own.",
        extensions=[Paged(), Requires(*READERS)],
    )
    async def review_flags(
        self,
        info: Info,
        page: PageRequest,
        filter: FilterArgument = UNSET,  # noqa: A002
    ) -> Connection[ReviewFlag] | None:
        """Read one page."""
        viewer = info.context.caller
        narrowed = filter.narrowed() if filter else reads.ReviewFlagFilter()
        found = await reads.review_flags(viewer, narrowed, page)
        return Connection.of(
            found, ReviewFlag.of, lambda: reads.count_review_flags(viewer, narrowed)
        )


@findable("ReviewFlag")
async def find_flags(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, ReviewFlag]:
    """Return those of these flags that are in scope."""
    found = await reads.review_flags_by_id(info.context.caller, keys)
    return {key: ReviewFlag.of(row) for key, row in found.items()}
