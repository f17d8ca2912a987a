"""Social accounts of civil servants and the dated size of their audience."""

from enum import StrEnum

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint
from tortoise.models import Model

from api.domain.platform import AudienceKind, AudienceSource, Platform
from api.models.asn import Asn
from api.models.checks import one_of
from api.models.identity import new_id


class Verification(StrEnum):
    """Whether the account is proved to be the person's own."""

    PENDING = "PENDING"
    VERIFIED = "VERIFIED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    REMOVED = "REMOVED"


class Connection(StrEnum):
    """Whether the person's own access token works."""

    NONE = "NONE"
    HEALTHY = "HEALTHY"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


class OwnershipMethod(StrEnum):
    """How ownership is proved."""

    OAUTH = "OAUTH"
    CODE_IN_BIO = "CODE_IN_BIO"
    CODE_IN_POST = "CODE_IN_POST"


class SocialAccount(Model):
    """An account of a civil servant on one network.

    Platform_user_id never changes, the handle may.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    platform = fields.CharField(max_length=12)
    platform_user_id = fields.CharField(max_length=128)
    handle = fields.CharField(max_length=128)
    url = fields.CharField(max_length=300)
    verification = fields.CharField(max_length=10, default=Verification.PENDING.value)
    connection = fields.CharField(max_length=10, default=Connection.NONE.value)
    ownership_verified_at = fields.DatetimeField(null=True)
    last_active_at = fields.DatetimeField(null=True)
    last_checked_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "social_account"
        indexes = (("asn_id", "platform"),)
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "platform", "platform_user_id"), name="social_account_of_asn"
            ),
            one_of("social_account", "platform", Platform),
            one_of("social_account", "verification", Verification),
            one_of("social_account", "connection", Connection),
        )


class AccountKey(Model):
    """Which person an account on a network belongs to, while it is not removed.

    Global uniqueness.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    platform = fields.CharField(max_length=12)
    platform_user_id = fields.CharField(max_length=128)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    account: fields.ForeignKeyRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", on_delete=fields.CASCADE
    )

    class Meta:
        table = "account_key"
        constraints = (
            UniqueConstraint(fields=("platform", "platform_user_id"), name="account_key_unique"),
        )


class AccountVerification(Model):
    """One attempt to prove ownership of an account by login or by a code in bio or post."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    account: fields.ForeignKeyRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", on_delete=fields.CASCADE
    )
    method = fields.CharField(max_length=12)
    token = fields.CharField(max_length=64)
    requested_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField()
    checked_at = fields.DatetimeField(null=True)
    is_confirmed = fields.BooleanField(default=False)

    class Meta:
        table = "account_verification"
        indexes = (("account_id",),)
        constraints = (one_of("account_verification", "method", OwnershipMethod),)


class AudienceObservation(Model):
    """The size of an account's audience as one source saw it at one time.

    Append-only, unknown is no row.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    account: fields.ForeignKeyRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=9)
    count = fields.BigIntField()
    source = fields.CharField(max_length=10)
    observed_at = fields.DatetimeField()

    class Meta:
        table = "audience_observation"
        constraints = (
            UniqueConstraint(
                fields=("asn_id", "account_id", "kind", "source", "observed_at"),
                name="audience_observation_once",
            ),
            one_of("audience_observation", "kind", AudienceKind),
            one_of("audience_observation", "source", AudienceSource),
            CheckConstraint(check="count >= 0", name="audience_observation_count_positive"),
        )
