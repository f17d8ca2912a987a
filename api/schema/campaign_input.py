"""Inputs of campaign managers."""

from datetime import datetime

import strawberry
from strawberry import UNSET

from api.actions.campaign import Audience, CampaignDraft
from api.actions.campaign_review import Submission
from api.actions.program import NewProgram
from api.actions.program_post import NewPost
from api.domain.campaign import NewCampaign
from api.schema.identity import uuid_of
from api.schema.keyed import Keyed
from api.schema.scalars import URL
from api.schema.vocabulary import Platform

VERSION = "Version that you saw; another one is a CONFLICT."


@strawberry.input(description="A new programme.")
class ProgramCreateInput(Keyed):
    """A new programme."""

    name: str = strawberry.field(description="Name, up to 200 characters.")
    agency_id: strawberry.ID = strawberry.field(description="The agency that owns it.")
    summary: str | None = strawberry.field(default=UNSET, description="What it is about.")
    source_url: URL = strawberry.field(description="Official source.")

    def program(self) -> NewProgram:
        """Return the programme with a key instead of an id."""
        return NewProgram(
            name=self.name,
            agency_id=uuid_of(self.agency_id, "Agency", "agencyId"),
            summary=self.summary or None,
            source_url=self.source_url,
        )


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
class CampaignCreateInput(Keyed):
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
class ProgramPostAddInput(Keyed):
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
    version: int | None = strawberry.field(
        default=UNSET,
        description="Version of the campaign that you saw; if given, another one is a CONFLICT.",
    )

    @property
    def seen_version(self) -> int | None:
        """Return the version of the campaign that the caller saw, None if it is not given."""
        return None if self.version is UNSET else self.version

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
    version: int = strawberry.field(description=VERSION)
    is_free_of_candidates_and_parties: bool = strawberry.field(
        description="Confirms that nothing in it speaks of candidates or parties."
    )
    fact_checked_by: str = strawberry.field(description="Who checked the facts.")

    def submission(self) -> Submission:
        """Return the submission with a key instead of an id."""
        return Submission(
            campaign_id=uuid_of(self.campaign_id, "Campaign", "campaignId"),
            version=self.version,
            is_free_of_candidates_and_parties=self.is_free_of_candidates_and_parties,
            fact_checked_by=self.fact_checked_by,
        )


@strawberry.input(description="Approves what another person made.")
class CampaignApproveInput:
    """An approval."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)
    note: str | None = strawberry.field(default=UNSET, description="Remark for the record.")


@strawberry.input(description="Makes an approved campaign public.")
class CampaignLaunchInput:
    """A launch."""

    campaign_id: strawberry.ID = strawberry.field(description="The campaign.")
    version: int = strawberry.field(description=VERSION)
