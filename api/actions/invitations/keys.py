"""What the signed texts say to those who may not hold the keys themselves."""

from api.models.tickets import Reply, TicketOffice
from api.settings import Secrets


def reply_of(keys: Secrets, token: str) -> Reply | None:
    """Return what a reply token says; None if it was not signed here."""
    return TicketOffice(keys).read_reply(token)


def ticket_keys(keys: Secrets) -> list[dict[str, str]]:
    """Return the public keys of tickets as JSON Web Keys."""
    return TicketOffice(keys).public_keys()
