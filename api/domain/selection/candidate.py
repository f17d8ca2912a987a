"""A person who may be invited, and the one order in which people stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from uuid import UUID

SCORE = attrgetter("score")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A badge holder as the list sees them on the day of the list.

    Keys are whatever names an agency or a province elsewhere; None means that the holder has
    none. Consent and badge have no default, so that a forgotten argument lets nobody in.
    """

    asn_id: UUID
    agency_key: str | None
    province_key: str | None
    score: int
    quality_micro: int
    counted_share_count: int
    has_active_badge: bool
    has_consent: bool
    has_declined: bool
    last_invited_on: date | None
    accepted_on: tuple[date, ...]
    has_conflict: bool = False

    @property
    def is_newcomer(self) -> bool:
        """Return whether the person was never invited before."""
        return self.last_invited_on is None


def ordered(candidates: Iterable[Candidate], seed: str) -> list[Candidate]:
    """Sort by score, quality, oldest invitation (never first), then the hash of seed and id.

    Only people with the same score are compared any further, as the hash is the dear part.
    """
    ranked = sorted(candidates, key=SCORE, reverse=True)
    if len({candidate.asn_id.int for candidate in ranked}) < len(ranked):
        raise ValueError("the same person stands twice")
    prefix = seed.encode()
    standing: list[Candidate] = []
    for _, tied in groupby(ranked, key=SCORE):
        run = list(tied)
        if len(run) > 1:
            run.sort(key=lambda one: _tie_break(one, prefix))
        standing += run
    return standing


def _tie_break(candidate: Candidate, prefix: bytes) -> tuple[int, date, bytes]:
    return (
        -candidate.quality_micro,
        candidate.last_invited_on or date.min,
        sha256(prefix + candidate.asn_id.bytes).digest(),
    )
