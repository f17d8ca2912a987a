"""The same list again, from raw observations: equal hashes show that nothing was touched."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from asyncpg import Connection, Record

from api.actions.invite_list.facts import candidate_of
from api.actions.invite_list.override import overrides_of
from api.actions.invite_list.store import terms_of
from api.actions.ranking.rebuild import rebuilt_scores
from api.domain.amplification import Score
from api.domain.selection import Candidate, propose
from api.models import connection

# Beyond this the arithmetic would take longer than a request may; `gema reproduce` has the time.
MOST_SHARES = 50_000

_LIST = """
SELECT l.sha256, l.rules, l.outcome, r.model, r.as_of, r.watermark, r.parameters,
       r.share_count,
       b.id AS baseline_id, b.document,
       EXISTS (SELECT 1 FROM invite_list_entry e JOIN asn a ON a.id = e.asn_id
                WHERE e.invite_list_id = l.id AND a.is_pseudonymous) AS is_redacted
  FROM invite_list l JOIN score_run r ON r.id = l.score_run_id
  JOIN baseline b ON b.id = r.baseline_id
 WHERE l.id = $1
"""
_ENTRIES = "SELECT asn_id, score, facts FROM invite_list_entry WHERE invite_list_id = $1"


async def is_reproducible(list_id: UUID, *, most_shares: int = MOST_SHARES) -> bool | None:
    """Tell whether the list has the same hash when it is computed again; None if not tried.

    A list that holds somebody erased since can no longer be computed, nor one that was made before
    lists kept what they knew.
    """
    async with connection() as db:
        row = await db.fetchrow(_LIST, list_id)
        if row is None or row["is_redacted"] or row["share_count"] > most_shares:
            return None
        sha256: str = row["sha256"]
        return await _reproduced(db, list_id, row) == sha256


async def reproduced_sha256(list_id: UUID) -> str | None:
    """Return the hash that the observations give for a list; None if there is no such list."""
    async with connection() as db:
        row = await db.fetchrow(_LIST, list_id)
        return None if row is None else await _reproduced(db, list_id, row)


async def _reproduced(db: Connection, list_id: UUID, row: Record) -> str:
    entries = await db.fetch(_ENTRIES, list_id)
    scores = await rebuilt_scores(db, row)
    terms = terms_of(row["rules"], row["outcome"], await overrides_of(db, list_id))
    people = [_candidate(entry, scores) for entry in entries]
    return (await asyncio.to_thread(propose, people, terms)).sha256


def _candidate(entry: Record, scores: Mapping[UUID, Score]) -> Candidate:
    """Return the candidate with today's reading of the observations in place of what was stored."""
    found = scores.get(entry["asn_id"])
    kept = candidate_of(entry["asn_id"], 0, entry["facts"])
    if found is None:
        return replace(kept, quality_micro=0, counted_share_count=0)
    return replace(
        kept,
        score=found.score,
        quality_micro=found.quality_micro,
        counted_share_count=found.share_count,
    )
