"""What rankings of the past foresaw."""

from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from orjson import loads
from tortoise.fields.data import JSON_DUMPS
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("models", "0003_guards")]

    initial = False

    operations = [
        ops.CreateModel(
            name="RankingEvaluation",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("model", fields.CharField(max_length=20)),
                ("ranked_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("ranked_on", fields.DateField()),
                ("horizon_days", fields.SmallIntField()),
                ("holder_count", fields.IntField()),
                ("rewarded_count", fields.IntField()),
                ("figures", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("computed_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "ranking_evaluation",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("model", "ranked_on", "horizon_days"),
                        name="ranking_evaluation_once",
                    )
                ],
                "pk_attr": "id",
                "table_description": "What a ranking of the past foresaw of the days after it, beside simpler methods.",
            },
            bases=["Model"],
        ),
        # Tortoise 1.1.9 creates no constraint that a new model declares.
        ops.RunSQL(
            sql="ALTER TABLE ranking_evaluation ADD CONSTRAINT ranking_evaluation_once"
            " UNIQUE (model, ranked_on, horizon_days)",
            reverse_sql="ALTER TABLE ranking_evaluation DROP CONSTRAINT ranking_evaluation_once",
        ),
    ]
