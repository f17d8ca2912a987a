"""Opaque global ids: base64 of `Type:uuid`, the same everywhere in the API.

Text that is not such an id is BAD_USER_INPUT. A well-formed id of another type is treated like the
id of a row that does not exist: `uuid_of` then gives `NOWHERE`, which no row has, so that the same
statement runs and the same answer comes back.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Annotated, TypeAlias
from uuid import UUID

import strawberry
from strawberry import UNSET

from api.errors import BadUserInput

NOWHERE = UUID(int=0)

_FORM = re.compile(r"([A-Z][A-Za-z]{0,63}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_LONGEST = 160

IdArgument: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="Opaque id.")]


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The parts of an opaque id."""

    type_name: str
    uuid: UUID


@strawberry.interface(description="An object with a global id.")
class Node:
    """Anything that `node(id:)` can find; every row of a connection implements it."""

    id: strawberry.ID = strawberry.field(description="Opaque global id.")


def encode_id(type_name: str, uuid: UUID) -> strawberry.ID:
    """Return the opaque id of an object."""
    return strawberry.ID(base64.b64encode(f"{type_name}:{uuid}".encode()).decode())


def decode_id(text: str, argument: str = "id") -> GlobalId:
    """Return the parts of an opaque id.

    Raises:
        BadUserInput: the text is not an id; names the argument.
    """
    form = _FORM.fullmatch(_decoded(text))
    if form is None:
        raise BadUserInput("Malformed id", argument=argument)
    return GlobalId(form[1], UUID(form[2]))


def uuid_of(text: str, type_name: str, argument: str = "id") -> UUID:
    """Return the key of an object of one type, or `NOWHERE` for an id of another type."""
    found = decode_id(text, argument)
    return found.uuid if found.type_name == type_name else NOWHERE


def uuid_if_given(text: str | None, type_name: str, argument: str) -> UUID | None:
    """Return the key of an optional id; only an absent one gives nothing."""
    return None if text is None or text is UNSET else uuid_of(text, type_name, argument)


def _decoded(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
        return raw.decode("ascii") if base64.b64encode(raw).decode() == text else ""
    except (binascii.Error, UnicodeError):
        return ""
