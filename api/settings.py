"""Every setting, read once from the environment. The only module that knows the environment."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent


class SettingRefused(Exception):
    """A setting is missing or impossible; the command line shows code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Secrets:
    """Key material, each as hexadecimal text. Development keys are made by `gema run`."""

    encryption_keys: tuple[str, ...]
    """32 bytes each; the first seals, all open. `ENC_KEYS`, separated by commas."""
    index_key: str
    """Blind index of employee numbers. `INDEX_KEY`."""
    cursor_keys: tuple[str, ...]
    """Seals paging cursors; the first seals, all open. `CURSOR_KEYS`."""
    resharer_key: str
    """Pseudonyms of citizens who reshare. `RESHARER_KEY`."""


@dataclass(frozen=True, slots=True)
class Access:
    """How callers prove who they are and what they may reach."""

    mode: str
    """`dev` or `oidc`. `AUTH_MODE`."""
    issuer: str
    audience: str
    jwks_url: str | None
    dev_key_file: Path
    introspection: str
    """`auth`, `open` or `off`. `INTROSPECTION`."""
    allow_get: bool
    cors_origins: tuple[str, ...]
    has_console: bool
    """Whether a browser gets GraphiQL at /graphql. `CONSOLE`."""


@dataclass(frozen=True, slots=True)
class XPlatform:
    """The X connector. Only the base URL differs between the sandbox and the real service."""

    is_enabled: bool
    base_url: str
    bearer_token: str
    licence: str
    """`none` or `enterprise`; with `none` only a loopback base URL is called. `GEMA_X_LICENCE`."""
    vocabulary: str
    """`post` or `tweet`: the words in requests. `GEMA_X_VOCABULARY`."""
    monthly_cap_micro_usd: int
    """Paid reads stop at this sum; 0 outside the sandbox until an operator sets one."""


@dataclass(frozen=True, slots=True)
class BlueskyPlatform:
    """The Bluesky connector; public reads need no token."""

    is_enabled: bool
    base_url: str
    """The AppView. `GEMA_BLUESKY_BASE_URL`."""
    pds_url: str
    """Where accounts keep their records; empty: nobody is asked. `GEMA_BLUESKY_PDS_URL`."""


@dataclass(frozen=True, slots=True)
class MastodonPlatform:
    """The Mastodon connector; only hosts that are named here are ever asked."""

    is_enabled: bool
    hosts: tuple[tuple[str, str], ...]
    """Host and base URL, the first is asked about posts of elsewhere. `GEMA_MASTODON_HOSTS`."""
    tokens: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Host and application token, for hosts that ask for one. `GEMA_MASTODON_TOKENS`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All that may vary between deployments."""

    environment: str
    database_url: str
    redis_url: str
    home: Path
    public_url: str
    time_zone: str
    eligibility_policy: str
    lease_seconds: int
    poll_seconds: int | None
    secrets: Secrets
    access: Access
    x: XPlatform
    bluesky: BlueskyPlatform
    mastodon: MastodonPlatform
    sandbox_url: str | None
    click_log: str
    """`buffer`, `valkey` or `row`: when a visit of a link is safe. `GEMA_CLICK_LOG`."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; a missing or impossible value names its variable.

        Raises:
            SettingRefused: code SETTING_MISSING or SETTING_INVALID.
        """
        read = _Reader(os.environ if env is None else env)
        environment = read.choice("ENV", "development", ("development", "production"))
        home = Path(read.text("GEMA_HOME", str(default_home())))
        return cls(
            environment=environment,
            database_url=read.required("DATABASE_URL"),
            redis_url=read.required("REDIS_URL"),
            home=home,
            public_url=read.text("GEMA_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/"),
            time_zone=read.text("GEMA_TIME_ZONE", "Asia/Jakarta"),
            eligibility_policy=read.text("GEMA_ELIGIBILITY_POLICY", "kominfo-2019"),
            lease_seconds=read.number("GEMA_LEASE_SECONDS", 60),
            poll_seconds=read.optional_number("GEMA_POLL_SECONDS"),
            secrets=_secrets(read),
            access=_access(read, environment, home),
            x=_x(read),
            bluesky=_bluesky(read),
            mastodon=_mastodon(read),
            sandbox_url=read.optional("GEMA_SANDBOX_URL"),
            click_log=read.choice("GEMA_CLICK_LOG", "buffer", ("buffer", "valkey", "row")),
        )

    @property
    def is_production(self) -> bool:
        """Tell whether development shortcuts are refused."""
        return self.environment == "production"


def default_home() -> Path:
    """Return where local state lives.

    In the checkout, or for root under /var/lib (see docs/reference).
    """
    if os.geteuid() != 0:
        return CHECKOUT / ".gema"
    digest = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:12]
    return Path("/var/lib/gema") / digest


def process_environment() -> dict[str, str]:
    """Return a copy of the environment for child processes and `Settings.from_env`."""
    return dict(os.environ)


class _Reader:
    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def optional(self, name: str) -> str | None:
        return self._env.get(name) or None

    def text(self, name: str, default: str) -> str:
        return self._env.get(name) or default

    def required(self, name: str) -> str:
        if value := self._env.get(name):
            return value
        raise SettingRefused("SETTING_MISSING", f"The environment variable {name} is not set.")

    def names(self, name: str, default: str = "") -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        parts = (part.partition("=") for part in self.names(name))
        return tuple((key.strip(), value.strip()) for key, _, value in parts)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            wanted = ", ".join(allowed)
            raise SettingRefused("SETTING_INVALID", f"{name} must be one of {wanted}.")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        return self.choice(name, str(default).lower(), ("true", "false")) == "true"

    def optional_number(self, name: str) -> int | None:
        return None if self.optional(name) is None else self.number(name, 0)

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isdigit():
            raise SettingRefused("SETTING_INVALID", f"{name} must be a whole number.")
        return int(text)


def _secrets(read: _Reader) -> Secrets:
    read.required("ENC_KEYS")
    read.required("CURSOR_KEYS")
    return Secrets(
        encryption_keys=read.names("ENC_KEYS"),
        index_key=read.required("INDEX_KEY"),
        cursor_keys=read.names("CURSOR_KEYS"),
        resharer_key=read.required("RESHARER_KEY"),
    )


def _access(read: _Reader, environment: str, home: Path) -> Access:
    is_production = environment == "production"
    mode = read.choice("AUTH_MODE", "oidc" if is_production else "dev", ("dev", "oidc"))
    if is_production and mode == "dev":
        raise SettingRefused("SETTING_INVALID", "AUTH_MODE=dev is refused with ENV=production.")
    is_oidc = mode == "oidc"
    return Access(
        mode=mode,
        issuer=read.required("OIDC_ISSUER") if is_oidc else "dev-local",
        audience=read.required("OIDC_AUDIENCE") if is_oidc else "gema",
        jwks_url=read.required("OIDC_JWKS_URL") if is_oidc else None,
        dev_key_file=Path(read.text("GEMA_DEV_KEY_FILE", str(home / "dev-key.json"))),
        introspection=read.choice(
            "INTROSPECTION", "auth" if is_production else "open", ("auth", "open", "off")
        ),
        allow_get=read.flag("ALLOW_GET", default=False),
        cors_origins=read.names("CORS_ORIGINS"),
        has_console=read.flag("CONSOLE", default=not is_production),
    )


def _x(read: _Reader) -> XPlatform:
    return XPlatform(
        is_enabled=read.flag("GEMA_X_ENABLED", default=True),
        base_url=read.text("GEMA_X_BASE_URL", "https://api.x.com").rstrip("/"),
        bearer_token=read.text("GEMA_X_BEARER_TOKEN", ""),
        licence=read.choice("GEMA_X_LICENCE", "none", ("none", "enterprise")),
        vocabulary=read.choice("GEMA_X_VOCABULARY", "post", ("post", "tweet")),
        monthly_cap_micro_usd=read.number("GEMA_X_MONTHLY_CAP_MICRO_USD", 0),
    )


def _bluesky(read: _Reader) -> BlueskyPlatform:
    pds_url = read.text("GEMA_BLUESKY_PDS_URL", "https://bsky.social")
    return BlueskyPlatform(
        is_enabled=read.flag("GEMA_BLUESKY_ENABLED", default=True),
        base_url=read.text("GEMA_BLUESKY_BASE_URL", "https://public.api.bsky.app").rstrip("/"),
        pds_url="" if pds_url == "none" else pds_url.rstrip("/"),
    )


def _mastodon(read: _Reader) -> MastodonPlatform:
    return MastodonPlatform(
        is_enabled=read.flag("GEMA_MASTODON_ENABLED", default=True),
        hosts=tuple(
            (host.lower(), (url or f"https://{host}").rstrip("/"))
            for host, url in read.pairs("GEMA_MASTODON_HOSTS")
        ),
        tokens=tuple((host.lower(), token) for host, token in read.pairs("GEMA_MASTODON_TOKENS")),
    )


# Read by Tortoise's command line (`tortoise makemigrations`) and completed by
# `api.models.open_database`.
TORTOISE_ORM: dict[str, Any] = {
    "connections": {
        "default": os.environ.get("DATABASE_URL", "postgres://gema@127.0.0.1:5432/gema")
    },
    "apps": {
        "models": {
            "models": ["api.models"],
            "default_connection": "default",
            "migrations": "api.models.migrations",
        }
    },
    "use_tz": True,
    "timezone": "UTC",
}
