"""What comes in about shares, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from api.domain.platform import EvidenceLevel, Platform, ShareKind


@dataclass(frozen=True, slots=True)
class Evidence:
    """By what a share is known: the mechanism that saw it, how well that proves it, and where."""

    mechanism: str
    level: EvidenceLevel
    reference: str


@dataclass(frozen=True, slots=True)
class NewShare:
    """A holder's account passed a program post on; `key` is that of `matching.share_key`.

    `shared_at` is the network's time, or that of the first sight where `is_time_observed`.
    """

    asn_id: UUID
    program_post_id: UUID
    account_id: UUID
    platform: Platform
    kind: ShareKind
    key: str
    native_id: str | None
    url: str | None
    shared_at: datetime
    is_time_observed: bool
    first_observed_at: datetime
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class NewReshare:
    """Somebody, known by a keyed hash only, passed a stored share of a holder on."""

    asn_id: UUID
    share_id: UUID
    resharer_key: bytes
    reshared_at: datetime | None
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class StoredRow:
    """The whole key of a row in a table that grows with shares."""

    asn_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class StoredCount:
    """What became of the rows handed in; the four counts add up to their number."""

    new_count: int = 0
    changed_count: int = 0
    unchanged_count: int = 0
    dropped_count: int = 0
    """Rows of accounts without consent, and reshares of shares that are not stored."""
    new_rows: tuple[StoredRow, ...] = ()
    keys: frozenset[str] = field(default=frozenset(), compare=False)
    """Of shares: by what they are known now."""
