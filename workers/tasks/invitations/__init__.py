"""Sends mails about invitations, and lets time do its part.

letter (what a mail says, in Indonesian and English), calendar (the .ics file), message (the MIME
message with its attachments).
"""

from uuid import UUID

from api.actions.invitations import Mail, MailKind, begin_mail, end_mail, expire_invitations
from workers.platforms.mail import MailRefused
from workers.tasks.invitations.message import message_of
from workers.tasks.kit import Kit, Work


async def send_invitation(kit: Kit, work: Work) -> None:
    """Send one mail; a repeat after a crash carries the same message id."""
    args = work.args
    mail = Mail(UUID(args["invitation_id"]), MailKind(args["kind"]), int(args["version"]))
    letter = await begin_mail(work.lease, mail, kit.settings.secrets)
    if letter is None:
        return
    try:
        await kit.mailer.send(message_of(letter, kit.settings))
    except MailRefused:
        await end_mail(work.lease, mail, is_refused=True)
    else:
        await end_mail(work.lease, mail)


async def expire(_kit: Kit, work: Work) -> None:
    """Let the unanswered invitations of a list expire and call the next."""
    await expire_invitations(work.lease, UUID(work.args["invite_list_id"]))
