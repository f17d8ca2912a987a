"""Every setting, read once from the environment. The only module that knows the environment."""

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from api.settings.mail import Mail, read_mail
from api.settings.platforms import (
    BlueskyPlatform,
    FacebookPlatform,
    InstagramPlatform,
    LoginApp,
    MastodonPlatform,
    XPlatform,
    read_bluesky,
    read_facebook,
    read_instagram,
    read_mastodon,
    read_x,
)
from api.settings.reader import Reader, SettingRefused

__all__ = [
    "CHECKOUT",
    "TORTOISE_ORM",
    "Access",
    "BlueskyPlatform",
    "FacebookPlatform",
    "InstagramPlatform",
    "LoginApp",
    "Mail",
    "MastodonPlatform",
    "Secrets",
    "SettingRefused",
    "Settings",
    "XPlatform",
    "default_home",
    "process_environment",
]

CHECKOUT = Path(__file__).resolve().parents[2]


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
    role_claim: str = "role"
    """Claim, or path with dots, that holds one of our roles. `OIDC_ROLE_CLAIM`."""
    agency_claim: str = "agency"
    """Claim with the code of the agency; absent for national staff. `OIDC_AGENCY_CLAIM`."""
    asn_claim: str = "asn"
    """Claim with the key of the civil servant, for the role ASN. `OIDC_ASN_CLAIM`."""
    is_bound_to_loopback: bool = True
    """False when the server is told to listen for other machines (`--host`, `UVICORN_HOST`)."""


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
    facebook: FacebookPlatform
    instagram: InstagramPlatform
    bluesky: BlueskyPlatform
    mastodon: MastodonPlatform
    mail: Mail
    sandbox_url: str | None
    click_log: str
    """`buffer`, `valkey` or `row`: when a visit of a link is safe. `GEMA_CLICK_LOG`."""
    metrics_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """Who may read /metrics. `GEMA_METRICS_NETWORKS`."""
    metrics_operations: tuple[str, ...] = ()
    """Client operations with a label of their own. `GEMA_METRICS_OPERATIONS`."""
    trace_url: str | None = None
    """Where traces go over OTLP; none are made without it. `GEMA_TRACE_URL`."""
    worker_metrics_port: int | None = None
    """Where a worker tells its metrics, on the loopback address. `GEMA_WORKER_METRICS_PORT`."""
    documents: str = "any"
    """`any` or `listed`: which documents may run. `GEMA_DOCUMENTS`."""
    document_manifests: tuple[Path, ...] = ()
    """Files that list documents by SHA-256. `GEMA_DOCUMENT_MANIFESTS`."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; a missing or impossible value names its variable.

        Raises:
            SettingRefused: code SETTING_MISSING or SETTING_INVALID.
        """
        read = Reader(os.environ if env is None else env)
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
            x=read_x(read),
            facebook=read_facebook(read),
            instagram=read_instagram(read),
            bluesky=read_bluesky(read),
            mastodon=read_mastodon(read),
            mail=read_mail(read, home, is_production=environment == "production"),
            sandbox_url=read.optional("GEMA_SANDBOX_URL"),
            click_log=read.choice("GEMA_CLICK_LOG", "buffer", ("buffer", "valkey", "row")),
            metrics_networks=read.names("GEMA_METRICS_NETWORKS", "127.0.0.0/8,::1/128"),
            metrics_operations=read.names("GEMA_METRICS_OPERATIONS"),
            trace_url=read.optional("GEMA_TRACE_URL"),
            worker_metrics_port=read.optional_number("GEMA_WORKER_METRICS_PORT"),
            **_documents(read),
        )

    def login_of(self, platform: str) -> LoginApp:
        """Return the application with which holders of accounts on a network log in."""
        logins = {
            "X": self.x.login,
            "FACEBOOK": self.facebook.login,
            "INSTAGRAM": self.instagram.login,
            "BLUESKY": self.bluesky.login,
            "MASTODON": self.mastodon.login,
        }
        return logins[platform]

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


def _secrets(read: Reader) -> Secrets:
    read.required("ENC_KEYS")
    read.required("CURSOR_KEYS")
    return Secrets(
        encryption_keys=read.names("ENC_KEYS"),
        index_key=read.required("INDEX_KEY"),
        cursor_keys=read.names("CURSOR_KEYS"),
        resharer_key=read.required("RESHARER_KEY"),
    )


def _documents(read: Reader) -> dict[str, Any]:
    documents = read.choice("GEMA_DOCUMENTS", "any", ("any", "listed"))
    manifests = tuple(Path(name) for name in read.names("GEMA_DOCUMENT_MANIFESTS"))
    if documents == "listed" and not manifests:
        message = "GEMA_DOCUMENTS=listed lets nothing run without GEMA_DOCUMENT_MANIFESTS."
        raise SettingRefused("SETTING_INVALID", message)
    return {"documents": documents, "document_manifests": manifests}


def _access(read: Reader, environment: str, home: Path) -> Access:
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
        **_claims(read, is_oidc=is_oidc),
        is_bound_to_loopback=_is_loopback(read),
    )


def _claims(read: Reader, *, is_oidc: bool) -> dict[str, str]:
    given = {
        "role_claim": read.text("OIDC_ROLE_CLAIM", "role"),
        "agency_claim": read.text("OIDC_AGENCY_CLAIM", "agency"),
        "asn_claim": read.text("OIDC_ASN_CLAIM", "asn"),
    }
    return given if is_oidc else {}


def _is_loopback(read: Reader) -> bool:
    """Tell whether the server listens on this machine only, or is published so by somebody else."""
    if read.flag("GEMA_DEV_BEHIND_LOOPBACK", default=False):
        return True
    given = [read.text("UVICORN_HOST", "127.0.0.1")]
    words = [part for word in sys.argv for part in word.split("=", 1)]
    given += [after for before, after in pairwise(words) if before == "--host"]
    return all(host in {"127.0.0.1", "::1", "localhost"} for host in given)


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
