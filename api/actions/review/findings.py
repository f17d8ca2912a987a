"""What the rules say about the observations of one span."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from api.domain.coordination import (
    AudienceChange,
    Burst,
    Doubt,
    Evidence,
    EvidenceCode,
    Pair,
    PairFinding,
    PairRule,
    PassedOn,
    ReviewRule,
    ReviewRules,
    accepted_count,
    advised,
    groups,
    held_pairs,
    is_audience_jump,
    is_beyond_network,
    is_click_burst,
    is_concentrated,
    judged_pairs,
    meeting_pairs,
    pair_doubts,
    pair_of,
    percent,
    pod_evidence,
    pods,
)
from api.models.sealed import Sealer
from api.reads.doubts import bursts as read_bursts
from api.reads.doubts import signals
from api.reads.doubts.bursts import StoredPair
from api.reads.doubts.span import Span

MOST_CLOSE = 100_000
"""A post with more close pairs names no suspects: meeting there is what everybody does."""


@dataclass(frozen=True, slots=True)
class PairResults:
    """What was tested, and which of it stands out."""

    tested: frozenset[Pair]
    findings: tuple[PairFinding, ...]
    doubts: tuple[Doubt, ...]
    advised: tuple[Pair, ...]


async def pair_results(span: Span, family_count: int, rule: PairRule) -> PairResults:
    """Test the pairs that met on posts of the span, and those known to share such a post."""
    touched = await read_bursts.touched_bursts(span)
    stored = await read_bursts.stored_pairs()
    tested = await _suspects(touched, stored, rule)
    findings = await _judged(tested, rule)
    standing = {(s.holders, s.window_seconds): s.chance for s in stored if s.holders not in tested}
    standing |= {(f.holders, f.window_seconds): f.chance for f in findings}
    chosen = _advised(standing, family_count, rule)
    # A pair may pass the bar now because others did: its meetings are needed for the evidence.
    again = await _judged(set(chosen) - tested, rule)
    flagged = [f for f in (*findings, *again) if f.holders in chosen]
    held = held_pairs(findings, rule)
    shown = [f for f in flagged if f.window_seconds == rule.advisory_window_seconds]
    doubts = pair_doubts([*held, *(f for f in shown if f not in held)], held)
    return PairResults(frozenset(tested), tuple(findings), tuple(doubts), tuple(chosen))


def _advised(
    standing: dict[tuple[Pair, int], float], family_count: int, rule: PairRule
) -> list[Pair]:
    ordered = sorted(
        (chance, pair)
        for (pair, window), chance in standing.items()
        if window == rule.advisory_window_seconds
    )
    chances = [chance for chance, _ in ordered]
    family = max(family_count, len(chances), 1)
    count = accepted_count(chances, family, rule.advisory_false_rate)
    return [pair for _, pair in ordered[:count]]


async def _suspects(touched: list[Burst], stored: list[StoredPair], rule: PairRule) -> set[Pair]:
    window = max(rule.windows_seconds)
    near = await asyncio.to_thread(_near, touched, window)
    partial = await read_bursts.bursts_of_holders({holder for pair in near for holder in pair})
    often = await asyncio.to_thread(meeting_pairs, partial, window, rule)
    sharers = [{s.holder_id for s in burst.sharings} for burst in touched]
    known = {s.holders for s in stored if any(set(s.holders) <= crowd for crowd in sharers)}
    return (often & near) | known


def _near(bursts: list[Burst], window: int) -> set[Pair]:
    return {
        pair_of(first.holder_id, second.holder_id)
        for burst in bursts
        if burst.pace(window).close_count <= MOST_CLOSE
        for first, second in burst.close_pairs(window)
    }


async def _judged(pairs: set[Pair], rule: PairRule) -> list[PairFinding]:
    if not pairs:
        return []
    partial = await read_bursts.bursts_of_holders({holder for pair in pairs for holder in pair})
    posts = read_bursts.common_posts(pairs, partial)
    whole = await read_bursts.bursts_of_posts(posts)
    return await asyncio.to_thread(_in_all_windows, whole, pairs, rule)


def _in_all_windows(bursts: list[Burst], pairs: set[Pair], rule: PairRule) -> list[PairFinding]:
    return [f for window in rule.windows_seconds for f in judged_pairs(bursts, window, rule, pairs)]


async def pod_doubts(pairs: Iterable[Pair], rules: ReviewRules, sealer: Sealer) -> list[Doubt]:
    """Return the doubts about groups that pass one another's shares on."""
    connected = list(pairs)
    large = [g for g in groups(connected) if len(g) >= rules.pod.least_holder_count]
    members = [holder for group in large for holder in group]
    if not members:
        return []
    known = {sealer.resharer_key(f"asn:{holder}"): holder for holder in members}
    for holder, platform, user_id in await signals.accounts_of(members):
        known[sealer.resharer_key(f"{platform}:{user_id}")] = holder
    rows = await signals.reshares_of(members)
    passed_on = [PassedOn(r.asn_id, r.post_id, r.share_id, known.get(r.resharer_key)) for r in rows]
    holder_of = {row.share_id: row.asn_id for row in rows}
    return [
        advised(holder_of[share_id], share_id, ReviewRule.POD, *pod_evidence(pod))
        for pod in pods(connected, passed_on, rules.pod)
        for share_id in pod.share_ids
    ]


async def share_doubts(span: Span, rules: ReviewRules) -> list[Doubt]:
    """Return the doubts that new shares raise by their time or their native post."""
    doubts = []
    for row in await signals.new_shares(span):
        early = int((row.published_at - row.shared_at).total_seconds())
        if rules.pre_publication.is_on and row.is_time_known and early > 0:
            evidence = Evidence(EvidenceCode.BEFORE_PUBLICATION, {"seconds": early})
            rule = ReviewRule.PRE_PUBLICATION
            doubts.append(advised(row.asn_id, row.share_id, rule, evidence))
        if rules.duplicate_url.is_on and row.earlier_count:
            evidence = Evidence(EvidenceCode.SAME_NATIVE_POST, {"times": row.earlier_count})
            rule = ReviewRule.DUPLICATE_URL
            doubts.append(advised(row.asn_id, row.share_id, rule, evidence))
    return doubts


async def concentration_doubts(span: Span, rules: ReviewRules) -> list[Doubt]:
    """Return the doubts about shares that one person mostly passes on."""
    doubts = []
    for row in await signals.top_resharers(span):
        if is_concentrated(row.own_count, row.reshare_count, rules.concentration):
            figures = {
                "own": row.own_count,
                "reshares": row.reshare_count,
                "percent": percent(row.own_count, row.reshare_count),
            }
            evidence = Evidence(EvidenceCode.ONE_RESHARER, figures)
            for share_id in row.share_ids:
                rule = ReviewRule.CONCENTRATION
                doubts.append(advised(row.asn_id, share_id, rule, evidence))
    return doubts


async def click_doubts(span: Span, rules: ReviewRules) -> list[Doubt]:
    """Return the doubts about shares whose links had bursts of visits."""
    rule, limit = ReviewRule.CLICK_BURST, rules.click_burst.least_click_count
    return [
        advised(
            row.asn_id,
            row.share_id,
            rule,
            Evidence(EvidenceCode.CLICKS_IN_BURST, {"clicks": row.click_count, "limit": limit}),
        )
        for row in await signals.burst_clicks(span)
        if is_click_burst(row.click_count, rules.click_burst)
    ]


async def metric_doubts(span: Span, rules: ReviewRules) -> list[Doubt]:
    """Return the doubts about audiences that jumped and reactions beyond the network's own."""
    jump, doubts = rules.metric_jump, defaultdict[UUID, list[Doubt]](list)
    for row in await signals.audience_changes(span, jump.within_days):
        change = AudienceChange(row.before_count, row.after_count, row.days, row.share_count)
        if is_audience_jump(change, jump):
            figures = {
                "before": row.before_count,
                "after": row.after_count,
                "days": row.days,
                "percent": percent(row.after_count - row.before_count, row.before_count),
            }
            evidence = Evidence(EvidenceCode.AUDIENCE_GROWTH, figures)
            doubts[row.share_id].append(
                advised(row.asn_id, row.share_id, ReviewRule.METRIC_JUMP, evidence)
            )
    for rate in await signals.unusual_rates(span, jump.least_follower_count, jump.beyond_per_mille):
        if is_beyond_network(rate.rate_ppm, rate.limit_ppm, rate.population_count, jump):
            figures = {
                "rate": rate.rate_ppm,
                "limit": rate.limit_ppm,
                "population": rate.population_count,
            }
            evidence = Evidence(EvidenceCode.ENGAGEMENT, figures)
            doubts[rate.share_id].append(
                advised(rate.asn_id, rate.share_id, ReviewRule.METRIC_JUMP, evidence)
            )
    return [one for several in doubts.values() for one in several[:1]]
