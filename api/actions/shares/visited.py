"""Evidence from tracked links: somebody came, which proves reach and never that it was shared."""

from datetime import UTC, datetime, timedelta

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.shares.visitors import append_visitors, first_shares_of
from api.actions.watermark import join_ingest
from api.models import transaction
from api.models.identity import first_id_at

_LOOK_BACK = timedelta(days=1)

# Ids begin with their time, so the primary key finds the visits of a day. A share is not made up
# from a visit: only one that the holder declared, or a network told, gets this evidence.
_OBSERVE = """
WITH visited AS (
     SELECT asn_id, link_id, min(clicked_at) AS at FROM click
      WHERE id >= $1 AND is_counted AND click_class = 'HUMAN' GROUP BY asn_id, link_id),
agreed AS (
     SELECT v.asn_id, v.link_id, v.at, l.account_id, l.program_post_id
       FROM visited v JOIN tracked_link l ON l.asn_id = v.asn_id AND l.id = v.link_id
       JOIN consent c ON c.account_id = l.account_id AND c.purpose = 'ACCOUNT_TRACKING'
                     AND c.withdrawn_at IS NULL
      ORDER BY c.id FOR SHARE OF c),
proof AS (
     INSERT INTO share_evidence (id, asn_id, share_id, mechanism, level, reference, observed_at)
     SELECT new_id(), s.asn_id, s.id, 'CLICK', 'LINK_OBSERVED', 'link:' || a.link_id, a.at
       FROM agreed a JOIN share s ON s.asn_id = a.asn_id AND s.account_id = a.account_id
                                 AND s.program_post_id = a.program_post_id
      WHERE s.presence = 'LIVE'
     ON CONFLICT (asn_id, share_id, mechanism) DO NOTHING
     RETURNING asn_id, share_id)
UPDATE share s SET evidence_level = 'LINK_OBSERVED' FROM proof p
 WHERE s.asn_id = p.asn_id AND s.id = p.share_id AND s.evidence_level = 'DECLARED'
RETURNING s.asn_id, s.id
"""


_VISITED = """
SELECT DISTINCT v.asn_id, v.link_id
  FROM click v JOIN tracked_link l ON l.asn_id = v.asn_id AND l.id = v.link_id
  JOIN consent c ON c.account_id = l.account_id AND c.purpose = 'ACCOUNT_TRACKING'
                AND c.withdrawn_at IS NULL
 WHERE v.id >= $1 AND v.is_counted
"""


async def observe_visited_links() -> None:
    """Add the visits of the last day to the shares whose links were visited; once each.

    They are evidence, and the visitors so far become a figure of the share.
    """
    since = first_id_at(datetime.now(UTC) - _LOOK_BACK)
    async with transaction() as db:
        await join_ingest(db)
        raised = [(row["asn_id"], row["id"]) for row in await db.fetch(_OBSERVE, since)]
        links = [(row["asn_id"], row["link_id"]) for row in await db.fetch(_VISITED, since)]
        visited = await append_visitors(db, await first_shares_of(db, links))
        await remeasure(db, {*raised, *visited})
        if visited:
            await ask_for_ranking(db)
