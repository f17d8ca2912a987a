"""What the review of shares keeps beside the flags: their log, tested pairs, and how far it got."""

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.coordination import LogKind
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id


class ReviewEntry(Model):
    """One thing that happened to a flag; rows are only added, and a text may be erased.

    Grows with shares. The order is that of ingest_seq.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    flag_id = fields.UUIDField()
    at = fields.DatetimeField()
    kind = fields.CharField(max_length=12)
    actor = fields.CharField(max_length=200)
    role = fields.CharField(max_length=20)
    text = fields.TextField(null=True)
    ingest_seq = fields.BigIntField()

    class Meta:
        table = "review_entry"
        indexes = (("asn_id", "flag_id", "ingest_seq"),)
        constraints = (one_of("review_entry", "kind", LogKind),)


class CosharePair(Model):
    """Two holders who met on enough posts to be tested in one window, and how unlikely that is.

    The smaller id is asn_id. Read by the next test of the advisory tier; shown to nobody.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    other_asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE, related_name="coshare_pair_others"
    )
    window_seconds = fields.IntField()
    close_count = fields.IntField()
    common_count = fields.IntField()
    expected_count = fields.FloatField()
    chance = fields.FloatField()
    tested_at = fields.DatetimeField()

    class Meta:
        table = "coshare_pair"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "other_asn_id", "window_seconds"), name="coshare_pair_once"
            ),
            CheckConstraint(check="asn_id < other_asn_id", name="coshare_pair_ordered"),
            CheckConstraint(check="chance BETWEEN 0 AND 1.000001", name="coshare_pair_chance"),
        )


class ReviewProgress(Model):
    """How far the search for doubts got, one row, and the size of the family when last counted."""

    id = fields.SmallIntField(primary_key=True, generated=False)
    watermark = fields.BigIntField()
    checked_at = fields.DatetimeField()
    family_count = fields.BigIntField(null=True)
    family_counted_at = fields.DatetimeField(null=True)
    family_watermark = fields.BigIntField(null=True)

    class Meta:
        table = "review_progress"
