"""Shares, the evidence for them, who passed them on, and what was observed. All grow with shares.

The hand-written part of the migrations gives each of these tables the primary key (asn_id, id)
and foreign keys that carry asn_id, so that they can be distributed by asn_id.
"""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.amplification import Review
from api.domain.coordination import ReviewState, Tier
from api.domain.platform import EvidenceLevel, Metric, Platform, ShareKind
from api.models.account import SocialAccount
from api.models.asn import Asn
from api.models.campaign import ProgramPost
from api.models.checks import one_of
from api.models.identity import new_id


class Share(Model):
    """A holder passed a program post on.

    The key converges poll, webhook, scan and proof on one row.
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
    platform = fields.CharField(max_length=12)
    kind = fields.CharField(max_length=14)
    key = fields.CharField(max_length=300)
    native_id = fields.CharField(max_length=200, null=True)
    url = fields.CharField(max_length=500, null=True)
    shared_at = fields.DatetimeField()
    time_source = fields.CharField(max_length=8, default="PLATFORM")
    post_slot = fields.IntField()
    ingest_seq = fields.BigIntField()
    offered_metrics: fields.Field[list[str]] = fields.JSONField(default=list)
    evidence_level = fields.CharField(max_length=14)
    review = fields.CharField(max_length=12, default="CLEAR")
    presence = fields.CharField(max_length=7, default="LIVE")
    removed_at = fields.DatetimeField(null=True)
    missed_sweep_count = fields.IntField(default=0)
    first_observed_at = fields.DatetimeField()

    class Meta:
        table = "share"
        indexes = (("program_post_id", "shared_at", "id"), ("asn_id", "shared_at", "id"))
        constraints = (
            UniqueConstraint(fields=("asn_id", "key"), name="share_key"),
            one_of("share", "platform", Platform),
            one_of("share", "kind", ShareKind),
            one_of("share", "evidence_level", EvidenceLevel),
            one_of("share", "review", Review),
            one_of("share", "presence", ("LIVE", "REMOVED")),
            one_of("share", "time_source", ("PLATFORM", "OBSERVED")),
            CheckConstraint(check="post_slot >= 1", name="share_post_slot_positive"),
        )


class ShareEvidence(Model):
    """One proof of a share: which mechanism saw it, when, and by which reference."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    share_id = fields.UUIDField()
    mechanism = fields.CharField(max_length=24)
    level = fields.CharField(max_length=14)
    reference = fields.CharField(max_length=300)
    observed_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "share_evidence"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "share_id", "mechanism"), name="share_evidence_once"
            ),
            one_of("share_evidence", "level", EvidenceLevel),
        )


class ProofState(StrEnum):
    """Where a proof stands that a holder handed in."""

    CHECKING = "CHECKING"
    WAITING = "WAITING"
    """The network cannot tell: a reviewer decides."""
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class ShareProof(Model):
    """The address by which a holder proves a share, and what a worker or a reviewer made of it."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    share_id = fields.UUIDField()
    given_url = fields.CharField(max_length=2048)
    declared_at = fields.DatetimeField(null=True)
    state = fields.CharField(max_length=8, default=ProofState.CHECKING.value)
    outcome_code = fields.CharField(max_length=40, null=True)
    submitted_by = fields.CharField(max_length=200)
    submitted_at = fields.DatetimeField()
    checked_at = fields.DatetimeField(null=True)
    reviewed_by = fields.CharField(max_length=200, null=True)
    reviewed_at = fields.DatetimeField(null=True)
    reason = fields.TextField(null=True)

    class Meta:
        table = "share_proof"
        indexes = (("state", "submitted_at", "id"),)
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "share_id"),
                name="share_proof_open",
                condition="state IN ('CHECKING', 'WAITING')",
            ),
            one_of("share_proof", "state", ProofState),
            CheckConstraint(
                check="reviewed_by <> submitted_by", name="share_proof_reviewer_is_another"
            ),
        )


class Reshare(Model):
    """Somebody passed a holder's share on.

    Citizens are a keyed hash; the ordinal is set once, at insert.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    share_id = fields.UUIDField()
    resharer_key = fields.BinaryField()
    ordinal = fields.IntField()
    reshared_at = fields.DatetimeField(null=True)
    observed_at = fields.DatetimeField()
    ingest_seq = fields.BigIntField()
    missed_sweep_count = fields.IntField(default=0, db_default=0)
    is_withdrawn = fields.BooleanField(default=False)
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reshare"
        indexes = (("asn_id", "resharer_key", "ingest_seq"),)
        constraints = (
            UniqueConstraint(fields=("asn_id", "share_id", "resharer_key"), name="reshare_once"),
            CheckConstraint(check="ordinal >= 1", name="reshare_ordinal_positive"),
        )


class MetricObservation(Model):
    """A figure about a share as one source gave it at one time; null is unknown, append-only."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    share_id = fields.UUIDField()
    metric = fields.CharField(max_length=12)
    value = fields.BigIntField(null=True)
    source = fields.CharField(max_length=24)
    observed_at = fields.DatetimeField()
    ingest_seq = fields.BigIntField()

    class Meta:
        table = "metric_observation"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "share_id", "metric", "source", "observed_at"),
                name="metric_observation_once",
            ),
            one_of("metric_observation", "metric", Metric),
            CheckConstraint(check="value >= 0", name="metric_observation_value_positive"),
        )


class ReviewFlag(Model):
    """A doubt about a share with its evidence.

    A person decides, undecided holds release themselves.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    share_id = fields.UUIDField()
    rule = fields.CharField(max_length=24)
    rule_version = fields.IntField()
    tier = fields.CharField(max_length=8)
    evidence: fields.Field[list[dict[str, object]]] = fields.JSONField(default=list)
    state = fields.CharField(max_length=8, default="OPEN")
    opened_at = fields.DatetimeField()
    held_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.CharField(max_length=200, null=True)
    reason = fields.TextField(null=True)
    ingest_seq = fields.BigIntField()

    class Meta:
        table = "review_flag"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "share_id", "rule"),
                name="review_flag_open",
                condition="state = 'OPEN'",
            ),
            one_of("review_flag", "tier", Tier),
            one_of("review_flag", "state", ReviewState),
            CheckConstraint(
                check="(tier = 'HOLD') = (held_at IS NOT NULL)",
                name="review_flag_hold_has_a_start",
            ),
        )
