"""Invitations: sent, answered, taken back, expired, checked in at the door.

standing (who holds a seat and who is called for a free one), mails (the row before each mail).
Whoever changes an invitation locks its list first, so that two changes never wait for each other.
"""

from api.actions.invitations.check_in import CheckIn, check_in
from api.actions.invitations.expire import expire_invitations
from api.actions.invitations.keys import reply_of, ticket_keys
from api.actions.invitations.mails import Letter, Mail, begin_mail, end_mail
from api.actions.invitations.post import MailKind
from api.actions.invitations.respond import respond
from api.actions.invitations.send import send_invitations
from api.actions.invitations.withdraw import withdraw_invitation

__all__ = [
    "CheckIn",
    "Letter",
    "Mail",
    "MailKind",
    "begin_mail",
    "check_in",
    "end_mail",
    "expire_invitations",
    "reply_of",
    "respond",
    "send_invitations",
    "ticket_keys",
    "withdraw_invitation",
]
