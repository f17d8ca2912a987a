"""The only code that speaks to networks: one connector each, all of one shape."""

from api.domain.platform import Platform
from api.errors import StartupFailure
from api.settings import Settings
from workers.platforms.base import Connector, MissingPermission
from workers.platforms.transport import ClientTools, has_safe_scheme
from workers.platforms.x import XConnector

__all__ = ["ClientTools", "Connector", "connector_for"]


def connector_for(platform: Platform, settings: Settings, tools: ClientTools) -> Connector:
    """Build the connector of a network. Make one for each process and close it at the end.

    Raises:
        StartupFailure: the base URL is not encrypted and not on this machine.
        MissingPermission: Gema has no connector for this network yet.
    """
    if platform is not Platform.X:
        raise MissingPermission(f"no connector for {platform}")
    if not has_safe_scheme(settings.x.base_url):
        raise StartupFailure("SETTING_INVALID", "GEMA_X_BASE_URL must start with https://.")
    return XConnector(settings.x, tools)
