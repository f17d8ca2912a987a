"""Visitors of tracked links as figures of the shares that the links belong to.

A link belongs to the holder's first share of the post on the link's network. It counts as used from
its first counted visit on; before that, clicks are no figure of the share at all.
"""

from collections.abc import Iterable
from uuid import UUID

from asyncpg import Connection

from api.actions.gains.remeasure import ShareKey

# Visits are deleted after 90 days: what was counted once stays counted.
_APPEND = """
WITH counted AS (
    SELECT s.asn_id, s.id AS share_id, count(*) AS visitor_count
      FROM unnest($1::uuid[], $2::uuid[]) AS n(asn_id, id)
      JOIN share s ON s.asn_id = n.asn_id AND s.id = n.id AND s.post_slot = 1
      JOIN tracked_link l ON l.asn_id = s.asn_id AND l.program_post_id = s.program_post_id
      JOIN social_account a ON a.id = l.account_id AND a.platform = s.platform
      JOIN click c ON c.asn_id = l.asn_id AND c.link_id = l.id AND c.is_counted
     GROUP BY s.asn_id, s.id
)
INSERT INTO metric_observation
       (id, asn_id, share_id, metric, value, source, observed_at, ingest_seq)
SELECT new_id(), asn_id, share_id, 'CLICKS', visitor_count, 'LINK', clock_timestamp(),
       nextval('ingest_seq')
  FROM (SELECT * FROM counted ORDER BY asn_id, share_id) n
 WHERE visitor_count > coalesce((
       SELECT m.value FROM metric_observation m
        WHERE m.asn_id = n.asn_id AND m.share_id = n.share_id AND m.metric = 'CLICKS'
        ORDER BY m.observed_at DESC, m.ingest_seq DESC LIMIT 1), 0)
ON CONFLICT (asn_id, share_id, metric, source, observed_at) DO NOTHING
RETURNING asn_id, share_id
"""
_FIRST_SHARES = """
SELECT DISTINCT s.asn_id, s.id
  FROM unnest($1::uuid[], $2::uuid[]) AS v(asn_id, link_id)
  JOIN tracked_link l ON l.asn_id = v.asn_id AND l.id = v.link_id
  JOIN social_account a ON a.id = l.account_id
  JOIN share s ON s.asn_id = l.asn_id AND s.program_post_id = l.program_post_id
              AND s.platform = a.platform AND s.post_slot = 1
"""


async def append_visitors(transaction: Connection, shares: Iterable[ShareKey]) -> list[ShareKey]:
    """Append how many visitors the links of first shares have had; return the shares with news.

    The caller has joined the ingest, and measures what is returned.
    """
    keys = list(shares)
    columns = [key[0] for key in keys], [key[1] for key in keys]
    rows = await transaction.fetch(_APPEND, *columns)
    return [(row["asn_id"], row["share_id"]) for row in rows]


async def first_shares_of(
    transaction: Connection, links: Iterable[tuple[UUID, UUID]]
) -> list[ShareKey]:
    """Return the shares to which links belong, where there is one."""
    keys = list(links)
    columns = [asn_id for asn_id, _ in keys], [link_id for _, link_id in keys]
    rows = await transaction.fetch(_FIRST_SHARES, *columns)
    return [(row["asn_id"], row["id"]) for row in rows]
