"""From the Authorization header to a viewer.

`Authenticator` is the interface: no header gives nobody, a bad token is refused even for public
fields. `TokenAuthenticator` believes signed access tokens, those of `gema token` or of an OIDC
issuer; `KeyAuthenticator` believes machines' keys and hands everything else on.
"""

from typing import Protocol

from api.actions.api_key import note_key_use
from api.domain.access import Viewer
from api.errors import StartupFailure
from api.http.auth.keys import KeyAuthenticator
from api.http.auth.published import PublishedKeys
from api.http.auth.tokens import AgencyOf, DevAuthenticator, DevKeys, TokenAuthenticator
from api.reads.access import api_key
from api.settings import Settings

__all__ = [
    "Authenticator",
    "DevAuthenticator",
    "DevKeys",
    "KeyAuthenticator",
    "PublishedKeys",
    "TokenAuthenticator",
    "authenticator_of",
]


class Authenticator(Protocol):
    """Tells who sends a request."""

    async def viewer(self, authorization: str | None) -> Viewer | None:
        """Return the caller, or nothing without a header.

        Raises:
            Unauthenticated: the header is there and cannot be believed; carries the reason.
            Unavailable: who sends it cannot be found out now.
        """


def authenticator_of(settings: Settings, agency_of: AgencyOf) -> Authenticator:
    """Return the authenticator that the settings ask for; keys of machines work with each.

    Raises:
        StartupFailure: development tokens in production or for other hosts.
    """
    return KeyAuthenticator(_tokens(settings, agency_of), api_key, note_key_use)


def _tokens(settings: Settings, agency_of: AgencyOf) -> TokenAuthenticator:
    access = settings.access
    if access.mode == "oidc" and access.jwks_url:
        return TokenAuthenticator(access, agency_of, PublishedKeys(access.jwks_url))
    if settings.is_production:
        message = "AUTH_MODE=dev is refused with ENV=production."
        raise StartupFailure("SETTING_INVALID", message)
    if not access.is_bound_to_loopback:
        message = "AUTH_MODE=dev serves this machine only: bind to 127.0.0.1."
        raise StartupFailure("SETTING_INVALID", message)
    return DevAuthenticator(access, agency_of)
