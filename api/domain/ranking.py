"""The order of holders, and the hashes by which a run can be reproduced."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from api.domain.canonical import canonical_json, sha256_of

NEVER = datetime.min.replace(tzinfo=UTC)

OrderKey = tuple[int, int, datetime, bytes]


def order_key(
    score: int,
    quality_micro: int,
    holder_id: UUID,
    *,
    last_invited_at: datetime | None = None,
    seed: str | None = None,
) -> OrderKey:
    """Return the sort key, ascending: score, quality, longest not invited, then lot or id."""
    lot = holder_id.bytes if seed is None else tie_break(seed, holder_id)
    return -score, -quality_micro, last_invited_at or NEVER, lot


def tie_break(seed: str, holder_id: UUID) -> bytes:
    """Return a holder's lot: SHA-256 of the list's seed followed by the id's bytes."""
    return hashlib.sha256(seed.encode() + holder_id.bytes).digest()


@dataclass(frozen=True, slots=True)
class Watermark:
    """What a run may know: observed by a moment, and ingested no later than a number."""

    as_of: datetime
    ingest_seq: int

    def covers(self, observed_at: datetime, ingest_seq: int) -> bool:
        """Tell whether a row was known to the run."""
        return observed_at <= self.as_of and ingest_seq <= self.ingest_seq


@dataclass(frozen=True, slots=True)
class RunInputs:
    """All that a score run is computed from; equal inputs give equal rows."""

    formula: str
    parameters_sha256: str
    baseline_id: UUID
    watermark: Watermark
    time_zone: str
    code_version: str
    scope: str

    @property
    def sha256(self) -> str:
        """Return the hash that tells two runs apart."""
        return sha256_of(
            {
                "formula": self.formula,
                "parametersSha256": self.parameters_sha256,
                "baselineId": self.baseline_id,
                "asOf": self.watermark.as_of,
                "watermarkIngestSeq": self.watermark.ingest_seq,
                "timeZone": self.time_zone,
                "codeVersion": self.code_version,
                "scope": self.scope,
            }
        )


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One holder's row of a run."""

    rank: int
    holder_id: UUID
    score: int
    quality_micro: int
    share_count: int


def ranked(rows: Iterable[tuple[UUID, int, int, int]]) -> list[RankedRow]:
    """Number rows of (holder, score, quality, shares) in the order of a run without a seed."""
    ordered = sorted(rows, key=lambda row: order_key(row[1], row[2], row[0]))
    return [RankedRow(place, *row) for place, row in enumerate(ordered, start=1)]


def rows_sha256(rows: Iterable[RankedRow]) -> str:
    """Return the SHA-256 of the canonical JSON of all rows by rank, fed row by row."""
    digest = hashlib.sha256(b"[")
    for position, row in enumerate(sorted(rows, key=lambda row: row.rank)):
        digest.update(b"," if position else b"")
        digest.update(canonical_json(_row(row)).encode())
    digest.update(b"]")
    return digest.hexdigest()


def _row(row: RankedRow) -> dict[str, object]:
    return {
        "rank": row.rank,
        "asnId": row.holder_id,
        "score": row.score,
        "qualityMicro": row.quality_micro,
        "shareCount": row.share_count,
    }


SMALLEST_GROUP = 5


def percentile(rank: int, holder_count: int) -> float | None:
    """Return the percentage of holders below a rank; None in a group so small that it names people.

    The smallest group follows the privacy rules of published figures: five people.
    """
    if holder_count < SMALLEST_GROUP:
        return None
    return 100 * (holder_count - rank) / holder_count
