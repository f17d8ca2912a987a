"""Print docker/env.example with a new random value behind every name.

python3 docker/new_secrets.py > docker/.env
"""

import re
import secrets
import sys
from pathlib import Path

_EMPTY = re.compile(r"^([A-Z_]+=)$", re.MULTILINE)


def filled(example: str) -> str:
    """Return the text with 32 random bytes, as hexadecimal text, for each empty value."""
    return _EMPTY.sub(lambda match: match[1] + secrets.token_hex(32), example)


if __name__ == "__main__":
    sys.stdout.write(filled((Path(__file__).parent / "env.example").read_text()))
