"""What the registry knows about each civil servant: accounts, observed audiences and consents."""

from collections.abc import Iterator
from dataclasses import dataclass

from workers.sandbox.chance import dice
from workers.sandbox.clock import rfc3339
from workers.sandbox.people import Consent, Person
from workers.sandbox.world import World

_DAY = 86_400
_TEXT_VERSION = "contoh-1"
_SOMETIMES = {"PUBLIC_RANKING": 0.92, "BADGE_PUBLIC": 0.8, "INVITATION_CONTACT": 0.95}


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """One account of one civil servant."""

    platform: str
    platform_user_id: str
    handle: str
    figure: tuple[int, str] | None = None
    """On a network of this world beside X: the audience and where its figure comes from."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The registry's page on one civil servant."""

    person: Person
    accounts: tuple[LinkedAccount, ...]
    epoch: int
    seed: int

    def account_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the linked accounts; an account may not be verified, and its holder not active."""
        die = dice(self.seed, "linked", self.person.index)
        is_verified = self.person.consent is not Consent.NEVER_GIVEN or self.person.index % 2 == 0
        verified_at = rfc3339(self._ago(die.randrange(75, 90))) if is_verified else ""
        active_at = self._ago(die.randrange(1, 21) if self.person.audience.is_active else 45)
        for account in self.accounts:
            identity = (account.platform, account.platform_user_id, account.handle)
            yield (self.person.employee_number, *identity, verified_at, rfc3339(active_at))

    def observation_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield audience figures, of consenting people only: two of X, one of the others."""
        if self.person.consent is not Consent.IN_FORCE:
            return
        die = dice(self.seed, "observed", self.person.index)
        seen_at = self._ago(die.randrange(3, 40) if self.person.audience.is_fresh else 120)
        for account in self.accounts:
            count, source = account.figure or self._figure(account.platform)
            kind = "FRIENDS" if account.platform == "FACEBOOK" else "FOLLOWERS"
            identity = (account.platform, account.platform_user_id, kind)
            if account.platform == "X":
                yield (*identity, count * 19 // 20, source, rfc3339(self._ago(31)))
                yield (*identity, count, source, rfc3339(self._ago(1)))
            else:
                yield (*identity, count, source, rfc3339(seen_at))

    def consent_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield consents: tracking and metrics for each account, the others for the person."""
        die = dice(self.seed, "consent", self.person.index)
        granted_at = rfc3339(self._ago(die.randrange(40, 70)))
        is_withdrawn = self.person.consent is Consent.WITHDRAWN
        withdrawn_at = rfc3339(self._ago(die.randrange(2, 15))) if is_withdrawn else ""
        if self.person.consent is not Consent.NEVER_GIVEN:
            yield from self._tracking_rows(granted_at, withdrawn_at)
        for purpose, share in _SOMETIMES.items():
            is_asked = self.person.consent is not Consent.NEVER_GIVEN or self.person.index % 3 == 0
            if die.random() < share and is_asked:
                yield self._consent(purpose, None, granted_at, withdrawn_at)

    def _tracking_rows(self, granted_at: str, withdrawn_at: str) -> Iterator[tuple[object, ...]]:
        has_agreed_twice = self.person.index % 40 == 3  # noqa: PLR2004
        for account in self.accounts:
            for purpose in ("ACCOUNT_TRACKING", "METRICS"):
                if has_agreed_twice:
                    earlier = rfc3339(self._ago(120)), rfc3339(self._ago(100))
                    yield self._consent(purpose, account, *earlier)
                yield self._consent(purpose, account, granted_at, withdrawn_at)

    def _consent(
        self, purpose: str, account: LinkedAccount | None, granted_at: str, withdrawn_at: str
    ) -> tuple[object, ...]:
        place = ("", "") if account is None else (account.platform, account.platform_user_id)
        number = self.person.employee_number
        return (number, purpose, *place, granted_at, withdrawn_at, _TEXT_VERSION)

    def _figure(self, platform: str) -> tuple[int, str]:
        audience = self.person.audience
        if platform == "X":
            return audience.x, "PUBLIC_API"
        if platform == "INSTAGRAM":
            return audience.instagram or 0, audience.instagram_source
        return audience.friends or 0, "REVIEWED"

    def _ago(self, days: int) -> int:
        return self.epoch - days * _DAY


def entries(world: World) -> Iterator[Entry]:
    """Yield the registry's page on each civil servant."""
    for person in world.people:
        yield Entry(person, tuple(_accounts(world, person)), world.spec.epoch, world.spec.seed)


def _accounts(world: World, person: Person) -> Iterator[LinkedAccount]:
    if not person.is_account_known:
        return
    die = dice(world.spec.seed, "elsewhere", person.index)
    instagram_id = f"17841{die.randrange(10**9, 10**10)}{person.index:04}"
    facebook_id = f"1000{die.randrange(10**6, 10**7)}{person.index:04}"
    yield LinkedAccount("X", str(world.society.civil_servants[person.index].id), person.handle)
    if person.audience.instagram is not None and world.network("INSTAGRAM") is None:
        yield LinkedAccount("INSTAGRAM", instagram_id, f"{person.handle.lower()}.ig")
    if person.audience.friends is not None and world.network("FACEBOOK") is None:
        yield LinkedAccount("FACEBOOK", facebook_id, f"{person.handle.lower().replace('_', '.')}")
    for network in world.siblings:
        if account := network.members.get(person.index):
            figure = account.followers_count, network.customs.audience_source
            native_id = network.customs.account_id(account)
            handle = network.customs.full_handle(account)
            yield LinkedAccount(network.platform, native_id, handle, figure)
