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


class ChangeKind(StrEnum):
    """What happened to an account while it was linked."""

    HANDLE = "HANDLE"
    """The handle changed: from `before` to `after`."""
    ACCESS = "ACCESS"
    """Nothing could be read from `from_at` to `to_at`; still so while that is open."""
    OWNER = "OWNER"
    """Another account stands behind the handle now: the proof of ownership lapsed."""


class SocialAccount(Model):
    """An account of a civil servant on one network.

    Platform_user_id never changes, the handle may. It is unknown until a worker has resolved the
    handle that the owner gave.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    platform = fields.CharField(max_length=12)
    platform_user_id = fields.CharField(max_length=128, null=True)
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
            UniqueConstraint(
                fields=("asn_id", "platform", "handle"),
                name="social_account_unresolved",
                condition="platform_user_id IS NULL AND verification <> 'REMOVED'",
            ),
            CheckConstraint(
                check="platform_user_id IS NOT NULL OR verification NOT IN ('VERIFIED', 'EXPIRED')",
                name="social_account_proved_is_resolved",
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
    outcome_code = fields.CharField(max_length=40, null=True)
    sealed_verifier = fields.BinaryField(null=True)
    sealed_code = fields.BinaryField(null=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "account_verification"
        indexes = (("account_id",),)
        constraints = (
            UniqueConstraint(fields=("token",), name="account_verification_token"),
            one_of("account_verification", "method", OwnershipMethod),
        )


class AccountToken(Model):
    """The sealed access that the owner of an account gave us.

    Revoke-only after a withdrawal: no read may use it, and it is deleted within an hour.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    account: fields.ForeignKeyRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", on_delete=fields.CASCADE
    )
    sealed_access = fields.BinaryField()
    sealed_refresh = fields.BinaryField(null=True)
    expires_at = fields.DatetimeField(null=True)
    is_revoke_only = fields.BooleanField(default=False)
    delete_by = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "account_token"
        constraints = (
            UniqueConstraint(
                fields=("account_id",),
                name="account_token_usable",
                condition="NOT is_revoke_only",
            ),
            CheckConstraint(
                check="is_revoke_only = (delete_by IS NOT NULL)", name="account_token_has_an_end"
            ),
        )


class AccountChange(Model):
    """A change of handle, a gap in access or a lost proof, so that it can be seen and shown."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    asn: fields.ForeignKeyRelation[Asn] = fields.ForeignKeyField(
        "models.Asn", on_delete=fields.CASCADE
    )
    account: fields.ForeignKeyRelation[SocialAccount] = fields.ForeignKeyField(
        "models.SocialAccount", on_delete=fields.CASCADE
    )
    kind = fields.CharField(max_length=6)
    before = fields.CharField(max_length=128, null=True)
    after = fields.CharField(max_length=128, null=True)
    from_at = fields.DatetimeField()
    to_at = fields.DatetimeField(null=True)

    class Meta:
        table = "account_change"
        indexes = (("account_id", "from_at"),)
        constraints = (
            UniqueConstraint(
                fields=("account_id",),
                name="account_change_open_gap",
                condition="kind = 'ACCESS' AND to_at IS NULL",
            ),
            one_of("account_change", "kind", ChangeKind),
        )


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
