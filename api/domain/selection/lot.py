"""A lot among people whom the evidence cannot tell apart at the last seat, and only among them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from api.domain.selection.candidate import Candidate
from api.domain.selection.reason import Reason, ReasonCode

Numbers = Mapping[UUID, int]
"""The number that each person drew: 1 stands first."""


@dataclass(frozen=True, slots=True)
class Lot:
    """Who draws, and the draft that found them level; the seed of the list decides."""

    drawn_from: UUID
    level: frozenset[UUID]

    def numbers(self, seed: str) -> Numbers:
        """Draw: the same seed gives a person the same place among the others, whoever they are."""
        prefix = b"lot:" + seed.encode()
        drawn = sorted(self.level, key=lambda one: sha256(prefix + one.bytes).digest())
        return {asn_id: number for number, asn_id in enumerate(drawn, start=1)}


def settled(standing: Sequence[Candidate], numbers: Numbers) -> list[Candidate]:
    """Let those who drew exchange their places; everybody else keeps theirs."""
    places = [at for at, one in enumerate(standing) if one.asn_id in numbers]
    drawn = sorted((standing[at] for at in places), key=lambda one: numbers[one.asn_id])
    everybody = list(standing)
    for at, one in zip(places, drawn, strict=True):
        everybody[at] = one
    return everybody


def shown(asn_id: UUID, numbers: Numbers) -> tuple[Reason, ...]:
    """Return what the row of a person says of the lot; nothing for who did not draw."""
    number = numbers.get(asn_id)
    if number is None:
        return ()
    return (Reason.of(ReasonCode.DRAWN_BY_LOT, number=number, people=len(numbers)),)
