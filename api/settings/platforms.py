"""The settings of the networks: base URLs, switches, tokens, secrets, and logins for holders."""

from dataclasses import dataclass, field, replace

from api.settings.reader import Reader

GRAPH_VERSION = "v26.0"


@dataclass(frozen=True, slots=True)
class LoginApp:
    """The application with which holders link their accounts by OAuth 2, of one network.

    `GEMA_<PLATFORM>_CLIENT_ID`, `_CLIENT_SECRET`, `_AUTHORIZE_URL`, `_TOKEN_URL`, `_REVOKE_URL`.
    Without a client id there is no such login.
    """

    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    authorize_url: str = ""
    token_url: str = ""
    revoke_url: str = ""
    """Empty: the network has no address at which a token is given back."""
    renew_url: str = ""
    """Where a token alone is exchanged for one that lives longer, if that has its own address."""
    scopes: tuple[str, ...] = ()

    @property
    def is_offered(self) -> bool:
        """Tell whether holders can link their accounts in this way."""
        return bool(self.client_id)


_NO_LOGIN = LoginApp()


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
    consumer_secret: str = field(default="", repr=False)
    """Signs webhooks and answers their challenge. `GEMA_X_CONSUMER_SECRET`."""
    login: LoginApp = _NO_LOGIN


@dataclass(frozen=True, slots=True)
class FacebookPlatform:
    """The Facebook connector."""

    is_enabled: bool
    base_url: str
    version: str
    """The version of the Graph API in every path. `GEMA_FACEBOOK_VERSION`."""
    app_secret: str = field(repr=False)
    """Proves every call and signs webhooks. `GEMA_FACEBOOK_APP_SECRET`."""
    system_token: str = field(repr=False)
    """Of the system user that manages the pages and reads their shares; it knows their tokens.
    `GEMA_FACEBOOK_SYSTEM_TOKEN`."""
    verify_token: str = field(default="", repr=False)
    """What Meta repeats when it checks the webhook. `GEMA_FACEBOOK_VERIFY_TOKEN`."""
    login: LoginApp = _NO_LOGIN


@dataclass(frozen=True, slots=True)
class InstagramPlatform:
    """The Instagram connector."""

    is_enabled: bool
    base_url: str
    """Where accounts are read with their own token. `GEMA_INSTAGRAM_BASE_URL`."""
    discovery_url: str
    """Where official accounts look at others. `GEMA_INSTAGRAM_DISCOVERY_URL`."""
    version: str
    app_secret: str = field(repr=False)
    """Proves every call and signs webhooks. `GEMA_INSTAGRAM_APP_SECRET`."""
    accounts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Official accounts, by id or handle, each with its token. `GEMA_INSTAGRAM_ACCOUNTS`."""
    verify_token: str = field(default="", repr=False)
    login: LoginApp = _NO_LOGIN


@dataclass(frozen=True, slots=True)
class BlueskyPlatform:
    """The Bluesky connector; public reads need no token."""

    is_enabled: bool
    base_url: str
    """The AppView. `GEMA_BLUESKY_BASE_URL`."""
    pds_url: str
    """Where accounts keep their records; empty: nobody is asked. `GEMA_BLUESKY_PDS_URL`."""
    login: LoginApp = _NO_LOGIN


@dataclass(frozen=True, slots=True)
class MastodonPlatform:
    """The Mastodon connector; only hosts that are named here are ever asked."""

    is_enabled: bool
    hosts: tuple[tuple[str, str], ...]
    """Host and base URL, the first is asked about posts of elsewhere. `GEMA_MASTODON_HOSTS`."""
    tokens: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Host and application token, for hosts that ask for one. `GEMA_MASTODON_TOKENS`."""
    login: LoginApp = _NO_LOGIN
    """On the first host."""

    @property
    def host_names(self) -> frozenset[str]:
        """Return the hosts whose posts can be followed."""
        return frozenset(host for host, _ in self.hosts)


def read_x(read: Reader) -> XPlatform:
    """Read what begins with `GEMA_X_`."""
    base_url = read.address("GEMA_X_BASE_URL", "https://api.x.com")
    oauth = f"{base_url}/2/oauth2"
    return XPlatform(
        is_enabled=read.flag("GEMA_X_ENABLED", default=True),
        base_url=base_url,
        bearer_token=read.text("GEMA_X_BEARER_TOKEN", ""),
        licence=read.choice("GEMA_X_LICENCE", "none", ("none", "enterprise")),
        vocabulary=read.choice("GEMA_X_VOCABULARY", "post", ("post", "tweet")),
        monthly_cap_micro_usd=read.number("GEMA_X_MONTHLY_CAP_MICRO_USD", 0),
        consumer_secret=read.text("GEMA_X_CONSUMER_SECRET", ""),
        login=_login(
            read,
            "GEMA_X",
            ("https://x.com/i/oauth2/authorize", f"{oauth}/token", f"{oauth}/revoke"),
            ("tweet.read", "users.read", "offline.access"),
        ),
    )


def read_facebook(read: Reader) -> FacebookPlatform:
    """Read what begins with `GEMA_FACEBOOK_`."""
    base_url = read.address("GEMA_FACEBOOK_BASE_URL", "https://graph.facebook.com")
    version = read.text("GEMA_FACEBOOK_VERSION", GRAPH_VERSION)
    dialog = f"https://www.facebook.com/{version}/dialog/oauth"
    return FacebookPlatform(
        is_enabled=read.flag("GEMA_FACEBOOK_ENABLED", default=True),
        base_url=base_url,
        version=version,
        app_secret=read.text("GEMA_FACEBOOK_APP_SECRET", ""),
        system_token=read.text("GEMA_FACEBOOK_SYSTEM_TOKEN", ""),
        verify_token=read.text("GEMA_FACEBOOK_VERIFY_TOKEN", ""),
        login=_login(
            read,
            "GEMA_FACEBOOK",
            (
                dialog,
                f"{base_url}/{version}/oauth/access_token",
                f"{base_url}/{version}/me/permissions",
            ),
            ("public_profile", "user_friends", "user_posts"),
        ),
    )


def read_instagram(read: Reader) -> InstagramPlatform:
    """Read what begins with `GEMA_INSTAGRAM_`."""
    token_url = "https://api.instagram.com/oauth/access_token"  # noqa: S105 (an address)
    base_url = read.address("GEMA_INSTAGRAM_BASE_URL", "https://graph.instagram.com")
    return InstagramPlatform(
        is_enabled=read.flag("GEMA_INSTAGRAM_ENABLED", default=True),
        base_url=base_url,
        discovery_url=read.address("GEMA_INSTAGRAM_DISCOVERY_URL", "https://graph.facebook.com"),
        version=read.text("GEMA_INSTAGRAM_VERSION", GRAPH_VERSION),
        app_secret=read.text("GEMA_INSTAGRAM_APP_SECRET", ""),
        accounts=read.pairs("GEMA_INSTAGRAM_ACCOUNTS"),
        verify_token=read.text("GEMA_INSTAGRAM_VERIFY_TOKEN", ""),
        login=replace(
            _login(
                read,
                "GEMA_INSTAGRAM",
                ("https://www.instagram.com/oauth/authorize", token_url, ""),
                ("instagram_business_basic", "instagram_business_manage_insights"),
            ),
            renew_url=f"{base_url}/refresh_access_token",
        ),
    )


def read_bluesky(read: Reader) -> BlueskyPlatform:
    """Read what begins with `GEMA_BLUESKY_`."""
    pds_url = read.address("GEMA_BLUESKY_PDS_URL", "https://bsky.social")
    oauth = f"{pds_url}/oauth"
    return BlueskyPlatform(
        is_enabled=read.flag("GEMA_BLUESKY_ENABLED", default=True),
        base_url=read.address("GEMA_BLUESKY_BASE_URL", "https://public.api.bsky.app"),
        pds_url="" if pds_url == "none" else pds_url,
        login=_login(
            read,
            "GEMA_BLUESKY",
            (f"{oauth}/authorize", f"{oauth}/token", f"{oauth}/revoke"),
            ("atproto",),
        ),
    )


def read_mastodon(read: Reader) -> MastodonPlatform:
    """Read what begins with `GEMA_MASTODON_`."""
    hosts = tuple(
        (host.lower(), (url or f"https://{host}").rstrip("/"))
        for host, url in read.pairs("GEMA_MASTODON_HOSTS")
    )
    oauth = f"{hosts[0][1]}/oauth" if hosts else ""
    addresses = (f"{oauth}/authorize", f"{oauth}/token", f"{oauth}/revoke") if oauth else ("",) * 3
    return MastodonPlatform(
        is_enabled=read.flag("GEMA_MASTODON_ENABLED", default=True),
        hosts=hosts,
        tokens=tuple((host.lower(), token) for host, token in read.pairs("GEMA_MASTODON_TOKENS")),
        login=_login(read, "GEMA_MASTODON", addresses, ("read:accounts", "read:statuses")),
    )


def _login(
    read: Reader, stem: str, addresses: tuple[str, ...], scopes: tuple[str, ...]
) -> LoginApp:
    authorize_url, token_url, revoke_url = addresses
    return LoginApp(
        client_id=read.text(f"{stem}_CLIENT_ID", ""),
        client_secret=read.text(f"{stem}_CLIENT_SECRET", ""),
        authorize_url=read.text(f"{stem}_AUTHORIZE_URL", authorize_url),
        token_url=read.text(f"{stem}_TOKEN_URL", token_url),
        revoke_url=read.text(f"{stem}_REVOKE_URL", revoke_url),
        scopes=scopes,
    )
