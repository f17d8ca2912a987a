"""Who shared what when: by the network's own clock, of holders who agree to be followed.

A time that is only ours, the first sight in a list, is no evidence of when somebody acted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Record

from api.domain.coordination import Burst, Pair, PairRule, Sharing
from api.models import connection
from api.reads.doubts.span import Span

# The agency of the day of the share; units belong to the agency above them.
_SHARINGS = """
WITH RECURSIVE home AS (
    SELECT id, id AS home_id FROM agency WHERE kind <> 'UNIT' OR parent_id IS NULL
    UNION ALL
    SELECT unit.id, home.home_id FROM agency unit JOIN home ON unit.parent_id = home.id
     WHERE unit.kind = 'UNIT'
)
SELECT s.program_post_id, s.asn_id, s.id, h.home_id,
       (extract(epoch FROM s.shared_at) * 1000000)::bigint AS at
  FROM share s
  LEFT JOIN assignment posted ON posted.asn_id = s.asn_id AND posted.is_primary
        AND posted.from_on <= s.shared_at::date
        AND coalesce(posted.to_on > s.shared_at::date, true)
  LEFT JOIN home h ON h.id = posted.agency_id
 WHERE {which} AND s.time_source = 'PLATFORM'
   AND EXISTS (SELECT 1 FROM consent k WHERE k.account_id = s.account_id
                  AND k.purpose = 'ACCOUNT_TRACKING' AND k.withdrawn_at IS NULL)
"""
_TOUCHED = _SHARINGS.format(
    which="s.program_post_id IN (SELECT program_post_id FROM share"
    " WHERE ingest_seq > $1 AND ingest_seq <= $2)"
)
_OF_HOLDERS = _SHARINGS.format(which="s.asn_id = ANY($1::uuid[])")
_OF_POSTS = _SHARINGS.format(which="s.program_post_id = ANY($1::uuid[])")
_FAMILY = """
WITH sharing AS MATERIALIZED (
    SELECT DISTINCT s.program_post_id, s.asn_id FROM share s
     WHERE s.time_source = 'PLATFORM'
       AND EXISTS (SELECT 1 FROM consent k WHERE k.account_id = s.account_id
                      AND k.purpose = 'ACCOUNT_TRACKING' AND k.withdrawn_at IS NULL)
), often AS (
    SELECT asn_id FROM sharing GROUP BY asn_id HAVING count(*) >= $2
), small AS (
    SELECT program_post_id FROM sharing GROUP BY program_post_id HAVING count(*) BETWEEN 2 AND $1
), kept AS MATERIALIZED (
    SELECT * FROM sharing JOIN often USING (asn_id) JOIN small USING (program_post_id)
)
SELECT count(*) FROM (
    SELECT 1 FROM kept a
      JOIN kept b ON b.program_post_id = a.program_post_id AND b.asn_id > a.asn_id
     GROUP BY a.asn_id, b.asn_id HAVING count(*) >= $2) family
"""
_STORED = "SELECT asn_id, other_asn_id, window_seconds, chance FROM coshare_pair"


@dataclass(frozen=True, slots=True)
class StoredPair:
    """A pair as it was last tested in one window."""

    holders: Pair
    window_seconds: int
    chance: float


async def touched_bursts(span: Span) -> list[Burst]:
    """Return the whole bursts of the posts with shares in a span."""
    async with connection() as db:
        return _bursts(await db.fetch(_TOUCHED, span.after, span.until))


async def bursts_of_holders(holders: Collection[UUID]) -> list[Burst]:
    """Return what these holders shared, without anybody else."""
    async with connection() as db:
        return _bursts(await db.fetch(_OF_HOLDERS, list(holders)))


async def bursts_of_posts(posts: Collection[UUID]) -> list[Burst]:
    """Return the whole bursts of these posts."""
    async with connection() as db:
        return _bursts(await db.fetch(_OF_POSTS, list(posts)))


async def family_size(rule: PairRule) -> int:
    """Count the pairs that the advisory tier is about."""
    async with connection() as db:
        found: int = await db.fetchval(
            _FAMILY, rule.most_sharers_in_family, rule.least_common_count
        )
    return found


async def stored_pairs() -> list[StoredPair]:
    """Return every pair as it was last tested."""
    async with connection() as db:
        rows = await db.fetch(_STORED)
    return [StoredPair((row[0], row[1]), row[2], row[3]) for row in rows]


def _bursts(rows: Sequence[Record]) -> list[Burst]:
    sharings: defaultdict[UUID, list[Sharing]] = defaultdict(list)
    for row in rows:
        sharing = Sharing(row["at"], row["asn_id"], row["id"], row["home_id"])
        sharings[row["program_post_id"]].append(sharing)
    return [Burst.of(post_id, one) for post_id, one in sharings.items()]


def common_posts(pairs: Iterable[Pair], bursts: Iterable[Burst]) -> set[UUID]:
    """Return the posts that both holders of any of these pairs shared."""
    posts: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for burst in bursts:
        for sharing in burst.sharings:
            posts[sharing.holder_id].add(burst.post_id)
    return {post for one, other in pairs for post in posts[one] & posts[other]}
