"""Holders beside a post: who amplified it most, and who is not known to have shared it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from api.domain.access import Viewer
from api.domain.amplification import FORMULA
from api.models import connection
from api.reads import scope
from api.reads.audience import ADDRESSED, is_addressed
from api.reads.card import AsnRow, card
from api.reads.cursors import Kind
from api.reads.figures import STANDS
from api.reads.grouping import paged
from api.reads.paging import Key, Keyset, Page, PageRequest

BY_NAME = Keyset("missing.NAME", (Key("a.sort_name", Kind.TEXT), Key("a.id", Kind.UUID)))


@dataclass(frozen=True, slots=True)
class TopSharerRow:
    """A holder and what a post brought them so far, undecayed, in micro-nats."""

    gain_micro: int
    asn: AsnRow


async def top_sharers_of(
    viewer: Viewer, ids: Sequence[UUID], limit: int
) -> dict[UUID, list[TopSharerRow]]:
    """Return the holders in scope with the most amplification on each post."""
    visible = scope.ranked(viewer, "top.asn_id", 3)
    statement = f"""
        SELECT parent.id AS parent_id, page.* FROM unnest($1::uuid[]) AS parent(id)
         CROSS JOIN LATERAL (
            SELECT top.asn_id, top.gain_micro, {card(viewer)} AS card FROM (
                SELECT s.asn_id, sum(g.gain_micro)::bigint AS gain_micro
                  FROM share s
                  JOIN baseline live ON live.status = 'LIVE' AND live.formula = '{FORMULA}'
                  JOIN share_gain g ON g.asn_id = s.asn_id AND g.share_id = s.id
                                   AND g.baseline_id = live.id
                 WHERE s.program_post_id = parent.id AND g.state IN ('COUNTED', 'PARTIAL')
                 GROUP BY s.asn_id) top
              JOIN asn a ON a.id = top.asn_id
             WHERE {visible.sql}
             ORDER BY top.gain_micro DESC, top.asn_id LIMIT $2) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), limit, *visible.parameters)
    found: dict[UUID, list[TopSharerRow]] = {key: [] for key in ids}
    for record in records:
        row = TopSharerRow(record["gain_micro"], AsnRow.of(record["card"]))
        found[record["parent_id"]].append(row)
    return found


_ASKED = f"""
SELECT x.id AS post_id, x.platform, m.* FROM program_post x
  JOIN LATERAL ({ADDRESSED.format(chosen="x.campaign_id")}) m ON true
 WHERE x.id = ANY($1::uuid[])
"""

# A holder can be missing only where we would know: a verified account on the post's network that is
# followed by agreement.
_HOLDS = "SELECT 1 FROM badge b WHERE b.asn_id = a.id AND b.state = 'ACTIVE'"
_FOLLOWED = """
SELECT 1 FROM social_account sa
  JOIN consent k ON k.account_id = sa.id AND k.purpose = 'ACCOUNT_TRACKING'
                AND k.withdrawn_at IS NULL
 WHERE sa.asn_id = a.id AND sa.platform = asked.platform AND sa.verification = 'VERIFIED'
"""
_SHARED = f"""
SELECT 1 FROM share s WHERE s.program_post_id = asked.post_id AND s.asn_id = a.id AND {STANDS}
"""


async def missing_of(
    viewer: Viewer, ids: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[AsnRow]]:
    """Return one page of the holders in scope who are not known to have shared each post.

    The subqueries with a limit are asked person by person in the order of names, so that a page
    ends as soon as it is full.
    """
    window = request.open(BY_NAME)
    visible = scope.asns(viewer, "a.id", 2)
    statement = f"""
        SELECT asked.post_id AS parent_id, page.* FROM ({_ASKED}) asked CROSS JOIN LATERAL (
            SELECT {card(viewer)} AS card, {window.key_columns} FROM asn a
             WHERE a.is_active AND {visible.sql}
               AND {window.predicate(2 + len(visible.parameters))}
               AND ({_SHARED} LIMIT 1) IS NULL AND ({_HOLDS} LIMIT 1) IS NOT NULL
               AND ({_FOLLOWED} LIMIT 1) IS NOT NULL AND {is_addressed("a.id", "asked")}
             ORDER BY {window.order_by} LIMIT {window.row_limit}) page"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters, *window.parameters)
    return paged(ids, records, window, lambda record: AsnRow.of(record["card"]))


async def count_missing_of(viewer: Viewer, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many holders in scope are not known to have shared each post.

    The holders of a campaign and network are looked up once for all its posts.
    """
    visible = scope.asns(viewer, "a.id", 2)
    statement = f"""
        WITH asked AS MATERIALIZED ({_ASKED}), reached AS MATERIALIZED (
            SELECT asked.id AS campaign_id, asked.platform, a.id AS asn_id
              FROM (SELECT DISTINCT id, platform, agency_ids, province_ids FROM asked) asked
              JOIN asn a ON a.is_active
             WHERE EXISTS ({_HOLDS}) AND EXISTS ({_FOLLOWED})
               AND {is_addressed("a.id", "asked")} AND {visible.sql})
        SELECT asked.post_id, (
                 SELECT count(*) FROM reached r
                  WHERE r.campaign_id = asked.id AND r.platform = asked.platform) - (
                 SELECT count(DISTINCT s.asn_id) FROM share s JOIN reached r USING (asn_id)
                  WHERE r.campaign_id = asked.id AND r.platform = asked.platform
                    AND s.program_post_id = asked.post_id AND {STANDS}) AS total
          FROM asked"""
    async with connection() as db:
        records = await db.fetch(statement, list(ids), *visible.parameters)
    return {record["post_id"]: record["total"] for record in records}
