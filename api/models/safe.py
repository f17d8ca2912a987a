"""Sealing of whatever else must not be readable in the database: addresses, files."""

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.settings import Secrets

_NONCE_BYTES = 12


def derived(key: str, purpose: str) -> bytes:
    """Return the 32 bytes that a deployment key gives for one purpose."""
    info = f"gema/{purpose}/v1".encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(
        bytes.fromhex(key)
    )


@dataclass(frozen=True, slots=True)
class Safe:
    """Seals values for one purpose, each bound to where it lies: elsewhere it does not open."""

    secrets: Secrets
    purpose: str

    def seal(self, place: str, value: bytes) -> bytes:
        """Return key number, nonce, ciphertext and tag."""
        keys = self.secrets.encryption_keys
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return bytes([len(keys)]) + nonce + self._box(keys[0]).encrypt(nonce, value, place.encode())

    def open(self, place: str, sealed: bytes) -> bytes:
        """Return the value.

        Raises:
            cryptography.exceptions.InvalidTag: it was changed or belongs to another place.
        """
        keys = self.secrets.encryption_keys
        nonce, box = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        return self._box(keys[len(keys) - sealed[0]]).decrypt(nonce, box, place.encode())

    def _box(self, key: str) -> AESGCMSIV:
        return AESGCMSIV(derived(key, self.purpose))


def address_safe(secrets_of: Secrets) -> Safe:
    """Return the safe of e-mail addresses; the place is `asn:<id>`."""
    return Safe(secrets_of, "address")


def file_safe(secrets_of: Secrets) -> Safe:
    """Return the safe of exported files; the place is `export:<id>`."""
    return Safe(secrets_of, "export")
