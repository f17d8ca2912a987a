"""Background work: the outbox, dead letters, cursors, charges and the workers' heartbeats."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.platform import Coverage, Platform
from api.models.checks import one_of
from api.models.identity import new_id

MESSAGE_STATES = ("PENDING", "SENT", "RUNNING", "DONE", "DEAD", "CANCELLED")


class OutboxMessage(Model):
    """One unit of background work, written in the transaction that made it necessary."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    job = fields.CharField(max_length=40)
    args: fields.Field[dict[str, object]] = fields.JSONField()
    body = fields.BinaryField(null=True)
    key = fields.CharField(max_length=200)
    state = fields.CharField(max_length=9, default="PENDING")
    due_at = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    failures = fields.IntField(default=0)
    first_failed_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    finished_at = fields.DatetimeField(null=True)
    error_code = fields.CharField(max_length=60, null=True)
    request_id = fields.CharField(max_length=64, null=True)
    traceparent = fields.CharField(max_length=64, null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "outbox_message"
        constraints = (
            UniqueConstraint(
                fields=("key",),
                name="outbox_message_waiting",
                condition="state IN ('PENDING', 'SENT')",
            ),
            one_of("outbox_message", "state", MESSAGE_STATES),
        )


class DeadLetter(Model):
    """Work that cannot succeed as it is, explained without exception text, ready for a replay."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    message_id = fields.UUIDField(unique=True)
    job = fields.CharField(max_length=40)
    args: fields.Field[dict[str, object]] = fields.JSONField()
    key = fields.CharField(max_length=200)
    error_class = fields.CharField(max_length=80)
    error_code = fields.CharField(max_length=60)
    place = fields.CharField(max_length=200)
    redacted_body = fields.TextField(null=True)
    attempts = fields.IntField()
    first_failed_at = fields.DatetimeField()
    last_failed_at = fields.DatetimeField()
    replayed_at = fields.DatetimeField(null=True)
    replayed_by = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "dead_letter"


class SyncCursor(Model):
    """How far a list of a network has been read.

    Saved in the transaction of the rows that it covers.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    platform = fields.CharField(max_length=12)
    list_name = fields.CharField(max_length=24)
    object_ref = fields.CharField(max_length=200)
    cursor = fields.TextField(null=True)
    cursor_expires_at = fields.DatetimeField(null=True)
    watermark_at = fields.DatetimeField(null=True)
    not_before = fields.DatetimeField(null=True)
    sweep_started_at = fields.DatetimeField(null=True)
    sweep_completed_at = fields.DatetimeField(null=True)
    sweep_count = fields.IntField(default=0)
    seen: fields.Field[list[str]] = fields.JSONField(default=list, db_default="[]")
    listed_count = fields.IntField(default=0, db_default=0)
    coverage = fields.CharField(max_length=14, default=Coverage.UNKNOWN.value)
    error_code = fields.CharField(max_length=60, null=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "sync_cursor"
        constraints = (
            UniqueConstraint(
                fields=("platform", "list_name", "object_ref"), name="sync_cursor_once"
            ),
            one_of("sync_cursor", "platform", Platform),
            one_of("sync_cursor", "coverage", Coverage),
        )


class PlatformCharge(Model):
    """What one call to a paid network cost, or is estimated to cost."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    platform = fields.CharField(max_length=12)
    endpoint = fields.CharField(max_length=60)
    unit_count = fields.IntField()
    unit_price_micro_usd = fields.BigIntField()
    total_micro_usd = fields.BigIntField()
    is_estimate = fields.BooleanField()
    charged_at = fields.DatetimeField()

    class Meta:
        table = "platform_charge"
        indexes = (("platform", "charged_at"),)


class PlatformBudget(Model):
    """What a network may cost in a month and what it has cost so far."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    platform = fields.CharField(max_length=12)
    month_on = fields.DateField()
    cap_micro_usd = fields.BigIntField()
    spent_micro_usd = fields.BigIntField(default=0)

    class Meta:
        table = "platform_budget"
        constraints = (
            UniqueConstraint(fields=("platform", "month_on"), name="platform_budget_month"),
            CheckConstraint(check="cap_micro_usd >= 0", name="platform_budget_cap_positive"),
        )


class PlatformState(Model):
    """How the workers fare with a network: what its platformHealth tells."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    platform = fields.CharField(max_length=12)
    is_enabled = fields.BooleanField(default=True)
    last_success_at = fields.DatetimeField(null=True)
    last_error_at = fields.DatetimeField(null=True)
    last_error_code = fields.CharField(max_length=60, null=True)
    paused_until = fields.DatetimeField(null=True)
    updated_at = fields.DatetimeField()

    class Meta:
        table = "platform_state"
        constraints = (UniqueConstraint(fields=("platform",), name="platform_state_once"),)


class ChargedResource(Model):
    """A thing that a network charged for today, by a shortened hash; gone the day after."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    platform = fields.CharField(max_length=12)
    day_on = fields.DateField()
    kind = fields.CharField(max_length=8)
    resource = fields.BinaryField()

    class Meta:
        table = "charged_resource"
        constraints = (
            UniqueConstraint(
                fields=("platform", "day_on", "kind", "resource"), name="charged_resource_once"
            ),
        )


class WorkerHeartbeat(Model):
    """A worker process that is alive, or was a short time ago."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    host = fields.CharField(max_length=120)
    pid = fields.IntField()
    version = fields.CharField(max_length=40)
    started_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()

    class Meta:
        table = "worker_heartbeat"
