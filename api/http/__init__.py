"""Everything that is served beside GraphQL."""

from starlette.routing import BaseRoute, Route

from api.http.badges import badge
from api.http.console import console_file
from api.http.exports import Authenticate, ExportFiles
from api.http.health import Readiness, livez
from api.http.invitations import ReplyPage, TicketKeys
from api.http.logins import LoginCallback
from api.http.metrics import Meters
from api.http.webhooks import Webhooks
from api.settings import Settings


def routes(
    settings: Settings,
    readiness: Readiness,
    authenticate: Authenticate,
    meters: Meters,
    *,
    has_console: bool,
) -> list[BaseRoute]:
    """Return the routes beside /graphql."""
    served: list[BaseRoute] = [
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readiness.answer, methods=["GET"]),
        Route("/metrics", meters.page, methods=["GET"]),
        Route("/badges/{code}", badge, methods=["GET"]),
        Route("/exports/{id}", ExportFiles(settings, authenticate).file, methods=["GET"]),
        Route("/i/{token}", ReplyPage(settings).page, methods=["GET", "POST"]),
        Route("/webhooks/{platform}", Webhooks(settings).answer, methods=["GET", "POST"]),
        Route(
            "/accounts/callback/{platform}",
            LoginCallback(settings).page,
            methods=["GET", "POST"],
        ),
        Route("/tickets/keys", TicketKeys(settings).page, methods=["GET"]),
    ]
    if has_console:
        served.append(Route("/console/{name}", console_file, methods=["GET"]))
    return served
