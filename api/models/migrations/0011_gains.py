from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from api.models.identity import new_id

# Tortoise 1.1.9 creates no constraint that a new model declares. Gains of before this migration
# lack the parts of their bucket, so the next ranking builds a new baseline with all of them.
STATEMENTS = [
    (
        "ALTER TABLE rank_uncertainty"
        " ADD CONSTRAINT rank_uncertainty_once UNIQUE (score_run_id, seed_id, asn_id),"
        " ADD CONSTRAINT rank_uncertainty_draws CHECK (top_count BETWEEN 0 AND 1000),"
        " ADD CONSTRAINT rank_uncertainty_ordered CHECK (rank_low BETWEEN 1 AND rank_high)",
        "ALTER TABLE rank_uncertainty DROP CONSTRAINT rank_uncertainty_once,"
        " DROP CONSTRAINT rank_uncertainty_draws, DROP CONSTRAINT rank_uncertainty_ordered",
    ),
    (
        "CREATE INDEX share_gain_due ON share_gain (due_at) WHERE due_at IS NOT NULL",
        "DROP INDEX share_gain_due",
    ),
    ("UPDATE baseline SET status = 'RETIRED'", "SELECT 1"),
    ("DELETE FROM holder_day", "SELECT 1"),
    ("DELETE FROM share_gain", "SELECT 1"),
]


class Migration(migrations.Migration):
    dependencies = [("models", "0010_review")]

    initial = False

    operations = [
        ops.CreateModel(
            name="RankUncertainty",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                (
                    "score_run",
                    fields.ForeignKeyField(
                        "models.ScoreRun",
                        source_field="score_run_id",
                        db_constraint=True,
                        to_field="id",
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("seed_id", fields.UUIDField()),
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
                ("capacity", fields.IntField()),
                ("top_count", fields.IntField()),
                ("rank_low", fields.IntField()),
                ("rank_high", fields.IntField()),
            ],
            options={
                "table": "rank_uncertainty",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("score_run_id", "seed_id", "asn_id"), name="rank_uncertainty_once"
                    ),
                    CheckConstraint(
                        check="top_count BETWEEN 0 AND 1000", name="rank_uncertainty_draws"
                    ),
                    CheckConstraint(
                        check="rank_low BETWEEN 1 AND rank_high", name="rank_uncertainty_ordered"
                    ),
                ],
                "pk_attr": "id",
                "table_description": "How sure the rank of one holder in one run is, by a bootstrap of the counted shares.",
            },
            bases=["Model"],
        ),
        ops.AddField("Baseline", "built_through", fields.UUIDField(null=True)),
        ops.AddField("HolderDay", "resharer_count", fields.IntField(default=0, db_default=0)),
        ops.AddField("ShareGain", "counted_count", fields.SmallIntField(default=0, db_default=0)),
        ops.AddField("ShareGain", "due_at", fields.DatetimeField(null=True)),
        ops.AddField("ShareGain", "held_count", fields.SmallIntField(default=0, db_default=0)),
        ops.AddField("ShareGain", "held_micro", fields.BigIntField(default=0, db_default=0)),
        ops.AddField("ShareGain", "pending_count", fields.SmallIntField(default=0, db_default=0)),
        ops.AddField("ShareGain", "reason", fields.CharField(max_length=24, null=True)),
        ops.AddField("ShareGain", "resharer_count", fields.IntField(default=0, db_default=0)),
        ops.RunSQL(
            sql=[forward for forward, _ in STATEMENTS],
            reverse_sql=[backward for _, backward in reversed(STATEMENTS)],
        ),
    ]
