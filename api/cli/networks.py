"""The settings with which all five networks are the simulated ones."""

from collections.abc import Iterator

_APP_TOKEN = "sandbox-app-token"  # noqa: S105 (the simulated networks let everybody in)
_APP_SECRET = "sandbox-app-secret"  # noqa: S105 (as above)
_CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 (as above)
_OWN = "sandbox-user-"
_CAP_MICRO_USD = 1_000_000_000
_MASTODON_HOST = "sosial.contoh.id"
_VERSION = "v26.0"
_MINISTRIES = ("kemkescontoh", "kempencontoh")


def simulated_networks(url: str) -> dict[str, str]:
    """Return the environment for a sandbox at an address; nothing real is called with it."""
    accounts = ",".join(f"{name}.ig={_OWN}{name}.ig" for name in _MINISTRIES)
    return {
        "GEMA_SANDBOX_URL": url,
        "GEMA_X_BASE_URL": f"{url}/x",
        "GEMA_X_BEARER_TOKEN": _APP_TOKEN,
        "GEMA_X_CONSUMER_SECRET": _APP_SECRET,
        "GEMA_X_MONTHLY_CAP_MICRO_USD": str(_CAP_MICRO_USD),
        "GEMA_FACEBOOK_BASE_URL": f"{url}/facebook",
        "GEMA_FACEBOOK_VERSION": _VERSION,
        "GEMA_FACEBOOK_APP_SECRET": _APP_SECRET,
        "GEMA_FACEBOOK_SYSTEM_TOKEN": f"{_OWN}{_MINISTRIES[0]}",
        "GEMA_FACEBOOK_VERIFY_TOKEN": "sandbox-verify-token",
        "GEMA_INSTAGRAM_BASE_URL": f"{url}/instagram",
        "GEMA_INSTAGRAM_DISCOVERY_URL": f"{url}/instagram",
        "GEMA_INSTAGRAM_VERSION": _VERSION,
        "GEMA_INSTAGRAM_APP_SECRET": _APP_SECRET,
        "GEMA_INSTAGRAM_ACCOUNTS": accounts,
        "GEMA_INSTAGRAM_VERIFY_TOKEN": "sandbox-verify-token",
        "GEMA_BLUESKY_BASE_URL": f"{url}/bluesky",
        "GEMA_BLUESKY_PDS_URL": f"{url}/bluesky",
        "GEMA_MASTODON_HOSTS": f"{_MASTODON_HOST}={url}/mastodon",
        "GEMA_MASTODON_TOKENS": f"{_MASTODON_HOST}={_APP_TOKEN}",
        **dict(_logins(url)),
    }


def _logins(url: str) -> Iterator[tuple[str, str]]:
    places = {
        "X": ("/x/i/oauth2/authorize", "/x/2/oauth2/token", "/x/2/oauth2/revoke"),
        "FACEBOOK": (
            f"/facebook/{_VERSION}/dialog/oauth",
            f"/facebook/{_VERSION}/oauth/access_token",
            f"/facebook/{_VERSION}/me/permissions",
        ),
        "INSTAGRAM": ("/instagram/oauth/authorize", "/instagram/oauth/access_token", ""),
        "BLUESKY": ("/bluesky/oauth/authorize", "/bluesky/oauth/token", "/bluesky/oauth/revoke"),
        "MASTODON": (
            "/mastodon/oauth/authorize",
            "/mastodon/oauth/token",
            "/mastodon/oauth/revoke",
        ),
    }
    for network, addresses in places.items():
        yield f"GEMA_{network}_CLIENT_ID", "sandbox-client"
        yield f"GEMA_{network}_CLIENT_SECRET", _CLIENT_SECRET
        for word, address in zip(("AUTHORIZE", "TOKEN", "REVOKE"), addresses, strict=True):
            yield f"GEMA_{network}_{word}_URL", f"{url}{address}" if address else ""
