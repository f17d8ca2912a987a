"""Tracked links and the clicks on them."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api.domain.clicks import ClickClass
from api.models.account import SocialAccount
from api.models.asn import Asn
from api.models.campaign import ProgramPost
from api.models.checks import one_of
from api.models.identity import new_id


class TrackedLink(Model):
    """The personal link of one holder for one post and account; carries no personal data.

    Grows with shares.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    program_post: fields.ForeignKeyRelation[ProgramPost] = fields.ForeignKeyField(
        "models.ProgramPost", on_delete=fields.CASCADE
    )
    account: fields.ForeignKeyRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", on_delete=fields.CASCADE
    )
    code = fields.CharField(max_length=24)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "tracked_link"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "program_post_id", "account_id"), name="tracked_link_once"
            ),
        )


class LinkCode(Model):
    """Which person a link code belongs to; holds the global uniqueness of codes."""

    code = fields.CharField(max_length=24, primary_key=True)
    asn_id = fields.UUIDField()
    link_id = fields.UUIDField()

    class Meta:
        table = "link_code"


class Click(Model):
    """A visit of a tracked link with its class and reason.

    No address, the visitor is a daily salted hash.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    link_id = fields.UUIDField()
    visitor = fields.BinaryField()
    bucket_on = fields.DateField()
    clicked_at = fields.DatetimeField()
    click_class = fields.CharField(max_length=7)
    filtered_reason = fields.CharField(max_length=40, null=True)
    filter_version = fields.IntField()
    is_counted = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "click"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "link_id", "visitor", "bucket_on"),
                name="click_counted_once",
                condition="is_counted",
            ),
            one_of("click", "click_class", ClickClass),
        )


class VisitorSalt(Model):
    """The salt of one day's visitor pseudonyms, destroyed after two days for good."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    day_on = fields.DateField(unique=True)
    salt = fields.BinaryField()

    class Meta:
        table = "visitor_salt"
