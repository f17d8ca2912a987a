"""What the invited may answer."""

from enum import StrEnum


class InvitationAnswer(StrEnum):
    """An answer."""

    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"
