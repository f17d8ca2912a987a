"""Mutations that stop, end or send back a campaign."""

import strawberry

from api.actions.campaign_review import request_changes
from api.actions.campaign_run import (
    cancel_campaign,
    close_campaign,
    pause_campaign,
    resume_campaign,
)
from api.schema.campaign import Campaign, find_campaign
from api.schema.campaign_change import MANAGERS
from api.schema.campaign_input import VERSION
from api.schema.context import Info
from api.schema.identity import uuid_of
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable


@strawberry.input(
    description="Gives a campaign in review back to its maker, with what should change."
)
class CampaignRequestChangesInput:
    """Asks for changes."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)
    note: str = strawberry.field(description="What should change, up to 10,000 characters.")


@strawberry.type(description="Result of campaignRequestChanges.")
class CampaignRequestChangesPayload(Payload):
    """Result of campaignRequestChanges."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.input(description="Stops a public campaign for a time; links keep working.")
class CampaignPauseInput:
    """A pause."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)
    reason: str = strawberry.field(description="Why, up to 500 characters.")


@strawberry.type(description="Result of campaignPause.")
class CampaignPausePayload(Payload):
    """Result of campaignPause."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.input(description="Goes on with a paused campaign, unless a quiet period holds.")
class CampaignResumeInput:
    """An end of a pause."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)


@strawberry.type(description="Result of campaignResume.")
class CampaignResumePayload(Payload):
    """Result of campaignResume."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.input(description="Ends a public campaign; its figures stay.")
class CampaignCloseInput:
    """An end."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)


@strawberry.type(description="Result of campaignClose.")
class CampaignClosePayload(Payload):
    """Result of campaignClose."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.input(description="Gives up a campaign before its launch.")
class CampaignCancelInput:
    """A cancellation."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)
    reason: str = strawberry.field(description="Why, up to 500 characters.")


@strawberry.type(description="Result of campaignCancel.")
class CampaignCancelPayload(Payload):
    """Result of campaignCancel."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.type
class CampaignStateMutation:
    """Mutations that stop, end or send back a campaign."""

    @strawberry.mutation(
        description="Gives a campaign in review back to its maker, with what should change.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_request_changes(
        self,
        info: Info,
        input: CampaignRequestChangesInput,  # noqa: A002
    ) -> CampaignRequestChangesPayload | None:
        """Move a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        await request_changes(info.context.caller, key, input.version, input.note)
        return CampaignRequestChangesPayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Stops a public campaign for a time; links keep working.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_pause(
        self,
        info: Info,
        input: CampaignPauseInput,  # noqa: A002
    ) -> CampaignPausePayload | None:
        """Move a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        await pause_campaign(info.context.caller, key, input.version, input.reason)
        return CampaignPausePayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Goes on with a paused campaign, unless a quiet period holds.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_resume(
        self,
        info: Info,
        input: CampaignResumeInput,  # noqa: A002
    ) -> CampaignResumePayload | None:
        """Move a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        zone = info.context.settings.time_zone
        await resume_campaign(info.context.caller, key, input.version, zone)
        return CampaignResumePayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Ends a public campaign; its figures stay.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_close(
        self,
        info: Info,
        input: CampaignCloseInput,  # noqa: A002
    ) -> CampaignClosePayload | None:
        """Move a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        await close_campaign(info.context.caller, key, input.version)
        return CampaignClosePayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Gives up a campaign before its launch.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_cancel(
        self,
        info: Info,
        input: CampaignCancelInput,  # noqa: A002
    ) -> CampaignCancelPayload | None:
        """Move a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        await cancel_campaign(info.context.caller, key, input.version, input.reason)
        return CampaignCancelPayload(campaign=await find_campaign(info, key))
