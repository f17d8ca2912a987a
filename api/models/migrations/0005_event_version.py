"""Events count their changes."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    """Add the version of an event."""

    dependencies = [("models", "0004_evaluations")]

    operations = [
        ops.AddField(
            model_name="Event", name="version", field=fields.IntField(default=1, db_default=1)
        ),
    ]
