"""Sealed values and keyed hashes of personal data; PostgreSQL sees no key and no plain number."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.settings import Secrets

_NONCE_BYTES = 12
_NUMBERS, _TOKENS = b"gema/nip/enc/v1", b"gema/token/enc/v1"


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals numbers and access tokens, and makes pseudonyms of resharers, with our keys."""

    secrets: Secrets

    def seal_number(self, asn_id: UUID, row_id: UUID, digits: str) -> bytes:
        """Return version, nonce, ciphertext and tag, bound to the person and the row (47 bytes)."""
        keys = self.secrets.encryption_keys
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = _box(keys[0]).encrypt(nonce, digits.encode(), _bound_to(asn_id, row_id))
        return bytes([len(keys)]) + nonce + box

    def open_number(self, asn_id: UUID, row_id: UUID, sealed: bytes) -> str:
        """Return the 18 digits.

        Raises:
            cryptography.exceptions.InvalidTag: the value was changed or belongs to another row.
        """
        keys = self.secrets.encryption_keys
        # The last key of the list is version 1, so that a new key in front gets the next number.
        key = keys[len(keys) - sealed[0]]
        nonce, box = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        return _box(key).decrypt(nonce, box, _bound_to(asn_id, row_id)).decode()

    def seal_token(self, account_id: UUID, token: str) -> bytes:
        """Return the sealed access of an account, bound to it."""
        keys = self.secrets.encryption_keys
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = _box(keys[0], _TOKENS).encrypt(nonce, token.encode(), _bound_to_account(account_id))
        return bytes([len(keys)]) + nonce + box

    def open_token(self, account_id: UUID, sealed: bytes) -> str:
        """Return the access token.

        Raises:
            cryptography.exceptions.InvalidTag: the value was changed or belongs to another account.
        """
        keys = self.secrets.encryption_keys
        key = keys[len(keys) - sealed[0]]
        nonce, box = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        return _box(key, _TOKENS).decrypt(nonce, box, _bound_to_account(account_id)).decode()

    def blind_index(self, digits: str) -> bytes:
        """Return the 16 bytes by which exactly this number is found again."""
        return _keyed_hash(self.secrets.index_key, b"nip\0" + digits.encode())[:16]

    def resharer_key(self, identity: str) -> bytes:
        """Return the pseudonym of a resharer: `asn:<id>` when linked, else `<platform>:<id>`."""
        return _keyed_hash(self.secrets.resharer_key, identity.encode())


def _box(key: str, purpose: bytes = _NUMBERS) -> AESGCMSIV:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return AESGCMSIV(derived.derive(bytes.fromhex(key)))


def _bound_to(asn_id: UUID, row_id: UUID) -> bytes:
    return f"asn:{asn_id}:nip:{row_id}".encode()


def _bound_to_account(account_id: UUID) -> bytes:
    return f"account:{account_id}:token".encode()


def _keyed_hash(key: str, message: bytes) -> bytes:
    return hmac.new(bytes.fromhex(key), message, hashlib.sha256).digest()
