"""Machine keys and the memory of idempotent requests."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api.domain.access import Role
from api.models.agency import Agency
from api.models.checks import one_of
from api.models.identity import new_id


class ApiKey(Model):
    """A machine's key: only the hash of the secret is kept."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    name = fields.CharField(max_length=120)
    secret_sha256 = fields.BinaryField()
    role = fields.CharField(max_length=20)
    agency: fields.ForeignKeyNullableRelation[Agency] = fields.ForeignKeyField(
        "models.Agency", null=True, on_delete=fields.RESTRICT
    )
    scopes: fields.Field[list[str]] = fields.JSONField(default=list)
    created_by = fields.CharField(max_length=200)
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "api_key"
        constraints = (one_of("api_key", "role", Role),)


class IdempotencyRecord(Model):
    """What a mutation with an idempotency key answered, kept for seven days."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    actor = fields.CharField(max_length=200)
    mutation = fields.CharField(max_length=60)
    key = fields.CharField(max_length=64)
    input_sha256 = fields.CharField(max_length=64)
    result_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "idempotency_record"
        constraints = (
            UniqueConstraint(fields=("actor", "mutation", "key"), name="idempotency_record_once"),
        )
