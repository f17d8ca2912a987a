"""Programmes, their campaigns, the posts to share and the rules of neutrality."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.campaign import CampaignStatus
from api.domain.platform import Platform
from api.models.agency import Agency, Province
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id

POST_STATES = ("DRAFT", "IN_REVIEW", "APPROVED", "PUBLISHED", "EXPIRED", "CORRECTED", "WITHDRAWN")


class Program(Model):
    """A government programme that campaigns inform about."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    slug = fields.CharField(max_length=80, unique=True)
    name = fields.CharField(max_length=200)
    summary = fields.TextField(null=True)
    source_url = fields.CharField(max_length=500)
    agency: fields.ForeignKeyNullableRelation[Agency] = fields.ForeignKeyField(
        "models.Agency", null=True, on_delete=fields.RESTRICT
    )
    created_by = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "program"
        indexes = (("agency_id",),)


class Campaign(Model):
    """An information campaign.

    The maker never approves it, and an approval is bound to its content hash.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    program: fields.ForeignKeyRelation[Program] = fields.ForeignKeyField(
        "models.Program", on_delete=fields.RESTRICT
    )
    title = fields.CharField(max_length=200)
    brief = fields.TextField(null=True)
    status = fields.CharField(max_length=9, default="DRAFT")
    version = fields.IntField(default=1)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    disclosure_label = fields.CharField(max_length=120)
    goal_share_count = fields.IntField(null=True)
    audience: fields.Field[dict[str, list[str]]] = fields.JSONField(default=dict)
    created_by = fields.CharField(max_length=200)
    last_edited_by = fields.CharField(max_length=200)
    is_free_of_candidates_and_parties = fields.BooleanField(null=True)
    fact_checked_by = fields.CharField(max_length=200, null=True)
    approved_by = fields.CharField(max_length=200, null=True)
    approved_at = fields.DatetimeField(null=True)
    approved_sha256 = fields.CharField(max_length=64, null=True)
    launched_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "campaign"
        indexes = (("program_id",), ("starts_at", "id"))
        constraints = (
            one_of("campaign", "status", CampaignStatus),
            CheckConstraint(check="ends_at > starts_at", name="campaign_dates_ordered"),
            CheckConstraint(check="goal_share_count > 0", name="campaign_goal_positive"),
            CheckConstraint(
                check="approved_by IS NULL OR approved_by NOT IN (created_by, last_edited_by)",
                name="campaign_maker_is_not_checker",
            ),
            CheckConstraint(
                check="status NOT IN ('APPROVED', 'ACTIVE', 'PAUSED') OR approved_by IS NOT NULL",
                name="campaign_live_is_approved",
            ),
        )


class CampaignReview(Model):
    """One decision of a checker about one version of a campaign's content; append-only."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField(
        "models.Campaign", on_delete=fields.CASCADE
    )
    reviewer = fields.CharField(max_length=200)
    is_approved = fields.BooleanField()
    note = fields.TextField(null=True)
    content_sha256 = fields.CharField(max_length=64)
    reviewed_at = fields.DatetimeField()

    class Meta:
        table = "campaign_review"
        indexes = (("campaign_id",),)


class ProgramPost(Model):
    """An official post on one network that badge holders may share."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    campaign: fields.ForeignKeyRelation[Campaign] = fields.ForeignKeyField(
        "models.Campaign", on_delete=fields.CASCADE
    )
    platform = fields.CharField(max_length=12)
    official_post_ref = fields.CharField(max_length=200)
    url = fields.CharField(max_length=500)
    title = fields.CharField(max_length=200)
    text = fields.TextField(null=True)
    facts: fields.Field[list[str]] = fields.JSONField(default=list)
    source_url = fields.CharField(max_length=500)
    fact_checked_by = fields.CharField(max_length=200, null=True)
    fact_checked_at = fields.DatetimeField(null=True)
    disclosure_text = fields.CharField(max_length=120)
    hashtags: fields.Field[list[str]] = fields.JSONField(default=list)
    state = fields.CharField(max_length=9, default="DRAFT")
    published_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "program_post"
        indexes = (("campaign_id", "published_at", "id"),)
        constraints = (
            UniqueConstraint(fields=("platform", "official_post_ref"), name="program_post_ref"),
            one_of("program_post", "platform", Platform),
            one_of("program_post", "state", POST_STATES),
        )


class PostVariant(Model):
    """A suggested wording; holders use their own words."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    post: fields.ForeignKeyRelation[ProgramPost] = fields.ForeignKeyField(
        "models.ProgramPost", on_delete=fields.CASCADE
    )
    position = fields.IntField()
    locale = fields.CharField(max_length=12)
    text = fields.TextField()

    class Meta:
        table = "post_variant"
        constraints = (
            UniqueConstraint(fields=("post_id", "position"), name="post_variant_position"),
        )


class QuietPeriod(Model):
    """Days on which nothing is launched in a region, with the legal ground.

    No province means everywhere.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    province: fields.ForeignKeyNullableRelation[Province] = fields.ForeignKeyField(
        "models.Province", null=True, on_delete=fields.RESTRICT
    )
    from_on = fields.DateField()
    to_on = fields.DateField()
    legal_ground = fields.TextField()

    class Meta:
        table = "quiet_period"
        constraints = (CheckConstraint(check="to_on > from_on", name="quiet_period_dates_ordered"),)


class BlockedPhrase(Model):
    """A phrase that no content may carry (BLOCK) or that the checker is shown (WARN).

    Dated and owned.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    phrase = fields.CharField(max_length=200)
    effect = fields.CharField(max_length=5)
    owner = fields.CharField(max_length=200)
    valid_from_on = fields.DateField()
    valid_to_on = fields.DateField(null=True)

    class Meta:
        table = "blocked_phrase"
        constraints = (one_of("blocked_phrase", "effect", ("BLOCK", "WARN")),)


class Correction(Model):
    """A published correction of a post: the old fact, the new fact, who said so."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    post: fields.ForeignKeyRelation[ProgramPost] = fields.ForeignKeyField(
        "models.ProgramPost", on_delete=fields.CASCADE
    )
    old_fact = fields.TextField()
    new_fact = fields.TextField()
    created_by = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "correction"
        indexes = (("post_id",),)


class CorrectionNotice(Model):
    """One person who had shared a post was told that it was corrected."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    correction: fields.ForeignKeyRelation[Correction] = fields.ForeignKeyField(
        "models.Correction", on_delete=fields.CASCADE
    )
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    notified_at = fields.DatetimeField()
    acknowledged_at = fields.DatetimeField(null=True)

    class Meta:
        table = "correction_notice"
        indexes = (("asn_id", "notified_at"),)
        constraints = (
            UniqueConstraint(fields=("correction_id", "asn_id"), name="correction_notice_once"),
        )
