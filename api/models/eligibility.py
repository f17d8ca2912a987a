"""Versioned eligibility policies and the assessments made with them."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint
from tortoise.models import Model

from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id


class PolicyState(StrEnum):
    """A policy is immutable once active; a change is a new version."""

    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class EligibilityPolicy(Model):
    """A rule for who may hold a badge, as data; rows are never edited once active."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    code = fields.CharField(max_length=40)
    version = fields.IntField()
    state = fields.CharField(max_length=8, default=PolicyState.DRAFT.value)
    document: fields.Field[dict[str, object]] = fields.JSONField()
    effective_from_on = fields.DateField(null=True)
    effective_to_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "eligibility_policy"
        constraints = (
            UniqueConstraint(fields=("code", "version"), name="eligibility_policy_version"),
            one_of("eligibility_policy", "state", PolicyState),
        )


class EligibilityAssessment(Model):
    """What a policy said about a person at one time, with a reason for each requirement.

    Append-only.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    policy: fields.ForeignKeyRelation[EligibilityPolicy] = fields.ForeignKeyField(
        "models.EligibilityPolicy", on_delete=fields.RESTRICT
    )
    outcome = fields.CharField(max_length=12)
    reasons: fields.Field[list[dict[str, object]]] = fields.JSONField()
    inputs_hash = fields.CharField(max_length=64)
    assessed_at = fields.DatetimeField()

    class Meta:
        table = "eligibility_assessment"
        indexes = (("asn_id", "assessed_at"),)
        constraints = (
            one_of("eligibility_assessment", "outcome", ("ELIGIBLE", "NOT_ELIGIBLE", "UNKNOWN")),
        )
