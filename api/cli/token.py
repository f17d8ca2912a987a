"""Ids of people as they are written on the command line."""

from uuid import UUID

from api.cli.ids import key_of


def asn_key(text: str) -> UUID:
    """Return the key of a civil servant from the API's opaque id or from a UUID.

    Raises:
        Invalid: it is neither.
    """
    return key_of(text, "Asn", "--asn takes the id of a civil servant")
