"""The civil servants of the sandbox, as their registry knows them."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from workers.sandbox.agencies import Agency
from workers.sandbox.audience import EDGES, Audience, typical
from workers.sandbox.chance import dice
from workers.sandbox.names import full_name, handle

_DAY = 86_400
_MOVER = 7


class Consent(StrEnum):
    """Whether account tracking was agreed to."""

    IN_FORCE = "IN_FORCE"
    NEVER_GIVEN = "NEVER_GIVEN"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Posting:
    """Membership of an agency from one day to another, both included."""

    agency_code: str
    from_at: int
    to_at: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One civil servant. `index` numbers them from 0."""

    index: int
    employee_number: str
    employment_kind: str
    full_name: str
    handle: str
    consent: Consent
    audience: Audience
    posting: Posting
    past_postings: tuple[Posting, ...]
    is_account_known: bool
    """Whether the registry knows their account on X."""


def civil_servants(
    seed: int, epoch: int, count: int, agencies: tuple[Agency, ...]
) -> tuple[Person, ...]:
    """Return the civil servants: about five in six consent, and every agency has somebody."""
    consents = _consents(seed, count)
    edges = iter(EDGES if consents.count(Consent.IN_FORCE) > 2 * len(EDGES) else EDGES[:3])
    people = []
    for index, consent in enumerate(consents):
        edge = next(edges, None) if consent is Consent.IN_FORCE else None
        people.append(
            _Birth(dice(seed, "person", index), index, epoch).person(consent, edge, agencies)
        )
    return tuple(people)


def _consents(seed: int, count: int) -> list[Consent]:
    never, withdrawn = round(count / 8), round(count / 24)
    consents = [Consent.NEVER_GIVEN] * never + [Consent.WITHDRAWN] * withdrawn
    consents += [Consent.IN_FORCE] * (count - len(consents))
    dice(seed, "consents").shuffle(consents)
    return consents


@dataclass(frozen=True, slots=True)
class _Birth:
    die: Random
    index: int
    epoch: int

    def person(
        self, consent: Consent, edge: Audience | None, agencies: tuple[Agency, ...]
    ) -> Person:
        name = full_name(self.die)
        kind = "PPPK" if self.index % 4 == 0 else "PNS"
        posting, past_postings = self._career(agencies)
        return Person(
            index=self.index,
            employee_number=self._employee_number(kind),
            employment_kind=kind,
            full_name=name,
            handle=handle(name, self.index),
            consent=consent,
            audience=edge or typical(self.die),
            posting=posting,
            past_postings=past_postings,
            is_account_known=consent is not Consent.NEVER_GIVEN or self.index % 5 != 0,
        )

    def _career(self, agencies: tuple[Agency, ...]) -> tuple[Posting, tuple[Posting, ...]]:
        agency = agencies[self.index % len(agencies)]
        started_at = self._days_ago(900, 1_700)
        has_moved = self.index % 20 == _MOVER
        if not has_moved:
            return Posting(agency.code, started_at), ()
        moved_at = self._days_ago(60, 400)
        former = agencies[(self.index + 1) % len(agencies)]
        return Posting(agency.code, moved_at), (Posting(former.code, started_at, moved_at - _DAY),)

    def _days_ago(self, fewest: int, most: int) -> int:
        return self.epoch - self.die.randrange(fewest, most) * _DAY

    def _employee_number(self, kind: str) -> str:
        """Return 18 digits that nobody can hold: the birth date is far ahead."""
        die, group = self.die, self.index // 999 % 10
        birth = f"209{group}{die.randrange(1, 13):02}{die.randrange(1, 29):02}"
        contract = "21" if kind == "PPPK" else f"{die.randrange(1, 13):02}"
        start = f"20{die.randrange(15, 24)}{contract}"
        return f"{birth}{start}{die.randrange(1, 3)}{self.index % 999 + 1:03}"
