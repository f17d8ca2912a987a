from tortoise import migrations
from tortoise.migrations import operations as ops
from api.models.identity import new_id
from tortoise import fields
from tortoise.migrations.constraints import UniqueConstraint

# Lists had the names of X's addresses; the other networks have the same lists.
RENAMED = (("retweets", "reposts"), ("quote_tweets", "quotes"), ("share_retweets", "share_reposts"))


def rename(pairs: list[tuple[str, str]]) -> list[str]:
    """Give cursors, and the evidence of their lists, the new names."""
    cursors = (
        f"UPDATE sync_cursor SET list_name = '{b}' WHERE list_name = '{a}'" for a, b in pairs
    )
    evidence = (
        f"UPDATE share_evidence SET mechanism = 'LIST_{b.upper()}'"
        f" WHERE mechanism = 'LIST_{a.upper()}'"
        for a, b in pairs
    )
    return [*cursors, *evidence]


class Migration(migrations.Migration):
    dependencies = [("models", "0008_click_keys")]

    initial = False

    operations = [
        ops.CreateModel(
            name="PlatformState",
            fields=[
                (
                    "id",
                    fields.UUIDField(primary_key=True, default=new_id, unique=True, db_index=True),
                ),
                ("platform", fields.CharField(max_length=12)),
                ("is_enabled", fields.BooleanField(default=True)),
                (
                    "last_success_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                (
                    "last_error_at",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("last_error_code", fields.CharField(null=True, max_length=60)),
                (
                    "paused_until",
                    fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
                ),
                ("updated_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "platform_state",
                "app": "models",
                "constraints": [UniqueConstraint(fields=("platform",), name="platform_state_once")],
                "pk_attr": "id",
                "table_description": "How the workers fare with a network: what its platformHealth tells.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="SyncCursor",
            name="listed_count",
            field=fields.IntField(default=0, db_default=0),
        ),
        # A constraint of a new model has to be created by hand, see 0002_constraints.
        ops.RunSQL(
            sql=[
                "ALTER TABLE platform_state ADD CONSTRAINT platform_state_once UNIQUE (platform)",
                *rename(list(RENAMED)),
            ],
            reverse_sql=[
                *rename([(b, a) for a, b in RENAMED]),
                "ALTER TABLE platform_state DROP CONSTRAINT platform_state_once",
            ],
        ),
    ]
