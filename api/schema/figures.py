"""Figures of campaigns and posts; each stands beside how much of the truth it can know."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from api.domain.amplification import points_micro
from api.reads.figures import FiguresRow, TimelineRow
from api.reads.sharer import TopSharerRow
from api.schema.asn import Asn
from api.schema.points_shown import MICRO
from api.schema.scalars import BigInt
from api.schema.vocabulary import Coverage, EvidenceLevel


@strawberry.enum(description="How long one step of a timeline is.")
class TimelineInterval(Enum):
    """How long one step of a timeline is."""

    HOUR = strawberry.enum_value("HOUR", description="One hour.")
    DAY = strawberry.enum_value("DAY", description="One day in UTC.")


@strawberry.type(description="How a campaign is doing.")
class CampaignProgress:
    """Figures of a campaign."""

    holder_count: int = strawberry.field(description="Active badge holders whom it addresses.")
    sharer_count: int | None = strawberry.field(
        description="Holders who shared; null while nothing was read."
    )
    share_count: int | None = strawberry.field(description="Shares; null while nothing was read.")
    resharer_count: int | None = strawberry.field(
        description="Reshares of these shares; null while nothing was read."
    )
    click_count: int | None = strawberry.field(
        description="Counted visits of tracked links; null while none are in use."
    )
    potential_reach: BigInt | None = strawberry.field(
        description="Sum of the sharers' audiences, an upper bound; null when unknown."
    )
    coverage: Coverage = strawberry.field(description="How much of the truth this can know.")
    as_of: datetime | None = strawberry.field(
        description="Timestamp of the oldest complete reading; null before it."
    )

    @classmethod
    def of(cls, row: FiguresRow) -> Self:
        """Show a row."""
        return cls(
            holder_count=row.holder_count or 0,
            sharer_count=row.sharer_count,
            share_count=row.share_count,
            resharer_count=row.resharer_count,
            click_count=row.click_count,
            potential_reach=None if row.potential_reach is None else BigInt(row.potential_reach),
            coverage=row.coverage,
            as_of=row.as_of,
        )


@strawberry.type(description="One step of a timeline in which something happened.")
class TimelineStep:
    """A step."""

    at: datetime = strawberry.field(description="Timestamp of the start of the step.")
    share_count: int = strawberry.field(description="Shares in this step.")
    resharer_count: int = strawberry.field(description="Reshares in this step.")
    click_count: int | None = strawberry.field(
        description="Counted visits of tracked links in this step."
    )

    @classmethod
    def of(cls, row: TimelineRow) -> Self:
        """Show a row."""
        return cls(
            at=row.at,
            share_count=row.share_count,
            resharer_count=row.resharer_count,
            click_count=row.click_count,
        )


@strawberry.type(description="How many shares stand on one level of evidence.")
class EvidenceCount:
    """A count by level."""

    level: EvidenceLevel = strawberry.field(description="The level.")
    count: int = strawberry.field(description="Shares on it.")


@strawberry.type(description="A holder who amplified a post.")
class TopSharer:
    """A holder and their points."""

    points: float = strawberry.field(description="Points that the post brought, undecayed.")
    asn: Asn | None = strawberry.field(description="The holder.")

    @classmethod
    def of(cls, row: TopSharerRow) -> Self:
        """Show a row."""
        shown = points_micro(row.gain_micro * MICRO) / MICRO
        return cls(points=shown, asn=Asn.of(row.asn))
