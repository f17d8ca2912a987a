"""Print the part of requirements.lock that an image needs, hashes and all.

    python docker/lock_part.py              what the programs import
    python docker/lock_part.py hatchling    what builds the wheel

The repository has one lock for everybody. Under each package it says who asks for it (`# via`), so
a package belongs to the part if a root leads to it. Roots are the dependencies of pyproject.toml
without its extras, or the names given.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_ASKED_BY = re.compile(r"^ +# (?:via)? *([A-Za-z0-9._-]+)", re.MULTILINE)


def entries(lock: str) -> list[tuple[str, str]]:
    """Return name and text of each entry; a package may have one for each kind of machine."""
    found = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    return [(entry.partition("==")[0], entry) for entry in found if "==" in entry]


def part(lock: str, roots: set[str]) -> str:
    """Return the entries that the roots lead to, in the order of the lock."""
    known = entries(lock)
    if missing := roots - {name for name, _ in known}:
        sys.exit(f"not in the lock: {', '.join(sorted(missing))}")
    kept, grown = set[str](), set(roots)
    while kept != grown:
        kept = set(grown)
        grown |= {name for name, entry in known if kept & set(_ASKED_BY.findall(entry))}
    return "".join(entry for name, entry in known if name in kept)


def dependencies() -> set[str]:
    """Return the names of what pyproject.toml asks for without extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    matches = (_NAME.match(each) for each in project["dependencies"])
    return {match[0].lower() for match in matches if match}


if __name__ == "__main__":
    sys.stdout.write(
        part((ROOT / "requirements.lock").read_text(), set(sys.argv[1:]) or dependencies())
    )
