"""The search for doubts: one step looks at what came in since the last, and opens flags."""

from datetime import timedelta

from asyncpg import Connection

from api.actions.outbox import Lease
from api.actions.review.findings import (
    PairResults,
    click_doubts,
    concentration_doubts,
    metric_doubts,
    pair_results,
    pod_doubts,
    share_doubts,
)
from api.actions.review.flags import open_flag
from api.actions.shares import take_watermark
from api.actions.stage import Stage
from api.domain.coordination import Doubt, PairRule, ReviewRules
from api.models import new_id, transaction
from api.models.sealed import Sealer
from api.reads.doubts.bursts import family_size
from api.reads.doubts.span import Family, Span, next_span

FAMILY_LASTS = timedelta(days=1)

_PROGRESS = """
INSERT INTO review_progress AS p
       (id, watermark, checked_at, family_count, family_counted_at, family_watermark)
VALUES (1, $1, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE
   SET watermark = excluded.watermark, checked_at = excluded.checked_at,
       family_count = excluded.family_count, family_counted_at = excluded.family_counted_at,
       family_watermark = excluded.family_watermark
"""
_FORGET = """
DELETE FROM coshare_pair p USING unnest($1::uuid[], $2::uuid[]) AS t(one, other)
 WHERE p.asn_id = t.one AND p.other_asn_id = t.other
"""
_PAIRS = Stage(
    "coshare_pair_stage",
    {
        "id": "uuid",
        "asn_id": "uuid",
        "other_asn_id": "uuid",
        "window_seconds": "int",
        "close_count": "int",
        "common_count": "int",
        "expected_count": "float8",
        "chance": "float8",
        "tested_at": "timestamptz",
    },
)
_NO_PAIRS = PairResults(frozenset(), (), (), ())


async def search_doubts(lease: Lease, sealer: Sealer, rules: ReviewRules | None = None) -> bool:
    """Look at the next span and open flags; tell whether another span waits."""
    rules = rules or ReviewRules()
    async with transaction() as db:
        watermark = await take_watermark(db)
    span, family = await next_span(watermark)
    family = await _counted(family, span, rules.pair)
    pairs = _NO_PAIRS
    if rules.pair.switch.is_on:
        pairs = await pair_results(span, family.count or 0, rules.pair)
    doubts = [*pairs.doubts, *await _signals(span, pairs, rules, sealer)]
    async with lease.transaction() as db:
        await _store_pairs(db, pairs, span)
        # One order everywhere, so that two transactions never wait for one another in a circle.
        for doubt in sorted(doubts, key=lambda d: (d.holder_id, d.share_id, d.rule)):
            await open_flag(db, doubt, rules)
        marks = (family.count, family.counted_at, family.watermark)
        await db.execute(_PROGRESS, span.until, span.checked_at, *marks)
        await lease.extend(db)
    return not span.is_last


async def _signals(
    span: Span, pairs: PairResults, rules: ReviewRules, sealer: Sealer
) -> list[Doubt]:
    doubts = await share_doubts(span, rules)
    if rules.pod.switch.is_on:
        doubts += await pod_doubts(pairs.advised, rules, sealer)
    if rules.concentration.switch.is_on:
        doubts += await concentration_doubts(span, rules)
    if rules.click_burst.switch.is_on:
        doubts += await click_doubts(span, rules)
    if rules.metric_jump.switch.is_on:
        doubts += await metric_doubts(span, rules)
    return doubts


async def _counted(family: Family, span: Span, rule: PairRule) -> Family:
    """Count the family again when a day has passed or half as much again has come in."""
    is_fresh = (
        family.counted_at is not None
        and family.watermark is not None
        and span.checked_at - family.counted_at < FAMILY_LASTS
        and span.until * 2 <= family.watermark * 3
    )
    if is_fresh or not rule.switch.is_on:
        return family
    return Family(await family_size(rule), span.checked_at, max(span.until, 1))


async def _store_pairs(db: Connection, pairs: PairResults, span: Span) -> None:
    if not pairs.tested:
        return
    ordered = sorted(pairs.tested)
    await db.execute(_FORGET, [pair[0] for pair in ordered], [pair[1] for pair in ordered])
    rows = (
        (
            new_id(),
            *found.holders,
            found.window_seconds,
            found.close_count,
            found.common_count,
            found.expected_count,
            min(found.chance, 1.0),
            span.checked_at,
        )
        for found in pairs.findings
    )
    await _PAIRS.add_to(db, "coshare_pair", rows)
