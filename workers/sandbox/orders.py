"""Control requests, read from JSON and checked."""

from dataclasses import replace
from typing import Any

import orjson

from workers.sandbox.clock import unix_seconds
from workers.sandbox.world import WorldSpec

Json = dict[str, Any]
_SPEC_WORDS = {
    "seed": "seed",
    "people": "person_count",
    "posts": "post_count",
    "citizens": "citizen_count",
    "strangers": "stranger_count",
}


class Unusable(Exception):
    """A control request says something that has no meaning here."""


def read_object(body: bytes) -> Json:
    """Return the JSON object of a request; no body is an empty one."""
    try:
        order = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise Unusable("the body is not JSON") from None
    if not isinstance(order, dict):
        raise Unusable("the body must be an object")
    return order


def as_list(order: Json, name: str) -> list[Json]:
    """Return the objects of a list, or the one object that stands for it."""
    orders = order.get(name, [order])
    if not isinstance(orders, list) or not all(isinstance(each, dict) for each in orders):
        raise Unusable(f"{name} must be a list of objects")
    return orders


def whole_number(order: Json, name: str, *, at_least: int, default: int | None = None) -> int:
    """Return a whole number."""
    number = order.get(name, default)
    if isinstance(number, bool) or not isinstance(number, int) or number < at_least:
        raise Unusable(f"{name} must be a whole number, at least {at_least}")
    return number


def changed_spec(spec: WorldSpec, order: Json) -> WorldSpec:
    """Return a spec with the settings of a reset."""
    unknown = order.keys() - _SPEC_WORDS.keys() - {"epoch", "live", "networks"}
    if unknown:
        raise Unusable(f"unknown settings: {', '.join(sorted(unknown))}")
    changes: Json = {
        _SPEC_WORDS[name]: whole_number(order, name, at_least=0)
        for name in order.keys() & _SPEC_WORDS.keys()
    }
    changes["is_live"] = order.get("live", spec.is_live) is True
    if "networks" in order:
        changes["networks"] = tuple(map(str, order["networks"]))
    try:
        if "epoch" in order:
            changes["epoch"] = unix_seconds(str(order["epoch"]))
        return replace(spec, **changes)
    except ValueError as problem:
        raise Unusable(str(problem)) from None
