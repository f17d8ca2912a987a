"""Every time that any table keeps about an account, found in the catalogue of the database.

A new table, or a new column, is looked at from its first day on.
"""

from collections.abc import Collection
from uuid import UUID

from small_world import SmallWorld

# How the rows of a table are those of an account; the first column that a table has decides.
_BY = {
    "account_id": "t.account_id = ANY($1::uuid[])",
    "share_id": "t.share_id IN (SELECT id FROM share WHERE account_id = ANY($1::uuid[]))",
    "link_id": "t.link_id IN (SELECT id FROM tracked_link WHERE account_id = ANY($1::uuid[]))",
    "object_ref": """
        t.object_ref IN (SELECT a::text FROM unnest($1::uuid[]) a) OR t.object_ref IN (
        SELECT native_id FROM share WHERE account_id = ANY($1::uuid[]))""",
}
_OF_ACCOUNT = {
    "account_id": "t.account_id",
    "share_id": "(SELECT s.account_id FROM share s WHERE s.id = t.share_id LIMIT 1)",
    "link_id": "(SELECT l.account_id FROM tracked_link l WHERE l.id = t.link_id LIMIT 1)",
    "object_ref": """
        coalesce((SELECT a.id FROM social_account a WHERE a.id::text = t.object_ref),
        (SELECT s.account_id FROM share s WHERE s.native_id = t.object_ref LIMIT 1))""",
}
# Tells of no observation: what the withdrawal itself does, a date in the future, or a person's act.
NO_OBSERVATION = {
    "account_token.delete_by": "until when the token is given back",
    "account_token.expires_at": "a date in the future",
    "account_verification.expires_at": "a date in the future",
    "consent.stop_due_at": "the legal clock that the withdrawal starts",
    "consent.stopped_at": "when the use had ended",
    "consent.withdrawn_at": "the withdrawal",
    "share_gain.due_at": "a date in the future",
    "sync_cursor.cursor_expires_at": "a date in the future",
    "sync_cursor.not_before": "a date in the future",
    "tracked_link.expires_at": "a date in the future",
}
_COLUMNS = """
SELECT c.table_name, c.column_name,
       (SELECT by.name FROM unnest($1::text[]) WITH ORDINALITY by(name, at)
          JOIN information_schema.columns o ON o.table_schema = 'public'
               AND o.table_name = c.table_name AND o.column_name = by.name
         ORDER BY by.at LIMIT 1) AS by
  FROM information_schema.columns c
  JOIN pg_class r ON r.relname = c.table_name AND r.relkind IN ('r', 'p') AND NOT r.relispartition
 WHERE c.table_schema = 'public' AND c.udt_name = 'timestamptz'
 ORDER BY 1, 2
"""
_COUNT = """
SELECT count(*) FROM {table} t
  JOIN (SELECT account_id, max(withdrawn_at) AS at FROM consent
         WHERE account_id = ANY($1::uuid[]) GROUP BY account_id) gone
    ON gone.account_id = {account}
 WHERE ({by}) AND t.{column} {order} gone.at
"""


def columns_of_accounts(world: SmallWorld) -> dict[str, str]:
    """Return the columns with a time, as `table.column`, by what ties their rows to an account."""
    rows = world.rows(_COLUMNS, list(_BY))
    found = {f"{row['table_name']}.{row['column_name']}": row["by"] for row in rows if row["by"]}
    own = {f"social_account.{row['column_name']}": "id" for row in rows
           if row["table_name"] == "social_account"}  # fmt: skip
    return found | own


def later_rows(world: SmallWorld, account_ids: Collection[UUID]) -> dict[str, int]:
    """Return how many rows tell of a time after the withdrawal, by column; none is what is due."""
    return _counts(world, account_ids, ">")


def earlier_rows(world: SmallWorld, account_ids: Collection[UUID]) -> dict[str, int]:
    """Return how many rows tell of a time before it: where nothing is found, nothing is shown."""
    return _counts(world, account_ids, "<=")


def _counts(world: SmallWorld, account_ids: Collection[UUID], order: str) -> dict[str, int]:
    counts = {}
    for name, by in columns_of_accounts(world).items():
        if name in NO_OBSERVATION:
            continue
        table, column = name.split(".")
        told = {
            "table": table,
            "column": column,
            "order": order,
            "by": _BY.get(by, "t.id = ANY($1::uuid[])"),
            "account": _OF_ACCOUNT.get(by, "t.id"),
        }
        counts[name] = world.value(_COUNT.format(**told), list(account_ids))
    return {name: count for name, count in counts.items() if count}
