"""The `fields` parameter: names, each perhaps with arguments and fields of its own."""

from dataclasses import dataclass
from typing import Any

from workers.sandbox.graph.errors import PARAMETER, GraphError

Json = dict[str, Any]
_OPENING, _CLOSING = "({", ")}"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `name.argument(value){inner}`."""

    name: str
    argument: str = ""
    value: str = ""
    inner: str = ""


def fields(text: str, default: str) -> tuple[Field, ...]:
    """Read a list of fields; an empty one stands for the default."""
    return tuple(_field(part) for part in _parts(text or default) if part)


def chosen(whole: Json, text: str, default: str) -> Json:
    """Return an object with the fields that were asked for, and always its id.

    Raises:
        GraphError: there is no such field.
    """
    wanted = [field.name for field in fields(text, default)]
    for name in wanted:
        if name not in whole:
            raise GraphError(PARAMETER, f"(#100) Tried accessing nonexisting field ({name})")
    names = dict.fromkeys((*wanted, "id"))
    return {name: whole[name] for name in names if whole.get(name) is not None}


def _parts(text: str) -> list[str]:
    parts, depth = [""], 0
    for character in text:
        depth += (character in _OPENING) - (character in _CLOSING)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    if depth:
        raise GraphError(2500, "Syntax error in the fields parameter")
    return [part.strip() for part in parts]


def _field(part: str) -> Field:
    head, _, inner = part.partition("{")
    head, _, value = head.partition("(")
    name, _, argument = head.partition(".")
    return Field(name, argument, value.rstrip(")"), inner.removesuffix("}"))
