"""Enums of the domain with the descriptions that the published schema needs."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=type[Enum])


def described(enum: E, description: str, values: Mapping[str, str]) -> E:
    """Make a domain enum a GraphQL enum; every value needs a description.

    Use as `PlatformEnum = described(Platform, "A network.", {"X": "The network X.", …})` once a
    process; annotate fields with the domain enum itself.
    """
    if set(values) != set(enum.__members__):
        raise TypeError(f"{enum.__name__}: describe each value once")
    made = strawberry.enum(enum, description=description)
    for value in made.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return made
