"""The sandbox as one application: a mount for each network, and one for control."""

from collections.abc import Callable, Mapping

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from workers.sandbox import control, oauth, webhooks, x
from workers.sandbox.bluesky import serve as bluesky
from workers.sandbox.facebook import serve as facebook
from workers.sandbox.faults import UnknownFault
from workers.sandbox.instagram import serve as instagram
from workers.sandbox.mastodon import serve as mastodon
from workers.sandbox.network import Refused
from workers.sandbox.orders import Unusable
from workers.sandbox.stage import Stage

_NETWORKS: Mapping[str, Callable[[Stage], list[Route]]] = {
    "X": x.routes,
    "FACEBOOK": facebook.routes,
    "INSTAGRAM": instagram.routes,
    "BLUESKY": bluesky.routes,
    "MASTODON": mastodon.routes,
}


def create_app(stage: Stage) -> Starlette:
    """Return the application that plays on a stage."""
    return Starlette(
        routes=[
            *(
                Mount(f"/{name.lower()}", routes=[*oauth.routes(stage, name), *routes(stage)])
                for name, routes in _NETWORKS.items()
            ),
            Mount("/_sandbox", routes=[*control.routes(stage), *webhooks.routes(stage)]),
        ],
        exception_handlers=dict.fromkeys((Unusable, UnknownFault, Refused), control.refuse),
    )
