"""Everything that is served beside GraphQL."""

from starlette.routing import BaseRoute, Route

from api.http.badges import badge
from api.http.console import console_file
from api.http.health import Readiness, livez


def routes(readiness: Readiness, *, has_console: bool) -> list[BaseRoute]:
    """Return the routes beside /graphql."""
    served: list[BaseRoute] = [
        Route("/livez", livez, methods=["GET"]),
        Route("/readyz", readiness.answer, methods=["GET"]),
        Route("/badges/{code}", badge, methods=["GET"]),
    ]
    if has_console:
        served.append(Route("/console/{name}", console_file, methods=["GET"]))
    return served
