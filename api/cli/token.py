"""Ids of people as they are written on the command line."""

from uuid import UUID

from api.errors import BadUserInput, Invalid
from api.schema.identity import decode_id


def asn_key(text: str) -> UUID:
    """Return the key of a civil servant from the API's opaque id or from a UUID.

    Raises:
        Invalid: it is neither.
    """
    try:
        return UUID(text)
    except ValueError:
        pass
    try:
        found = decode_id(text)
    except BadUserInput:
        raise Invalid("--asn takes the id of a civil servant as the API gives it.") from None
    if found.type_name != "Asn":
        raise Invalid("--asn takes the id of a civil servant, not of another object.")
    return found.uuid
