"""The only code that speaks to networks: one connector each, all of one shape."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from api.domain.platform import Platform
from api.errors import StartupFailure
from api.settings import Settings
from workers.platforms.base import Connector
from workers.platforms.bluesky import BlueskyConnector
from workers.platforms.facebook import FacebookConnector
from workers.platforms.instagram import InstagramConnector
from workers.platforms.logins import LoginServer
from workers.platforms.mastodon import MastodonConnector
from workers.platforms.transport import ClientTools, has_safe_scheme
from workers.platforms.x import XConnector

__all__ = ["ClientTools", "Connector", "connector_for", "enabled_platforms", "login_servers"]

Addresses = Iterable[tuple[str, str]]


def connector_for(platform: Platform, settings: Settings, tools: ClientTools) -> Connector:
    """Build the connector of a network. Make one for each process and close it at the end.

    Raises:
        StartupFailure: the base URL is not encrypted and not on this machine.
    """
    network = _NETWORKS[platform]
    for variable, url in network.addresses(settings):
        if not has_safe_scheme(url):
            raise StartupFailure("SETTING_INVALID", f"{variable} must start with https://.")
    return network.build(settings, tools)


def enabled_platforms(settings: Settings) -> tuple[Platform, ...]:
    """Return the networks that are switched on by `GEMA_<PLATFORM>_ENABLED`."""
    switches = {
        Platform.X: settings.x.is_enabled,
        Platform.FACEBOOK: settings.facebook.is_enabled,
        Platform.INSTAGRAM: settings.instagram.is_enabled,
        Platform.BLUESKY: settings.bluesky.is_enabled,
        Platform.MASTODON: settings.mastodon.is_enabled and bool(settings.mastodon.hosts),
    }
    return tuple(platform for platform, is_enabled in switches.items() if is_enabled)


def login_servers(settings: Settings, tools: ClientTools) -> dict[Platform, LoginServer]:
    """Build the authorisation servers of the networks with which holders may log in."""
    apps = {platform: settings.login_of(platform.value) for platform in Platform}
    proof_secret = settings.facebook.app_secret
    return {
        platform: LoginServer(platform, app, tools, proof_secret)
        for platform, app in apps.items()
        if app.is_offered
    }


@dataclass(frozen=True, slots=True)
class _Network:
    """Which settings hold base URLs, and what builds the connector."""

    addresses: Callable[[Settings], Addresses]
    build: Callable[[Settings, ClientTools], Connector]


def _x_addresses(settings: Settings) -> Addresses:
    yield "GEMA_X_BASE_URL", settings.x.base_url


def _facebook_addresses(settings: Settings) -> Addresses:
    yield "GEMA_FACEBOOK_BASE_URL", settings.facebook.base_url


def _instagram_addresses(settings: Settings) -> Addresses:
    yield "GEMA_INSTAGRAM_BASE_URL", settings.instagram.base_url
    yield "GEMA_INSTAGRAM_DISCOVERY_URL", settings.instagram.discovery_url


def _bluesky_addresses(settings: Settings) -> Addresses:
    yield "GEMA_BLUESKY_BASE_URL", settings.bluesky.base_url
    if settings.bluesky.pds_url:
        yield "GEMA_BLUESKY_PDS_URL", settings.bluesky.pds_url


def _mastodon_addresses(settings: Settings) -> Addresses:
    for _, url in settings.mastodon.hosts:
        yield "GEMA_MASTODON_HOSTS", url


_NETWORKS: Mapping[Platform, _Network] = {
    Platform.X: _Network(_x_addresses, lambda all_, tools: XConnector(all_.x, tools)),
    Platform.FACEBOOK: _Network(
        _facebook_addresses, lambda all_, tools: FacebookConnector(all_.facebook, tools)
    ),
    Platform.INSTAGRAM: _Network(
        _instagram_addresses, lambda all_, tools: InstagramConnector(all_.instagram, tools)
    ),
    Platform.BLUESKY: _Network(
        _bluesky_addresses, lambda all_, tools: BlueskyConnector(all_.bluesky, tools)
    ),
    Platform.MASTODON: _Network(
        _mastodon_addresses, lambda all_, tools: MastodonConnector(all_.mastodon, tools)
    ),
}
