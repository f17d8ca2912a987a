from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

# Tortoise creates no constraint that a new model declares, so they are named here once more.
STATEMENTS = [
    (
        "CREATE UNIQUE INDEX account_token_usable ON account_token (account_id)"
        " WHERE NOT is_revoke_only",
        "DROP INDEX account_token_usable",
    ),
    (
        "ALTER TABLE account_token ADD CONSTRAINT account_token_has_an_end"
        " CHECK (is_revoke_only = (delete_by IS NOT NULL))",
        "ALTER TABLE account_token DROP CONSTRAINT account_token_has_an_end",
    ),
    (
        "CREATE UNIQUE INDEX account_change_open_gap ON account_change (account_id)"
        " WHERE kind = 'ACCESS' AND to_at IS NULL",
        "DROP INDEX account_change_open_gap",
    ),
    (
        "ALTER TABLE account_change ADD CONSTRAINT account_change_kind_known"
        " CHECK (kind IN ('HANDLE', 'ACCESS', 'OWNER'))",
        "ALTER TABLE account_change DROP CONSTRAINT account_change_kind_known",
    ),
    (
        "ALTER TABLE correction_notice ADD CONSTRAINT correction_notice_once"
        " UNIQUE (correction_id, asn_id)",
        "ALTER TABLE correction_notice DROP CONSTRAINT correction_notice_once",
    ),
    (
        "CREATE UNIQUE INDEX share_proof_open ON share_proof (asn_id, share_id)"
        " WHERE state IN ('CHECKING', 'WAITING')",
        "DROP INDEX share_proof_open",
    ),
    (
        "ALTER TABLE share_proof ADD CONSTRAINT share_proof_state_known"
        " CHECK (state IN ('CHECKING', 'WAITING', 'ACCEPTED', 'REFUSED'))",
        "ALTER TABLE share_proof DROP CONSTRAINT share_proof_state_known",
    ),
    (
        "ALTER TABLE share_proof ADD CONSTRAINT share_proof_reviewer_is_another"
        " CHECK (reviewed_by <> submitted_by)",
        "ALTER TABLE share_proof DROP CONSTRAINT share_proof_reviewer_is_another",
    ),
    (
        "ALTER TABLE share_proof DROP CONSTRAINT share_proof_pkey, ADD PRIMARY KEY (asn_id, id)",
        "ALTER TABLE share_proof DROP CONSTRAINT share_proof_pkey, ADD PRIMARY KEY (id)",
    ),
    (
        "ALTER TABLE share_proof ADD CONSTRAINT share_proof_of_share FOREIGN KEY (asn_id, share_id)"
        " REFERENCES share (asn_id, id) ON DELETE CASCADE",
        "ALTER TABLE share_proof DROP CONSTRAINT share_proof_of_share",
    ),
    (
        "CREATE INDEX share_native ON share (platform, native_id) WHERE native_id IS NOT NULL",
        "DROP INDEX share_native",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("models", "0005_audit_chain")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AccountChange",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=6)),
                ("before", fields.CharField(null=True, max_length=128)),
                ("after", fields.CharField(null=True, max_length=128)),
                ("from_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("to_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_change",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id",),
                        name="account_change_open_gap",
                        condition="kind = 'ACCESS' AND to_at IS NULL",
                    ),
                    CheckConstraint(
                        check="kind IN ('HANDLE', 'ACCESS', 'OWNER')",
                        name="account_change_kind_known",
                    ),
                ],
                "indexes": [Index(fields=["account_id", "from_at"])],
                "pk_attr": "id",
                "table_description": "A change of handle, a gap in access or a lost proof, so that it can be seen and shown.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AccountToken",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.SocialAccount",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("sealed_access", fields.BinaryField()),
                ("sealed_refresh", fields.BinaryField(null=True)),
                ("expires_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("is_revoke_only", fields.BooleanField(default=False)),
                ("delete_by", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_token",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("account_id",),
                        name="account_token_usable",
                        condition="NOT is_revoke_only",
                    ),
                    CheckConstraint(
                        check="is_revoke_only = (delete_by IS NOT NULL)",
                        name="account_token_has_an_end",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "The sealed access that the owner of an account gave us.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="CorrectionNotice",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "correction",
                    fields.ForeignKeyField(
                        "models.Correction",
                        source_field="correction_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("notified_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "acknowledged_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
            ],
            options={
                "table": "correction_notice",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("correction_id", "asn_id"), name="correction_notice_once"
                    )
                ],
                "indexes": [Index(fields=["asn_id", "notified_at"])],
                "pk_attr": "id",
                "table_description": "One person who had shared a post was told that it was corrected.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ShareProof",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="asn_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("share_id", fields.UUIDField()),
                ("given_url", fields.CharField(max_length=2048)),
                (
                    "declared_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("state", fields.CharField(default="CHECKING", max_length=8)),
                ("outcome_code", fields.CharField(null=True, max_length=40)),
                ("submitted_by", fields.CharField(max_length=200)),
                ("submitted_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("checked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("reviewed_by", fields.CharField(null=True, max_length=200)),
                (
                    "reviewed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("reason", fields.TextField(null=True, unique=False)),
            ],
            options={
                "table": "share_proof",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "share_id"),
                        name="share_proof_open",
                        condition="state IN ('CHECKING', 'WAITING')",
                    ),
                    CheckConstraint(
                        check="state IN ('CHECKING', 'WAITING', 'ACCEPTED', 'REFUSED')",
                        name="share_proof_state_known",
                    ),
                    CheckConstraint(
                        check="reviewed_by <> submitted_by", name="share_proof_reviewer_is_another"
                    ),
                ],
                "indexes": [Index(fields=["state", "submitted_at", "id"])],
                "pk_attr": "id",
                "table_description": "The address by which a holder proves a share, and what a worker or a reviewer made of it.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="AccountVerification",
            name="outcome_code",
            field=fields.CharField(null=True, max_length=40),
        ),
        ops.AddField(
            model_name="AccountVerification",
            name="sealed_code",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="AccountVerification",
            name="sealed_verifier",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="AccountVerification",
            name="used_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddConstraint(
            model_name="AccountVerification",
            constraint=UniqueConstraint(fields=("token",), name="account_verification_token"),
        ),
        ops.AlterField(
            model_name="SocialAccount",
            name="platform_user_id",
            field=fields.CharField(null=True, max_length=128),
        ),
        ops.AddConstraint(
            model_name="SocialAccount",
            constraint=UniqueConstraint(
                fields=("asn_id", "platform", "handle"),
                name="social_account_unresolved",
                condition="platform_user_id IS NULL AND verification <> 'REMOVED'",
            ),
        ),
        ops.AddConstraint(
            model_name="SocialAccount",
            constraint=CheckConstraint(
                check="platform_user_id IS NOT NULL OR verification NOT IN ('VERIFIED', 'EXPIRED')",
                name="social_account_proved_is_resolved",
            ),
        ),
        ops.RunSQL(
            sql=[forward for forward, _ in STATEMENTS],
            reverse_sql=[backward for _, backward in reversed(STATEMENTS)],
        ),
    ]
