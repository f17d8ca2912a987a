"""Flags and their log; whatever changes a flag settles the share under it."""

from collections.abc import Sequence
from uuid import UUID

from asyncpg import Connection

from api.actions.gains import ask_for_ranking, remeasure
from api.actions.trail import Change, record
from api.actions.watermark import join_ingest
from api.domain.access import SYSTEM, Viewer
from api.domain.amplification import Review
from api.domain.coordination import (
    Doubt,
    Evidence,
    FlagStanding,
    LogKind,
    ReviewRules,
    ReviewState,
    Tier,
    is_answered,
    merged,
    review_of,
)
from api.models import new_id

_LOCK = "SELECT review FROM share WHERE asn_id = $1 AND id = $2 FOR UPDATE"
_FLAGS = """
SELECT id, rule, rule_version, tier, state, evidence FROM review_flag
 WHERE asn_id = $1 AND share_id = $2 ORDER BY opened_at, id
"""
_INSERT = """
INSERT INTO review_flag (id, asn_id, share_id, rule, rule_version, tier, evidence, state, opened_at,
                         held_at, ingest_seq)
VALUES ($1, $2, $3, $4, $5, $6::text, $7, 'OPEN', now(), CASE WHEN $6::text = 'HOLD' THEN now() END,
        nextval('ingest_seq'))
"""
_STRENGTHEN = """
UPDATE review_flag SET tier = 'HOLD', held_at = now(), evidence = $3 WHERE asn_id = $1 AND id = $2
"""
_LOG = """
INSERT INTO review_entry (id, asn_id, flag_id, at, kind, actor, role, text, ingest_seq)
VALUES ($1, $2, $3, now(), $4, $5, $6, $7, nextval('ingest_seq'))
"""
_SETTLE = "UPDATE share SET review = $3 WHERE asn_id = $1 AND id = $2 AND review = $4"


FlagKey = tuple[UUID, UUID]
"""(holder, flag)."""


async def log(
    db: Connection, viewer: Viewer, flag: FlagKey, kind: LogKind, text: str | None = None
) -> None:
    """Add a row to the log of a flag and the audit row that belongs to it."""
    await join_ingest(db)
    role = viewer.role.value
    await db.execute(_LOG, new_id(), *flag, kind.value, viewer.subject, role, text)
    # The trail keeps ids and reasons of decisions, never what the person concerned says.
    reason = None if kind in (LogKind.ANSWERED, LogKind.APPEALED) else text
    verb = f"review_{kind.value.lower()}"
    await record(db, viewer, Change(verb, "ReviewFlag", flag[1], after=text, reason=reason))


async def settle(
    db: Connection, asn_id: UUID, share_id: UUID, before: Sequence[FlagStanding]
) -> None:
    """Bring a share in line with its flags; a share that others rejected stays as it is."""
    after = review_of(await standings(db, asn_id, share_id))
    stands = review_of(before)
    if after is stands:
        return
    changed = await db.execute(_SETTLE, asn_id, share_id, after.value, stands.value)
    if changed != "UPDATE 0":
        await remeasure(db, [(asn_id, share_id)])
        await ask_for_ranking(db)


async def standings(db: Connection, asn_id: UUID, share_id: UUID) -> list[FlagStanding]:
    """Return how all flags of a share stand."""
    rows = await db.fetch(_FLAGS, asn_id, share_id)
    return [FlagStanding(Tier(row["tier"]), ReviewState(row["state"])) for row in rows]


async def lock_share(db: Connection, asn_id: UUID, share_id: UUID) -> Review:
    """Let nobody else change the flags of a share until the commit."""
    return Review(await db.fetchval(_LOCK, asn_id, share_id))


async def open_flag(db: Connection, doubt: Doubt, rules: ReviewRules) -> bool:
    """Open a flag, strengthen the open one, or leave it; tell whether anything is new."""
    asn_id, share_id, rule = doubt.holder_id, doubt.share_id, doubt.rule.value
    version = rules.switch_of(doubt.rule).version
    await join_ingest(db)
    await lock_share(db, asn_id, share_id)
    rows = await db.fetch(_FLAGS, asn_id, share_id)
    before = [FlagStanding(Tier(row["tier"]), ReviewState(row["state"])) for row in rows]
    same = [at for at, row in enumerate(rows) if row["rule"] == rule]
    earlier = [before[at] for at in same if rows[at]["rule_version"] == version]
    standing = [rows[at] for at in same if before[at].state is ReviewState.OPEN]
    if is_answered(doubt.tier, earlier) or (standing and doubt.tier is Tier.ADVISORY):
        return False
    if standing:
        known = [Evidence.of(row) for row in standing[0]["evidence"]]
        evidence = [row.to_json() for row in merged(doubt.evidence, known)]
        await db.execute(_STRENGTHEN, asn_id, standing[0]["id"], evidence)
        await log(db, SYSTEM, (asn_id, standing[0]["id"]), LogKind.STRENGTHENED)
    else:
        flag_id, evidence = new_id(), [row.to_json() for row in doubt.evidence]
        columns = (rule, version, doubt.tier.value, evidence)
        await db.execute(_INSERT, flag_id, asn_id, share_id, *columns)
        await log(db, SYSTEM, (asn_id, flag_id), LogKind.OPENED)
    await settle(db, asn_id, share_id, before)
    return True
