"""Secrets of a development installation, made once. Production brings its own."""

import json
import secrets
from pathlib import Path

from api.errors import StartupFailure
from api.local.files import write_private_once

NAMES = ("ENC_KEYS", "INDEX_KEY", "CURSOR_KEYS", "RESHARER_KEY")
_BYTES = 32


def development_keys(path: Path) -> dict[str, str]:
    """Return the secrets kept in a private file, which is made where it is missing.

    Raises:
        StartupFailure: code KEYS_UNREADABLE.
    """
    text = path.read_text() if path.exists() else _make(path)
    try:
        kept = json.loads(text)
        return {name: str(kept[name]) for name in NAMES}
    except (ValueError, TypeError, KeyError):
        raise StartupFailure(
            "KEYS_UNREADABLE",
            f"{path} is damaged. Restore it: sealed employee numbers cannot be read without it.",
        ) from None


def _make(path: Path) -> str:
    keys = {name: secrets.token_hex(_BYTES) for name in NAMES}
    return write_private_once(path, json.dumps(keys, indent=1))
