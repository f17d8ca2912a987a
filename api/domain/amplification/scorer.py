"""The whole model in plain integers: from shares and reshares to scores, without a database.

The stored state is compared with this rebuild, so it shares the rules and none of the SQL.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeAlias
from uuid import UUID

from api.domain.amplification.bucket import Bucket, Score, contribution, fold, score_buckets
from api.domain.amplification.decay import civil_day, is_in_window
from api.domain.amplification.gain import Baselines, Inputs, gains
from api.domain.amplification.parameters import Parameters
from api.domain.amplification.resharers import ordinal, reshare_unit_micro, resharers_micro
from api.domain.amplification.state import SETTLED, Review, ShareFacts, Standing, decide
from api.domain.platform import Coverage, EvidenceLevel, Metric, Platform

Key: TypeAlias = UUID | int | str
"""Names a person, share or post; anything that can be compared for equality would do."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share as it was recorded; other metrics than resharers come with their value in use."""

    share_id: Key
    holder_id: Key
    post_id: Key
    platform: Platform
    shared_at: datetime
    ingest_seq: int
    offered: frozenset[Metric] = frozenset({Metric.RESHARERS})
    evidence: EvidenceLevel = EvidenceLevel.API_CONFIRMED
    review: Review = Review.CLEAR
    removed_at: datetime | None = None
    has_consent: bool = True
    list_coverage: Coverage = Coverage.COMPLETE
    """How much of the list of resharers was read; UNKNOWN when there is none."""
    reported_count: int | None = None
    """Resharers by the platform's own count."""
    other_values: Mapping[Metric, int | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Reshare:
    """One person passed a share on; `resharer_id` is the civil servant of a linked account."""

    share_id: Key
    resharer_id: Key
    reshared_at: datetime
    ingest_seq: int
    is_withdrawn: bool = False


class MeasuredShare(NamedTuple):
    """A share with its slot, its standing and what is known of it; no baseline is needed yet."""

    share: Share
    post_slot: int
    standing: Standing
    inputs: Inputs


class ScoredShare(NamedTuple):
    """A measured share and its gain."""

    measured: MeasuredShare
    gain_micro: int


Buckets: TypeAlias = dict[tuple[Platform, date], Bucket]


def score_holders(
    shares: Iterable[Share],
    reshares: Iterable[Reshare],
    as_of: datetime,
    baselines: Baselines,
    parameters: Parameters,
) -> dict[Key, Score]:
    """Return the score of every holder with a share at or before `as_of`, without priors."""
    scored = score_shares(
        measure_shares(shares, reshares, as_of, parameters), baselines, parameters
    )
    return total_scores(bucket_shares(scored, parameters), as_of, parameters)


def measure_shares(
    shares: Iterable[Share], reshares: Iterable[Reshare], as_of: datetime, parameters: Parameters
) -> list[MeasuredShare]:
    """Return every share at or before `as_of` with its standing, in order of ingestion."""
    ordered = sorted((s for s in shares if s.shared_at <= as_of), key=lambda s: s.ingest_seq)
    units = _units_by_share(ordered, reshares, as_of, parameters)
    measured = []
    for share, slot in zip(ordered, post_slots(ordered), strict=True):
        facts = _facts(share, slot, units[share.share_id])
        standing = decide(facts, as_of, parameters)
        measured.append(MeasuredShare(share, slot, standing, facts.inputs()))
    return measured


def typical_values(
    measured: Iterable[MeasuredShare], as_of: datetime, parameters: Parameters
) -> dict[tuple[Platform, Metric], list[int]]:
    """Return what baselines are made of: known values of shares that count in the window."""
    as_of_on = civil_day(as_of, parameters.time_zone)
    values: defaultdict[tuple[Platform, Metric], list[int]] = defaultdict(list)
    for share, _, standing, inputs in measured:
        shared_on = civil_day(share.shared_at, parameters.time_zone)
        is_live = is_in_window(shared_on, as_of_on, parameters.window_days)
        if is_live and standing.state in SETTLED:
            for metric, value in inputs.values:
                values[inputs.platform, metric].append(value)
    return dict(values)


def score_shares(
    measured: Sequence[MeasuredShare], baselines: Baselines, parameters: Parameters
) -> list[ScoredShare]:
    """Return the gain of every share, each distinct input computed once."""
    gain = gains((m.inputs for m in measured), baselines, parameters.weights, parameters.lift)
    return [ScoredShare(item, gain[item.inputs]) for item in measured]


def bucket_shares(scored: Iterable[ScoredShare], parameters: Parameters) -> dict[Key, Buckets]:
    """Return the day-buckets of every holder, empty ones included."""
    parts: defaultdict[Key, list[tuple[tuple[Platform, date], Bucket]]] = defaultdict(list)
    for (share, _, standing, _), gain_micro in scored:
        day = civil_day(share.shared_at, parameters.time_zone)
        added = contribution(standing, gain_micro)
        parts[share.holder_id].append(((share.platform, day), added))
    return {holder: fold(items) for holder, items in parts.items()}


def total_scores(
    buckets: Mapping[Key, Buckets],
    as_of: datetime,
    parameters: Parameters,
    priors_micro: Mapping[Key, Mapping[Platform, int]] | None = None,
) -> dict[Key, Score]:
    """Return the score of every holder from the buckets."""
    priors = priors_micro or {}
    as_of_on = civil_day(as_of, parameters.time_zone)
    return {
        holder: score_buckets(days, as_of_on, parameters, priors.get(holder))
        for holder, days in buckets.items()
    }


def post_slots(ordered: Sequence[Share]) -> list[int]:
    """Return each share's ordinal among its holder's shares of one post on one platform."""
    taken: defaultdict[tuple[Key, Key, Platform], int] = defaultdict(int)
    slots = []
    for share in ordered:
        key = share.holder_id, share.post_id, share.platform
        taken[key] += 1
        slots.append(taken[key])
    return slots


def reshare_ordinals(
    reshares: Iterable[tuple[Key, Reshare]], window_days: int
) -> list[tuple[Reshare, int]]:
    """Return each (holder, reshare) pair's reshare with its ordinal r, in order of ingestion."""
    earlier: defaultdict[tuple[Key, Key], list[datetime]] = defaultdict(list)
    numbered = []
    for holder, reshare in sorted(reshares, key=lambda pair: pair[1].ingest_seq):
        times = earlier[holder, reshare.resharer_id]
        numbered.append((reshare, ordinal(times, reshare.reshared_at, window_days)))
        times.append(reshare.reshared_at)
    return numbered


def _units_by_share(
    ordered: Sequence[Share], reshares: Iterable[Reshare], as_of: datetime, parameters: Parameters
) -> defaultdict[Key, list[int]]:
    holders = {share.share_id: share.holder_id for share in ordered}
    pairs = (
        (holders[reshare.share_id], reshare)
        for reshare in reshares
        if reshare.share_id in holders and reshare.reshared_at <= as_of
    )
    units: defaultdict[Key, list[int]] = defaultdict(list)
    for reshare, r in reshare_ordinals(pairs, parameters.repeat_window_days):
        if not reshare.is_withdrawn and reshare.resharer_id != holders[reshare.share_id]:
            units[reshare.share_id].append(reshare_unit_micro(r))
    return units


def _facts(share: Share, slot: int, units_micro: Sequence[int]) -> ShareFacts:
    resharers = resharers_micro(
        sum(units_micro), len(units_micro), share.reported_count, share.list_coverage
    )
    return ShareFacts(
        platform=share.platform,
        shared_at=share.shared_at,
        post_slot=slot,
        evidence=share.evidence,
        offered=share.offered,
        values={**share.other_values, Metric.RESHARERS: resharers},
        review=share.review,
        removed_at=share.removed_at,
        has_consent=share.has_consent,
    )
