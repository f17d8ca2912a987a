"""The MIME message of a mail: text, HTML, calendar file and, for a ticket, the QR code."""

import io
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from zoneinfo import ZoneInfo

import segno

from api.actions.invitations import Letter, MailKind
from api.models.tickets import Reply, Ticket, TicketOffice
from api.settings import Settings
from workers.tasks.invitations.calendar import Appointment, calendar_of
from workers.tasks.invitations.letter import Wording

_QR_SCALE = 6


def message_of(letter: Letter, settings: Settings) -> EmailMessage:
    """Compose a mail; its message id names the mail for good."""
    office = TicketOffice(settings.secrets)
    wording = Wording(letter, ZoneInfo(settings.time_zone), _link(letter, settings, office))
    message = EmailMessage(policy=SMTP)
    message["Subject"] = wording.subject
    message["From"] = settings.mail.sender
    message["To"] = letter.address
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{letter.mail.name}@{_domain(settings.mail.sender)}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(wording.text())
    message.add_alternative(wording.html(), subtype="html")
    _attach_calendar(message, letter, settings)
    if letter.mail.kind is MailKind.TICKET and letter.ticket_nonce is not None:
        _attach_ticket(message, letter, office)
    return message


def _link(letter: Letter, settings: Settings, office: TicketOffice) -> str:
    """Return the reply link of this version; with a ticket it holds until the event starts."""
    is_ticket = letter.mail.kind is MailKind.TICKET
    until = letter.starts_at if is_ticket or letter.answer_by is None else letter.answer_by
    reply = Reply(letter.event_id, letter.mail.invitation_id, letter.mail.version, until)
    return settings.mail.reply_url + office.reply_token(reply)


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "gema.invalid"


def _attach_calendar(message: EmailMessage, letter: Letter, settings: Settings) -> None:
    appointment = Appointment(
        uid=f"{letter.event_id}@{_domain(settings.mail.sender)}",
        title=letter.title,
        starts_at=letter.starts_at,
        ends_at=letter.ends_at,
        venue=letter.venue,
        is_cancelled=letter.mail.kind is MailKind.WITHDRAWAL,
        sequence=letter.mail.version,
    )
    content = calendar_of(appointment, datetime.now(UTC))
    message.add_attachment(content, maintype="text", subtype="calendar", filename="undangan.ics")


def _attach_ticket(message: EmailMessage, letter: Letter, office: TicketOffice) -> None:
    nonce = letter.ticket_nonce or b""
    ticket = office.ticket(Ticket(letter.event_id, letter.mail.invitation_id, nonce))
    picture = io.BytesIO()
    segno.make(ticket, error="m", micro=False).save(picture, kind="png", scale=_QR_SCALE)
    message.add_attachment(
        picture.getvalue(), maintype="image", subtype="png", filename="tiket.png"
    )
