"""Tracked links of badge holders."""

from collections.abc import Mapping, Sequence
from typing import Self
from uuid import UUID

import strawberry

from api.actions.link import create_link
from api.domain.access import Role
from api.reads import link as reads
from api.schema.context import Info
from api.schema.identity import Node, encode_id, uuid_of
from api.schema.node import findable
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable
from api.schema.scalars import URL


@strawberry.type(description="A holder's own link for one post and account.")
class TrackedLink(Node):
    """A tracked link."""

    code: str = strawberry.field(description="Random code; it says nothing about the holder.")
    target_url: URL = strawberry.field(description="Where the link leads.")

    @strawberry.field(description="Address to share.")
    def short_url(self, info: Info) -> URL:
        """Point to the redirect."""
        return URL(f"{info.context.settings.public_url}/r/{self.code}")

    @classmethod
    def of(cls, row: reads.LinkRow) -> Self:
        """Show a row."""
        return cls(
            id=encode_id("TrackedLink", row.id), code=row.code, target_url=URL(row.target_url)
        )


@findable("TrackedLink")
async def find_links(info: Info, keys: Sequence[UUID]) -> Mapping[UUID, TrackedLink]:
    """Return those of these links whose holder is in scope."""
    found = await reads.links_by_id(info.context.caller, keys)
    return {key: TrackedLink.of(row) for key, row in found.items()}


@strawberry.input(description="A post and the account on which the link will be shared.")
class TrackedLinkCreateInput:
    """A wish for a link."""

    post_id: strawberry.ID = strawberry.field(description="The program post.")
    account_id: strawberry.ID = strawberry.field(description="The holder's account.")


@strawberry.type(description="Result of trackedLinkCreate.")
class TrackedLinkCreatePayload(Payload):
    """Result of trackedLinkCreate."""

    tracked_link: TrackedLink | None = strawberry.field(default=None, description="The link.")


@strawberry.type
class LinkMutation:
    """Mutations about tracked links."""

    @strawberry.mutation(
        description="Makes a holder's own link for a post; a repeat answers with the same link.",
        extensions=[Refusable(), Requires(Role.ASN, Role.ADMIN)],
    )
    async def tracked_link_create(
        self,
        info: Info,
        input: TrackedLinkCreateInput,  # noqa: A002
    ) -> TrackedLinkCreatePayload | None:
        """Make a link and read it back."""
        post_id = uuid_of(input.post_id, "ProgramPost", "postId")
        account_id = uuid_of(input.account_id, "SocialAccount", "accountId")
        key = await create_link(info.context.caller, post_id, account_id)
        return TrackedLinkCreatePayload(tracked_link=(await find_links(info, [key])).get(key))
