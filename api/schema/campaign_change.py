"""Mutations of campaign managers."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from api.actions.campaign import (
    Audience,
    CampaignDraft,
    Submission,
    approve_campaign,
    create_campaign,
    launch_campaign,
    submit_campaign,
)
from api.actions.program import NewProgram, create_program
from api.actions.program_post import NewPost, add_post
from api.domain.access import Role
from api.domain.campaign import NewCampaign
from api.schema.campaign import (
    Campaign,
    Program,
    ProgramPost,
    find_campaign,
    find_posts,
    find_programs,
)
from api.schema.context import Info
from api.schema.identity import uuid_of
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable
from api.schema.scalars import URL
from api.schema.vocabulary import Platform

MANAGERS = (Role.ADMIN, Role.CAMPAIGN_MANAGER)
_KEY = "Repeats with this key answer with the first result."
_VERSION = "Version that you saw; another one is a CONFLICT."


@strawberry.input(description="A new programme.")
class ProgramCreateInput:
    """A new programme."""

    name: str = strawberry.field(description="Name, up to 200 characters.")
    agency_id: strawberry.ID = strawberry.field(description="The agency that owns it.")
    summary: str | None = strawberry.field(default=UNSET, description="What it is about.")
    source_url: URL = strawberry.field(description="Official source.")
    idempotency_key: str | None = strawberry.field(default=UNSET, description=_KEY)


@strawberry.input(description="Whom a campaign addresses; an absent part means everybody.")
class CampaignAudienceInput:
    """An audience."""

    agency_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Only people of these agencies."
    )
    province_ids: list[strawberry.ID] | None = strawberry.field(
        default=UNSET, description="Only people in these provinces."
    )
    platforms: list[Platform] | None = strawberry.field(
        default=UNSET, description="Only on these networks."
    )

    def audience(self) -> Audience:
        """Return the audience with keys instead of ids."""
        agencies, provinces = self.agency_ids or (), self.province_ids or ()
        return Audience(
            agency_ids=tuple(uuid_of(one, "Agency", "audience.agencyIds") for one in agencies),
            province_ids=tuple(
                uuid_of(one, "Province", "audience.provinceIds") for one in provinces
            ),
            platforms=tuple(self.platforms or ()),
        )


@strawberry.input(description="A new campaign.")
class CampaignCreateInput:
    """A new campaign."""

    program_id: strawberry.ID = strawberry.field(description="The programme.")
    title: str = strawberry.field(description="Title, up to 200 characters.")
    brief: str | None = strawberry.field(default=UNSET, description="What it wants to say.")
    starts_at: datetime = strawberry.field(description="Timestamp of its start.")
    ends_at: datetime = strawberry.field(description="Timestamp of its end, after the start.")
    disclosure_label: str = strawberry.field(description="Label that every share carries.")
    audience: CampaignAudienceInput | None = strawberry.field(
        default=UNSET, description="Whom it addresses; everybody if absent."
    )
    goal_share_count: int | None = strawberry.field(
        default=UNSET, description="Shares that it hopes for, above zero."
    )
    idempotency_key: str | None = strawberry.field(default=UNSET, description=_KEY)

    def draft(self) -> CampaignDraft:
        """Return the draft with keys instead of ids."""
        return CampaignDraft(
            program_id=uuid_of(self.program_id, "Program", "programId"),
            campaign=NewCampaign(
                title=self.title,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                disclosure_label=self.disclosure_label,
                brief=self.brief or None,
                goal_share_count=None if self.goal_share_count is UNSET else self.goal_share_count,
            ),
            audience=self.audience.audience() if self.audience else Audience(),
        )


@strawberry.input(description="A suggested wording.")
class PostVariantInput:
    """A wording."""

    locale: str = strawberry.field(description="Language of the text, such as id.")
    text: str = strawberry.field(description="The wording.")


@strawberry.input(description="An official post to share.")
class ProgramPostAddInput:
    """A new post."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    platform: Platform = strawberry.field(description="The network.")
    url: URL = strawberry.field(description="Address of the post on the network.")
    title: str = strawberry.field(description="Short title, up to 200 characters.")
    text: str | None = strawberry.field(default=UNSET, description="What the post says.")
    source_url: URL = strawberry.field(description="Source of its facts.")
    published_at: datetime = strawberry.field(description="Timestamp of its publication.")
    hashtags: list[str] | None = strawberry.field(
        default=UNSET, description="Suggested hashtags, up to 30."
    )
    variants: list[PostVariantInput] | None = strawberry.field(
        default=UNSET, description="Suggested wordings, up to 20; three or more are good."
    )
    idempotency_key: str | None = strawberry.field(default=UNSET, description=_KEY)

    def post(self) -> NewPost:
        """Return the post with a key instead of an id."""
        return NewPost(
            campaign_id=uuid_of(self.campaign_id, "Campaign", "campaignId"),
            platform=self.platform,
            url=self.url,
            title=self.title,
            text=self.text or None,
            source_url=self.source_url,
            published_at=self.published_at,
            hashtags=tuple(self.hashtags or ()),
            variants=tuple((one.locale, one.text) for one in self.variants or ()),
        )


@strawberry.input(description="Hands a draft to a checker.")
class CampaignSubmitInput:
    """A submission."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=_VERSION)
    is_free_of_candidates_and_parties: bool = strawberry.field(
        description="Confirms that nothing in it speaks of candidates or parties."
    )
    fact_checked_by: str = strawberry.field(description="Who checked the facts.")


@strawberry.input(description="Approves what another person made.")
class CampaignApproveInput:
    """An approval."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=_VERSION)
    note: str | None = strawberry.field(default=UNSET, description="Remark for the record.")


@strawberry.input(description="Makes an approved campaign public.")
class CampaignLaunchInput:
    """A launch."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=_VERSION)


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
        new = NewProgram(
            name=input.name,
            agency_id=uuid_of(input.agency_id, "Agency", "agencyId"),
            summary=input.summary or None,
            source_url=input.source_url,
        )
        key = await create_program(info.context.caller, new, input.idempotency_key or None)
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
        key = await create_campaign(viewer, input.draft(), input.idempotency_key or None)
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
        key = await add_post(info.context.caller, input.post(), input.idempotency_key or None)
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
        submission = Submission(
            campaign_id=uuid_of(input.campaign_id, "Campaign", "campaignId"),
            version=input.version,
            is_free_of_candidates_and_parties=input.is_free_of_candidates_and_parties,
            fact_checked_by=input.fact_checked_by,
        )
        key = await submit_campaign(info.context.caller, submission)
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
