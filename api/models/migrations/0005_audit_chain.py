from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

# Rows are only added; sealing gives a row its place once. Not even the owner of the table changes
# one by accident, as there is one database role.
GUARD = """
CREATE FUNCTION audit_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.sequence IS NULL
       AND to_jsonb(NEW) - 'sequence' - 'previous_hash'
         = to_jsonb(OLD) - 'sequence' - 'previous_hash' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit rows are only added' USING ERRCODE = 'restrict_violation';
END $$
"""
TRIGGER = """
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
FOR EACH ROW EXECUTE FUNCTION audit_event_append_only()
"""


class Migration(migrations.Migration):
    dependencies = [("models", "0004_charges")]

    initial = False

    operations = [
        ops.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    fields.SmallIntField(
                        generated=False, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("sequence", fields.BigIntField()),
                ("hash", fields.CharField(max_length=64)),
                ("sealed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                (
                    "verified_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("is_intact", fields.BooleanField(null=True)),
            ],
            options={
                "table": "audit_head",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The end of the sealed chain, one row, so that a cut-off tail shows; sealing locks it.",
            },
            bases=["Model"],
        ),
        ops.AddField(model_name="AuditEvent", name="agency_id", field=fields.UUIDField(null=True)),
        ops.AddField(
            model_name="AuditEvent",
            name="document_sha256",
            field=fields.CharField(null=True, max_length=64),
        ),
        ops.AddField(
            model_name="AuditEvent",
            name="operation",
            field=fields.CharField(null=True, max_length=80),
        ),
        ops.RunSQL(
            sql=[GUARD, TRIGGER],
            reverse_sql=[
                "DROP TRIGGER audit_event_append_only ON audit_event",
                "DROP FUNCTION audit_event_append_only()",
            ],
        ),
    ]
