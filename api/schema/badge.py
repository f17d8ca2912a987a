"""The public face of a badge."""

from datetime import datetime
from typing import Annotated, Self, TypeAlias

import strawberry

from api.reads.badge import PublicBadgeRow, public_badge
from api.schema.context import Info
from api.schema.permissions import Public
from api.schema.scalars import URL
from api.schema.vocabulary import BadgeStatus

CodeArgument: TypeAlias = Annotated[
    str, strawberry.argument(description="Public code of the badge.")
]


@strawberry.type(description="A signed credential of a badge.")
class BadgeCredential:
    """A credential."""

    format: str = strawberry.field(description="Format of the document.")
    document: str = strawberry.field(description="The signed document.")


@strawberry.type(description="What anybody may know of a badge.")
class PublicBadge:
    """A badge without personal data beyond what the holder agreed to show."""

    code: str = strawberry.field(description="Public code.")
    status: BadgeStatus = strawberry.field(description="State of the badge.")
    issued_at: datetime = strawberry.field(description="Timestamp of issue.")
    expires_at: datetime | None = strawberry.field(
        description="Timestamp at which it ended or will end; null while none is set."
    )
    holder_name: str | None = strawberry.field(
        description="Name of the holder; null unless they agreed to show it."
    )
    agency_name: str | None = strawberry.field(
        description="Agency of the holder; null unless they agreed to show it."
    )
    credential: BadgeCredential | None = strawberry.field(
        default=None, description="Signed credential; null while none was issued."
    )

    @strawberry.field(description="Address at which anybody can verify the badge.")
    def verification_url(self, info: Info) -> URL:
        """Point to the public page."""
        return URL(f"{info.context.settings.public_url}/badges/{self.code}")

    @classmethod
    def of(cls, row: PublicBadgeRow) -> Self:
        """Show a row."""
        return cls(
            code=row.code,
            status=BadgeStatus(row.status),
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            holder_name=row.holder_name,
            agency_name=row.agency_name,
        )


@strawberry.type
class BadgeQuery:
    """Root fields about badges."""

    @strawberry.field(description="A badge by its public code.", extensions=[Public()])
    async def badge(self, code: CodeArgument) -> PublicBadge | None:
        """Read a badge."""
        row = await public_badge(code)
        return None if row is None else PublicBadge.of(row)
