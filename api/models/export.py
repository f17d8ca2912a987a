"""Files that people asked for."""

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api.models.checks import one_of
from api.models.identity import new_id


class Export(Model):
    """A file made by a job for one requester, gone 24 hours after it is ready."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    kind = fields.CharField(max_length=24)
    format = fields.CharField(max_length=5)
    request: fields.Field[dict[str, object]] = fields.JSONField()
    request_sha256 = fields.CharField(max_length=64)
    requested_by = fields.CharField(max_length=200)
    status = fields.CharField(max_length=9, default="REQUESTED")
    row_count = fields.IntField(null=True)
    sha256 = fields.CharField(max_length=64, null=True)
    content = fields.BinaryField(null=True)
    error_code = fields.CharField(max_length=60, null=True)
    requested_at = fields.DatetimeField(auto_now_add=True)
    ready_at = fields.DatetimeField(null=True)
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "export"
        constraints = (
            UniqueConstraint(
                fields=("requested_by", "kind", "format", "request_sha256"),
                name="export_unfinished",
                condition="status IN ('REQUESTED', 'RUNNING')",
            ),
            one_of("export", "format", ("CSV", "XLSX", "JSONL", "ICS")),
            one_of("export", "status", ("REQUESTED", "RUNNING", "READY", "FAILED", "EXPIRED")),
        )
