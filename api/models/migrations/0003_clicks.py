from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint


class Migration(migrations.Migration):
    dependencies = [("models", "0002_constraints")]

    initial = False

    operations = [
        ops.CreateModel(
            name="VisitorSalt",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("day_on", fields.DateField(unique=True)),
                ("salt", fields.BinaryField()),
            ],
            options={
                "table": "visitor_salt",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The salt of one day's visitor pseudonyms, destroyed after two days for good.",
            },
            bases=["Model"],
        ),
        ops.RemoveConstraint(
            model_name="Click",
            name="click_counted_once",
            fields=None,
        ),
        ops.AddField(
            model_name="Click",
            name="is_counted",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddConstraint(
            model_name="Click",
            constraint=UniqueConstraint(
                fields=("asn_id", "link_id", "visitor", "bucket_on"),
                name="click_counted_once",
                condition="is_counted",
            ),
        ),
        ops.AddField(
            model_name="TrackedLink",
            name="expires_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
