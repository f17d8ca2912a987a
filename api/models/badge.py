"""Badges and the credentials issued for them."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api.domain.badge import BadgeStatus
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id


class BadgeClass(Model):
    """A kind of badge that the programme gives."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=40, unique=True)
    name = fields.CharField(max_length=120)
    description = fields.TextField()

    class Meta:
        table = "badge_class"


class Badge(Model):
    """A badge held by a civil servant; EXPIRED and REVOKED are final, coming back is a new row."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    badge_class: fields.ForeignKeyRelation[BadgeClass] = fields.ForeignKeyField(
        "models.BadgeClass", on_delete=fields.RESTRICT
    )
    public_code = fields.CharField(max_length=32, unique=True)
    state = fields.CharField(max_length=9)
    issued_at = fields.DatetimeField()
    valid_until = fields.DatetimeField(null=True)
    grace_until = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    reason = fields.TextField(null=True)

    class Meta:
        table = "badge"
        indexes = (("asn_id", "issued_at"),)
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "badge_class_id"),
                name="badge_not_ended",
                condition="state IN ('PENDING', 'ACTIVE', 'SUSPENDED')",
            ),
            one_of("badge", "state", BadgeStatus),
        )


class BadgeCredential(Model):
    """A signed Open Badges credential with its place in a status list.

    A place is never used again.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    badge: fields.ForeignKeyRelation[Badge] = fields.ForeignKeyField(
        "models.Badge", on_delete=fields.CASCADE
    )
    status_list = fields.IntField()
    status_index = fields.IntField()
    document = fields.TextField()
    issued_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "badge_credential"
        constraints = (
            UniqueConstraint(fields=("status_list", "status_index"), name="badge_credential_place"),
        )
