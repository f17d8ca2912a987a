from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from orjson import loads
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

CONSTRAINTS = (
    ("contact_address", "contact_address_once", "UNIQUE (asn_id)"),
    ("invitation_mail", "invitation_mail_once", "UNIQUE (invitation_id, kind, version)"),
    (
        "invitation_mail",
        "invitation_mail_kind_known",
        "CHECK (kind IN ('INVITATION', 'TICKET', 'WITHDRAWAL'))",
    ),
    (
        "invitation_mail",
        "invitation_mail_state_known",
        "CHECK (state IN ('SENDING', 'SENT', 'REFUSED', 'NO_ADDRESS', 'NO_CONSENT', 'OUTDATED'))",
    ),
    ("invite_list_override", "invite_list_override_once", "UNIQUE (invite_list_id, asn_id)"),
    (
        "invite_list_override",
        "invite_list_override_action_known",
        "CHECK (action IN ('ADMIT', 'REMOVE'))",
    ),
)


class Migration(migrations.Migration):
    dependencies = [("models", "0006_accounts")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ContactAddress",
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
                ("sealed", fields.BinaryField()),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact_address",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("asn_id",), name="contact_address_once")],
                "pk_attr": "id",
                "table_description": "The sealed e-mail address of a civil servant, used for invitations alone.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InvitationMail",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "invitation",
                    fields.ForeignKeyField(
                        "models.Invitation",
                        source_field="invitation_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("kind", fields.CharField(max_length=10)),
                ("version", fields.IntField()),
                ("state", fields.CharField(max_length=10)),
                ("begun_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ended_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "invitation_mail",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("invitation_id", "kind", "version"), name="invitation_mail_once"
                    ),
                    CheckConstraint(
                        check="kind IN ('INVITATION', 'TICKET', 'WITHDRAWAL')",
                        name="invitation_mail_kind_known",
                    ),
                    CheckConstraint(
                        check="state IN ('SENDING', 'SENT', 'REFUSED', 'NO_ADDRESS', 'NO_CONSENT', 'OUTDATED')",
                        name="invitation_mail_state_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A mail about an invitation, written before the mail server is called.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InviteListOverride",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "invite_list",
                    fields.ForeignKeyField(
                        "models.InviteList",
                        source_field="invite_list_id",
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
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("action", fields.CharField(max_length=6)),
                ("reason", fields.CharField(max_length=500)),
                ("breaks", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("asked_by", fields.CharField(max_length=200)),
                ("asked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("confirmed_by", fields.CharField(null=True, max_length=200)),
                (
                    "confirmed_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("before_sha256", fields.CharField(max_length=64)),
                ("after_sha256", fields.CharField(null=True, max_length=64)),
            ],
            options={
                "table": "invite_list_override",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("invite_list_id", "asn_id"), name="invite_list_override_once"
                    ),
                    CheckConstraint(
                        check="action IN ('ADMIT', 'REMOVE')",
                        name="invite_list_override_action_known",
                    ),
                ],
                "pk_attr": "id",
                "table_description": "A person put on a list, or taken off it, by hand, with a reason.",
            },
            bases=["Model"],
        ),
        # A constraint of a new model has to be created by hand, see 0002_constraints.
        *(
            ops.RunSQL(
                sql=f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}",
                reverse_sql=f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for table, name, rule in CONSTRAINTS
        ),
        ops.RunSQL(
            sql="CREATE INDEX invitation_due ON invitation (answer_by) WHERE status = 'INVITED'",
            reverse_sql="DROP INDEX invitation_due",
        ),
        ops.AddField(
            model_name="Export",
            name="error_code",
            field=fields.CharField(null=True, max_length=60),
        ),
        ops.AddField(
            model_name="Invitation",
            name="ticket_nonce",
            field=fields.BinaryField(null=True),
        ),
        ops.AddField(
            model_name="InviteListEntry",
            name="facts",
            field=fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
