"""The audit trail."""

from tortoise import fields
from tortoise.models import Model

from api.models.identity import new_id


class AuditEvent(Model):
    """Who did what to which object: ids and hashes, never values; written with the change.

    row_hash is computed at insert; sequence and previous_hash are given in sealing order.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    at = fields.DatetimeField()
    actor = fields.CharField(max_length=200)
    role = fields.CharField(max_length=20)
    agency_id = fields.UUIDField(null=True)
    action = fields.CharField(max_length=40)
    object_type = fields.CharField(max_length=40)
    object_id = fields.UUIDField(null=True)
    before_sha256 = fields.CharField(max_length=64, null=True)
    after_sha256 = fields.CharField(max_length=64, null=True)
    reason = fields.TextField(null=True)
    request_id = fields.CharField(max_length=64, null=True)
    operation = fields.CharField(max_length=80, null=True)
    document_sha256 = fields.CharField(max_length=64, null=True)
    row_hash = fields.CharField(max_length=64)
    sequence = fields.BigIntField(null=True, unique=True)
    previous_hash = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "audit_event"
        indexes = (("object_id", "at"), ("at", "id"))


class AuditHead(Model):
    """The end of the sealed chain, one row, so that a cut-off tail shows; sealing locks it."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    sequence = fields.BigIntField()
    hash = fields.CharField(max_length=64)
    sealed_at = fields.DatetimeField()
    verified_at = fields.DatetimeField(null=True)
    is_intact = fields.BooleanField(null=True)

    class Meta:
        table = "audit_head"
