"""Mutations of campaign managers."""

import strawberry

from api.actions.campaign import create_campaign
from api.actions.campaign_review import approve_campaign, submit_campaign
from api.actions.campaign_run import launch_campaign
from api.actions.program import create_program
from api.actions.program_post import add_post
from api.domain.access import Role
from api.schema.campaign import Campaign, Program, find_campaign, find_programs
from api.schema.campaign_input import (
    CampaignApproveInput,
    CampaignCreateInput,
    CampaignLaunchInput,
    CampaignSubmitInput,
    ProgramCreateInput,
    ProgramPostAddInput,
)
from api.schema.context import Info
from api.schema.identity import uuid_of
from api.schema.permissions import Requires
from api.schema.program_post import ProgramPost, find_posts
from api.schema.refusal import Payload, Refusable

MANAGERS = (Role.ADMIN, Role.CAMPAIGN_MANAGER)


@strawberry.type(description="Result of programCreate.")
class ProgramCreatePayload(Payload):
    """Result of programCreate."""

    program: Program | None = strawberry.field(default=None, description="The new programme.")


@strawberry.type(description="Result of campaignCreate.")
class CampaignCreatePayload(Payload):
    """Result of campaignCreate."""

    campaign: Campaign | None = strawberry.field(default=None, description="The new campaign.")


@strawberry.type(description="Result of programPostAdd.")
class ProgramPostAddPayload(Payload):
    """Result of programPostAdd."""

    post: ProgramPost | None = strawberry.field(default=None, description="The new post.")


@strawberry.type(description="Result of campaignSubmit.")
class CampaignSubmitPayload(Payload):
    """Result of campaignSubmit."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.type(description="Result of campaignApprove.")
class CampaignApprovePayload(Payload):
    """Result of campaignApprove."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.type(description="Result of campaignLaunch.")
class CampaignLaunchPayload(Payload):
    """Result of campaignLaunch."""

    campaign: Campaign | None = strawberry.field(default=None, description="The campaign.")


@strawberry.type
class CampaignMutation:
    """Mutations of campaign managers."""

    @strawberry.mutation(
        description="Creates a programme.", extensions=[Refusable(), Requires(*MANAGERS)]
    )
    async def program_create(
        self,
        info: Info,
        input: ProgramCreateInput,  # noqa: A002
    ) -> ProgramCreatePayload | None:
        """Create a programme and read it back."""
        viewer = info.context.caller
        key = await create_program(viewer, input.program(), input.attempt_key)
        return ProgramCreatePayload(program=(await find_programs(info, [key])).get(key))

    @strawberry.mutation(
        description="Creates a campaign as a draft.", extensions=[Refusable(), Requires(*MANAGERS)]
    )
    async def campaign_create(
        self,
        info: Info,
        input: CampaignCreateInput,  # noqa: A002
    ) -> CampaignCreatePayload | None:
        """Create a campaign and read it back."""
        viewer = info.context.caller
        key = await create_campaign(viewer, input.draft(), input.attempt_key)
        return CampaignCreatePayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Adds a post; approved content goes back to review.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def program_post_add(
        self,
        info: Info,
        input: ProgramPostAddInput,  # noqa: A002
    ) -> ProgramPostAddPayload | None:
        """Add a post and read it back."""
        hosts = info.context.settings.mastodon.host_names
        key = await add_post(
            info.context.caller, input.post(), input.attempt_key, hosts, input.seen_version
        )
        return ProgramPostAddPayload(post=(await find_posts(info, [key])).get(key))

    @strawberry.mutation(
        description="Hands a draft to a checker.", extensions=[Refusable(), Requires(*MANAGERS)]
    )
    async def campaign_submit(
        self,
        info: Info,
        input: CampaignSubmitInput,  # noqa: A002
    ) -> CampaignSubmitPayload | None:
        """Submit a campaign and read it back."""
        key = await submit_campaign(info.context.caller, input.submission())
        return CampaignSubmitPayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Approves a campaign that another person made and last edited.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_approve(
        self,
        info: Info,
        input: CampaignApproveInput,  # noqa: A002
    ) -> CampaignApprovePayload | None:
        """Approve a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        await approve_campaign(info.context.caller, key, input.version, input.note or None)
        return CampaignApprovePayload(campaign=await find_campaign(info, key))

    @strawberry.mutation(
        description="Makes an approved campaign public and starts to look for its shares.",
        extensions=[Refusable(), Requires(*MANAGERS)],
    )
    async def campaign_launch(
        self,
        info: Info,
        input: CampaignLaunchInput,  # noqa: A002
    ) -> CampaignLaunchPayload | None:
        """Launch a campaign and read it back."""
        key = uuid_of(input.campaign_id, "Campaign", "campaignId")
        zone = info.context.settings.time_zone
        await launch_campaign(info.context.caller, key, input.version, zone)
        return CampaignLaunchPayload(campaign=await find_campaign(info, key))
