"""Who is on the network: ministries, civil servants, citizens and strangers."""

from dataclasses import dataclass
from random import Random

from workers.sandbox.agencies import HEALTH, INFORMATION
from workers.sandbox.chance import dice
from workers.sandbox.names import base36
from workers.sandbox.network import Account, Network
from workers.sandbox.people import Consent, Person

_OLDEST_ACCOUNT_AT = 1_530_403_200
"""Ids of X have had 19 digits since May 2018."""
_MINISTRIES = (
    (HEALTH, "KemkesContoh", "Kementerian Kesehatan Contoh", 412_000),
    (INFORMATION, "KempenContoh", "Kementerian Penerangan Contoh", 268_000),
)


@dataclass(frozen=True, slots=True)
class Society:
    """Everybody on the network, by what they are."""

    ministries: dict[str, Account]
    civil_servants: dict[int, Account]
    """By the index of the person."""
    citizens: tuple[Account, ...]
    """They pass on what civil servants share."""
    strangers: tuple[Account, ...]
    """They pass on program posts and are no civil servants."""


class Settlement:
    """Brings everybody onto a network."""

    def __init__(self, network: Network, seed: int, epoch: int) -> None:
        self._network = network
        self._seed = seed
        self._latest_at = epoch - 60 * 86_400

    def settle(
        self, people: tuple[Person, ...], citizen_count: int, stranger_count: int
    ) -> Society:
        """Create all accounts."""
        ministries = {row[0]: self._ministry(*row[1:]) for row in _MINISTRIES}
        civil_servants = {person.index: self._civil_servant(person) for person in people}
        citizens = self._crowd("warga", "Warga Contoh", citizen_count, 0.015)
        strangers = self._crowd("tetangga", "Tetangga Umpama", stranger_count, 0.03)
        _hide_some(people, civil_servants)
        return Society(ministries, civil_servants, citizens, strangers)

    def _ministry(self, handle: str, name: str, followers_count: int) -> Account:
        die = dice(self._seed, "ministry", handle)
        return self._join(die, handle, name, followers_count, "Akun resmi dalam dunia contoh.")

    def _civil_servant(self, person: Person) -> Account:
        die = dice(self._seed, "account", person.index)
        name = person.full_name.split(",", maxsplit=1)[0]
        account = self._join(die, person.handle, name, person.audience.x, "ASN. Pendapat pribadi.")
        account.is_consenting = person.consent is Consent.IN_FORCE
        return account

    def _crowd(self, stem: str, name: str, count: int, hidden_share: float) -> tuple[Account, ...]:
        die = dice(self._seed, "crowd", stem)
        crowd = []
        for index in range(count):
            handle = f"{stem}_{base36(index, 4)}"
            account = self._join(
                die, handle, f"{name} {index}", int(die.lognormvariate(4.5, 1.5)), ""
            )
            fate = die.random()
            account.is_protected = fate < hidden_share * 2 / 3
            account.is_suspended = hidden_share * 2 / 3 <= fate < hidden_share
            crowd.append(account)
        return tuple(crowd)

    def _join(
        self, die: Random, handle: str, name: str, followers_count: int, description: str
    ) -> Account:
        span = self._latest_at - _OLDEST_ACCOUNT_AT
        created_at = _OLDEST_ACCOUNT_AT + int(die.random() * span)
        account_id = self._network.mint.next_id(created_at)
        following_count = int(die.lognormvariate(5.3, 0.8))
        return self._network.join(
            Account(
                account_id,
                self._network.customs.handle(handle),
                name,
                created_at,
                followers_count,
                following_count,
                description,
            )
        )


def _hide_some(people: tuple[Person, ...], accounts: dict[int, Account]) -> None:
    """Protect or suspend a few civil servants of each standing, from the end of the register."""
    consenting = [accounts[each.index] for each in people if each.consent is Consent.IN_FORCE]
    others = [accounts[each.index] for each in people if each.consent is not Consent.IN_FORCE]
    few = max(1, len(people) // 60)
    for account in (*consenting[-few:], *others[-1:]):
        account.is_protected = True
    for account in (*consenting[-2 * few : -few], *others[-2:-1]):
        account.is_suspended = True
