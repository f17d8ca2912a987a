"""The `state` of a login at a network: signed here, and bound to the person and the network.

Its nonce is the S256 code challenge of the same login. Both are public, and so one column holds
them; the verifier behind the challenge never leaves the database unsealed.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

from api.models.safe import derived
from api.settings import Secrets

_MAC_BYTES = 16
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class LoginStates:
    """Signs and checks with the deployment's keys; the first signs, all are accepted."""

    secrets: Secrets

    def sign(self, platform: str, asn_id: UUID, nonce: str) -> str:
        """Return the state that goes to the network and comes back."""
        return f"{nonce}.{_mac(self.secrets.encryption_keys[0], platform, asn_id, nonce)}"

    def is_signed(self, platform: str, asn_id: UUID, state: str) -> bool:
        """Tell whether a state was made here, for this person and this network."""
        nonce, _, given = state.partition(".")
        macs = (_mac(key, platform, asn_id, nonce) for key in self.secrets.encryption_keys)
        return any(hmac.compare_digest(given.encode(), mac.encode()) for mac in macs)


def nonce_of(state: str) -> str:
    """Return the part of a state by which its login is found; empty for what is none of ours."""
    nonce, dot, _ = state.partition(".")
    return nonce if dot and state.isascii() and len(state) <= _LONGEST else ""


def _mac(key: str, platform: str, asn_id: UUID, nonce: str) -> str:
    body = f"{platform}:{asn_id}:{nonce}".encode()
    digest = hmac.new(derived(key, "login-state"), body, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).rstrip(b"=").decode()
