"""Consent, requests of data subjects, appeals and the breach register."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.coordination import AppealState
from api.models.account import SocialAccount
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id


class Purpose(StrEnum):
    """What a person agrees to; the first two are given per account."""

    ACCOUNT_TRACKING = "ACCOUNT_TRACKING"
    METRICS = "METRICS"
    PUBLIC_RANKING = "PUBLIC_RANKING"
    BADGE_PUBLIC = "BADGE_PUBLIC"
    INVITATION_CONTACT = "INVITATION_CONTACT"


class Consent(Model):
    """An agreement to one purpose, with the text that was shown.

    Withdrawal starts the 3 x 24 h clock.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    purpose = fields.CharField(max_length=20)
    account: fields.ForeignKeyNullableRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", null=True, on_delete=fields.CASCADE
    )
    basis = fields.CharField(max_length=40)
    text_version = fields.CharField(max_length=40)
    channel = fields.CharField(max_length=20)
    granted_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    stop_due_at = fields.DatetimeField(null=True)
    stopped_at = fields.DatetimeField(null=True)

    class Meta:
        table = "consent"
        indexes = (("asn_id",),)
        constraints = (
            UniqueConstraint(
                fields=("account_id", "purpose"),
                name="consent_open_account",
                condition="withdrawn_at IS NULL AND account_id IS NOT NULL",
            ),
            UniqueConstraint(
                fields=("asn_id", "purpose"),
                name="consent_open_person",
                condition="withdrawn_at IS NULL AND account_id IS NULL",
            ),
            one_of("consent", "purpose", Purpose),
            CheckConstraint(
                check="(purpose IN ('ACCOUNT_TRACKING', 'METRICS')) = (account_id IS NOT NULL)",
                name="consent_account_purposes",
            ),
        )


class DataSubjectRequest(Model):
    """A request for access, correction, restriction or erasure, due 72 hours after receipt."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=12)
    state = fields.CharField(max_length=12, default="RECEIVED")
    received_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    handled_by = fields.CharField(max_length=200, null=True)
    legal_ground = fields.TextField(null=True)

    class Meta:
        table = "data_subject_request"
        constraints = (
            one_of(
                "data_subject_request", "kind", ("ACCESS", "CORRECTION", "RESTRICTION", "ERASURE")
            ),
            one_of(
                "data_subject_request", "state", ("RECEIVED", "IN_PROGRESS", "COMPLETED", "REFUSED")
            ),
        )


class ErasureTombstone(Model):
    """The keyed hash of an erased number or account, so that no import brings the person back."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    key_hash = fields.BinaryField()
    erased_at = fields.DatetimeField()

    class Meta:
        table = "erasure_tombstone"
        constraints = (UniqueConstraint(fields=("key_hash",), name="erasure_tombstone_unique"),)


class Appeal(Model):
    """A person's objection to a decision, decided by somebody else than the first decider."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    object_type = fields.CharField(max_length=40)
    object_id = fields.UUIDField()
    text = fields.TextField()
    state = fields.CharField(max_length=9, default="OPEN")
    opened_at = fields.DatetimeField()
    first_decided_by = fields.CharField(max_length=200)
    decided_by = fields.CharField(max_length=200, null=True)

    class Meta:
        table = "appeal"
        constraints = (
            one_of("appeal", "state", AppealState),
            CheckConstraint(check="decided_by <> first_decided_by", name="appeal_other_decider"),
        )


class BreachIncident(Model):
    """A failure of data protection and the written notices that it demands within 72 hours."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    state = fields.CharField(max_length=8, default="OPEN")
    detected_at = fields.DatetimeField()
    notify_due_at = fields.DatetimeField()
    description = fields.TextField()
    person_count = fields.IntField(null=True)
    remedy = fields.TextField(null=True)
    notified_subjects_at = fields.DatetimeField(null=True)
    notified_agency_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "breach_incident"
        constraints = (one_of("breach_incident", "state", ("OPEN", "NOTIFIED", "CLOSED")),)
