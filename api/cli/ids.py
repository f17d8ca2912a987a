"""Ids as they are written on the command line."""

from uuid import UUID

from api.errors import BadUserInput, Invalid
from api.schema.identity import decode_id


def key_of(text: str, type_name: str, wanted: str) -> UUID:
    """Return the key of an object from the API's opaque id or from a UUID.

    Raises:
        Invalid: it is neither; `wanted` says what it should be.
    """
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        found = decode_id(text)
    except BadUserInput:
        raise Invalid(f"{wanted} as the API gives it.") from None
    if found.type_name != type_name:
        raise Invalid(f"{wanted}, not of another object.")
    return found.uuid
