"""What the invited may answer, and what becomes of the mails to them."""

from enum import StrEnum


class MailState(StrEnum):
    """What became of the latest mail about an invitation."""

    SENDING = "SENDING"
    SENT = "SENT"
    REFUSED = "REFUSED"
    NO_ADDRESS = "NO_ADDRESS"
    NO_CONSENT = "NO_CONSENT"
    OUTDATED = "OUTDATED"


class InvitationAnswer(StrEnum):
    """An answer."""

    ACCEPT = "ACCEPT"
    DECLINE = "DECLINE"
