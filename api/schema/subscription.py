"""Root fields that go on answering; each has a field of `Query` that can be polled instead."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from uuid import UUID

import strawberry

from api.domain.access import Viewer
from api.reads.campaign import campaigns_by_id
from api.reads.figures import FiguresRow
from api.schema.context import Info
from api.schema.figures import CampaignProgress
from api.schema.identity import IdArgument, uuid_of
from api.schema.permissions import SIGNED_IN, Requires
from api.schema.watching import Watch


@strawberry.type
class CampaignSubscription:
    """Subscriptions about campaigns."""

    @strawberry.subscription(
        description="How a campaign is doing: now, and whenever that changes, once a second at "
        "most. Null, and the end, when it is missing or not visible.",
        extensions=[Requires(*SIGNED_IN)],
    )
    async def campaign_progress(
        self,
        info: Info,
        id: IdArgument,  # noqa: A002
    ) -> AsyncGenerator[CampaignProgress | None, None]:
        """Watch the figures."""
        key = uuid_of(id, "Campaign")
        return _progress(info.context.caller, info.context.shared.campaigns, key)


async def _progress(
    viewer: Viewer, watch: Watch[FiguresRow], key: UUID
) -> AsyncGenerator[CampaignProgress | None, None]:
    """Yield the figures for as long as the campaign is in the viewer's scope."""
    async with aclosing(watch.states(key)) as states:
        async for row in states:
            if row is None or not await campaigns_by_id(viewer, [key]):
                break
            yield CampaignProgress.of(row)
    yield None
