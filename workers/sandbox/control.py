"""The sandbox's own addresses: what is true, and what shall happen. No network has these."""

from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workers.sandbox import seed
from workers.sandbox.acts import Director
from workers.sandbox.clock import rfc3339
from workers.sandbox.orders import Unusable, as_list, changed_spec, read_object, whole_number
from workers.sandbox.stage import Stage
from workers.sandbox.truth import truth

Json = dict[str, Any]
_LATEST_COUNT = 100


def routes(stage: Stage) -> list[Route]:
    """Return the addresses under /_sandbox."""
    desk = Control(stage)
    return [
        Route("/health", desk.health, methods=["GET"]),
        Route("/truth", desk.truth, methods=["GET"]),
        Route("/clock", desk.clock, methods=["GET", "POST"]),
        Route("/faults", desk.faults, methods=["GET", "POST"]),
        Route("/act", desk.act, methods=["POST"]),
        Route("/reset", desk.reset, methods=["POST"]),
        Route("/log", desk.log, methods=["GET"]),
        Route("/meter", desk.meter, methods=["GET"]),
        Route("/seed", desk.seed_names, methods=["GET"]),
        Route("/seed/{name}", desk.seed_file, methods=["GET"]),
    ]


async def refuse(_request: Request, problem: Exception) -> Response:
    """Answer a control request that cannot be carried out."""
    return _json({"error": str(problem)}, 400)


@dataclass(frozen=True, slots=True)
class Control:
    """Answers control requests."""

    stage: Stage

    async def health(self, _request: Request) -> Response:
        """Tell that the sandbox runs, and which world."""
        return _json(self._health())

    async def truth(self, _request: Request) -> Response:
        """Tell what really happened."""
        self.stage.now()
        return _json(truth(self.stage.world))

    async def clock(self, request: Request) -> Response:
        """Read the clock, or advance it by `advanceSeconds`."""
        if request.method == "POST":
            order = read_object(await request.body())
            self.stage.clock.advance(whole_number(order, "advanceSeconds", at_least=0))
        return _json(self._clock())

    async def faults(self, request: Request) -> Response:
        """List all faults, after setting one or several."""
        if request.method == "POST":
            for settings in as_list(read_object(await request.body()), "faults"):
                self._switch(settings)
        return _json({"faults": [fault.to_json() for fault in self.stage.faults.all()]})

    async def act(self, request: Request) -> Response:
        """Let something happen, or several things one after the other."""
        orders = as_list(read_object(await request.body()), "acts")
        now = self.stage.now()
        logins, networks = self.stage.logins, self.stage.world.networks
        directors = {each.platform: Director(each, now, logins) for each in networks}
        return _json({"results": [_director(directors, order).act(order) for order in orders]})

    async def reset(self, request: Request) -> Response:
        """Build a world anew; settings that are not named stay."""
        order = read_object(await request.body())
        self.stage.window_seconds = _window_seconds(order, self.stage.window_seconds)
        self.stage.reset(changed_spec(self.stage.spec, order))
        return _json(self._health())

    async def log(self, request: Request) -> Response:
        """Tell what was asked since the last reset; `tail` limits the latest requests."""
        tail = request.query_params.get("tail", "")
        return _json(self.stage.log.to_json(int(tail) if tail.isdigit() else _LATEST_COUNT))

    async def meter(self, _request: Request) -> Response:
        """Tell what the answers would have cost."""
        return _json(self.stage.meter.to_json())

    async def seed_names(self, _request: Request) -> Response:
        """List the seed files in the order of import."""
        return _json({"files": list(seed.file_names())})

    async def seed_file(self, request: Request) -> Response:
        """Return a seed file."""
        name = str(request.path_params["name"])
        content = seed.file(self.stage.world, name)
        if content is None:
            return _json({"error": "no such file"}, 404)
        media_type = "application/json" if name.endswith(".json") else "text/csv; charset=utf-8"
        return Response(content, media_type=media_type)

    def _switch(self, settings: Json) -> None:
        if settings == {"name": "all", "isOn": False}:
            self.stage.faults.switch_all_off()
        else:
            self.stage.faults.switch(settings)

    def _clock(self) -> Json:
        return {"epoch": rfc3339(self.stage.spec.epoch), "now": rfc3339(self.stage.now())}

    def _health(self) -> Json:
        spec, network = self.stage.spec, self.stage.world.x
        return {
            "status": "ok",
            "seed": spec.seed,
            **self._clock(),
            "people": spec.person_count,
            "programPosts": len(network.program_post_ids),
            "accounts": len(network.accounts),
            "posts": len(network.posts),
            "windowSeconds": self.stage.window_seconds,
            "live": spec.is_live,
        }


def _director(directors: dict[str, Director], order: Json) -> Director:
    director = directors.get(str(order.get("platform", "X")))
    if director is None:
        raise Unusable("this world has no such platform")
    return director


def _window_seconds(order: Json, current: float) -> float:
    seconds = order.pop("windowSeconds", current)
    if not isinstance(seconds, int | float) or seconds <= 0:
        raise Unusable("windowSeconds must be a number above 0")
    return float(seconds)


def _json(body: Json, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
