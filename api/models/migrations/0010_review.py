from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

# Tortoise creates no constraint that a new model declares, so they are named here once more.
GUARD = """
CREATE FUNCTION review_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND pg_trigger_depth() > 1 THEN
        RETURN OLD; -- the flag itself goes, and its log with it
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.text IS NULL
       AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW; -- erasure takes the words and leaves what happened
    END IF;
    RAISE EXCEPTION 'the log of a review is only added to' USING ERRCODE = 'restrict_violation';
END $$
"""
STATEMENTS = [
    (
        "ALTER TABLE review_entry ADD CONSTRAINT review_entry_kind_known"
        " CHECK (kind IN ('OPENED', 'STRENGTHENED', 'ANSWERED', 'CLEARED', 'REJECTED', 'RELEASED',"
        " 'APPEALED', 'UPHELD', 'DISMISSED'))",
        "ALTER TABLE review_entry DROP CONSTRAINT review_entry_kind_known",
    ),
    (
        "ALTER TABLE review_entry DROP CONSTRAINT review_entry_pkey, ADD PRIMARY KEY (asn_id, id)",
        "ALTER TABLE review_entry DROP CONSTRAINT review_entry_pkey, ADD PRIMARY KEY (id)",
    ),
    (
        "ALTER TABLE review_entry ADD CONSTRAINT review_entry_of_flag FOREIGN KEY (asn_id, flag_id)"
        " REFERENCES review_flag (asn_id, id) ON DELETE CASCADE",
        "ALTER TABLE review_entry DROP CONSTRAINT review_entry_of_flag",
    ),
    (GUARD, "DROP FUNCTION review_entry_append_only()"),
    (
        "CREATE TRIGGER review_entry_append_only BEFORE UPDATE OR DELETE ON review_entry"
        " FOR EACH ROW EXECUTE FUNCTION review_entry_append_only()",
        "DROP TRIGGER review_entry_append_only ON review_entry",
    ),
    (
        "ALTER TABLE coshare_pair ADD CONSTRAINT coshare_pair_once"
        " UNIQUE (asn_id, other_asn_id, window_seconds),"
        " ADD CONSTRAINT coshare_pair_ordered CHECK (asn_id < other_asn_id),"
        " ADD CONSTRAINT coshare_pair_chance CHECK (chance BETWEEN 0 AND 1.000001)",
        "ALTER TABLE coshare_pair DROP CONSTRAINT coshare_pair_once,"
        " DROP CONSTRAINT coshare_pair_ordered, DROP CONSTRAINT coshare_pair_chance",
    ),
    (
        "ALTER TABLE coshare_pair DROP CONSTRAINT coshare_pair_pkey, ADD PRIMARY KEY (asn_id, id)",
        "ALTER TABLE coshare_pair DROP CONSTRAINT coshare_pair_pkey, ADD PRIMARY KEY (id)",
    ),
    (
        "CREATE INDEX review_flag_order ON review_flag (opened_at, id)",
        "DROP INDEX review_flag_order",
    ),
    (
        "CREATE INDEX review_flag_held ON review_flag (held_at)"
        " WHERE state = 'OPEN' AND tier = 'HOLD'",
        "DROP INDEX review_flag_held",
    ),
    ("CREATE INDEX share_ingest ON share (ingest_seq)", "DROP INDEX share_ingest"),
    ("CREATE INDEX reshare_ingest ON reshare (ingest_seq)", "DROP INDEX reshare_ingest"),
    (
        "CREATE INDEX metric_observation_ingest ON metric_observation (ingest_seq)",
        "DROP INDEX metric_observation_ingest",
    ),
    (
        "CREATE INDEX audience_observation_time ON audience_observation (observed_at)",
        "DROP INDEX audience_observation_time",
    ),
    (
        "CREATE INDEX click_burst ON click (clicked_at) WHERE filtered_reason = 'BURST'",
        "DROP INDEX click_burst",
    ),
    (
        "CREATE INDEX appeal_object ON appeal (object_type, object_id)",
        "DROP INDEX appeal_object",
    ),
]


class Migration(migrations.Migration):
    dependencies = [("models", "0009_platform_state")]

    initial = False

    operations = [
        ops.CreateModel(
            name="CosharePair",
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
                    "other_asn",
                    fields.ForeignKeyField(
                        "models.Asn",
                        source_field="other_asn_id",
                        db_constraint=True,
                        to_field="id",
                        related_name="coshare_pair_others",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("window_seconds", fields.IntField()),
                ("close_count", fields.IntField()),
                ("common_count", fields.IntField()),
                ("expected_count", fields.FloatField()),
                ("chance", fields.FloatField()),
                ("tested_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "coshare_pair",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("asn_id", "other_asn_id", "window_seconds"),
                        name="coshare_pair_once",
                    ),
                    CheckConstraint(check="asn_id < other_asn_id", name="coshare_pair_ordered"),
                    CheckConstraint(
                        check="chance BETWEEN 0 AND 1.000001", name="coshare_pair_chance"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "Two holders who met on enough posts to be tested in one window, and how unlikely that is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReviewEntry",
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
                ("flag_id", fields.UUIDField()),
                ("at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("kind", fields.CharField(max_length=12)),
                ("actor", fields.CharField(max_length=200)),
                ("role", fields.CharField(max_length=20)),
                ("text", fields.TextField(null=True, unique=False)),
                ("ingest_seq", fields.BigIntField()),
            ],
            options={
                "table": "review_entry",
                "app": "models",
                "constraints": [
                    CheckConstraint(
                        check="kind IN ('OPENED', 'STRENGTHENED', 'ANSWERED', 'CLEARED', 'REJECTED', 'RELEASED', 'APPEALED', 'UPHELD', 'DISMISSED')",
                        name="review_entry_kind_known",
                    )
                ],
                "indexes": [Index(fields=["asn_id", "flag_id", "ingest_seq"])],
                "pk_attr": "id",
                "table_description": "One thing that happened to a flag; rows are only added, and a text may be erased.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ReviewProgress",
            fields=[
                (
                    "id",
                    fields.SmallIntField(
                        generated=False, primary_key=True, unique=True, db_index=True
                    ),
                ),
                ("watermark", fields.BigIntField()),
                ("checked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("family_count", fields.BigIntField(null=True)),
                (
                    "family_counted_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("family_watermark", fields.BigIntField(null=True)),
            ],
            options={
                "table": "review_progress",
                "app": "models",
                "pk_attr": "id",
                "table_description": "How far the search for doubts got, one row, and the size of the family when last counted.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="ReviewFlag",
            name="held_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddConstraint(
            model_name="ReviewFlag",
            constraint=CheckConstraint(
                check="(tier = 'HOLD') = (held_at IS NOT NULL)",
                name="review_flag_hold_has_a_start",
            ),
        ),
        ops.RunSQL(
            sql=[forward for forward, _ in STATEMENTS],
            reverse_sql=[backward for _, backward in reversed(STATEMENTS)],
        ),
    ]
