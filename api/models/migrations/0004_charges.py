from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("models", "0003_clicks")]

    initial = False

    operations = [
        ops.CreateModel(
            name="ChargedResource",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("day_on", fields.DateField()),
                ("kind", fields.CharField(max_length=8)),
                ("resource", fields.BinaryField()),
            ],
            options={
                "table": "charged_resource",
                "app": "models",
                "constraints": [
                    UniqueConstraint(
                        fields=("platform", "day_on", "kind", "resource"),
                        name="charged_resource_once",
                    )
                ],
                "pk_attr": "id",
                "table_description": "A thing that a network charged for today, by a shortened hash; gone the day after.",
            },
            bases=["Model"],
        ),
        # A constraint of a new model has to be created by hand, see 0002_constraints.
        ops.RunSQL(
            sql="ALTER TABLE charged_resource ADD CONSTRAINT charged_resource_once UNIQUE (platform, day_on, kind, resource)",
            reverse_sql="ALTER TABLE charged_resource DROP CONSTRAINT charged_resource_once",
        ),
    ]
