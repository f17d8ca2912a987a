"""What a start leaves for the next one: ports, passwords and the processes it started."""

import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from api.errors import StartupFailure
from api.local import ports
from api.local.files import write_private, write_private_once
from api.local.identity import Identity

PORT_NAMES = ("postgres", "valkey", "sandbox")
PASSWORD_NAMES = ("postgres", "gema", "valkey")


@dataclass(slots=True)
class State:
    """The content of `state.json`, private because of the passwords."""

    ports: dict[str, int]
    passwords: dict[str, str]
    processes: dict[str, Identity] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    """The data directories that the launcher made; it changes and removes no others."""
    has_role: bool = False
    """Whether role and database `gema` stand."""

    def save(self, path: Path) -> None:
        write_private(path, json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> "State":
        """Read the state, or begin one.

        Raises:
            StartupFailure: code STATE_UNREADABLE.
        """
        text = path.read_text() if path.exists() else _begin(path)
        try:
            values = json.loads(text)
            processes = {name: Identity(**each) for name, each in values.pop("processes").items()}
            return cls(**values, processes=processes)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise StartupFailure(
                "STATE_UNREADABLE", f"{path} is damaged: restore it, or move it and the data away."
            ) from None


def _begin(path: Path) -> str:
    state = State(
        ports={name: ports.choose() for name in PORT_NAMES},
        passwords={name: secrets.token_hex(24) for name in PASSWORD_NAMES},
    )
    return write_private_once(path, json.dumps(asdict(state), indent=1))
