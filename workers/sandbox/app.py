"""The sandbox as one application: a mount for each network, and one for control."""

from starlette.applications import Starlette
from starlette.routing import Mount

from workers.sandbox import control, x
from workers.sandbox.bluesky import serve as bluesky
from workers.sandbox.faults import UnknownFault
from workers.sandbox.mastodon import serve as mastodon
from workers.sandbox.network import Refused
from workers.sandbox.orders import Unusable
from workers.sandbox.stage import Stage


def create_app(stage: Stage) -> Starlette:
    """Return the application that plays on a stage."""
    return Starlette(
        routes=[
            Mount("/x", routes=x.routes(stage)),
            Mount("/bluesky", routes=bluesky.routes(stage)),
            Mount("/mastodon", routes=mastodon.routes(stage)),
            Mount("/_sandbox", routes=control.routes(stage)),
        ],
        exception_handlers=dict.fromkeys((Unusable, UnknownFault, Refused), control.refuse),
    )
