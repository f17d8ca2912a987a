"""How invitations leave."""

from dataclasses import dataclass, field
from pathlib import Path

from api.settings.reader import Reader


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail server, or a local folder where nothing leaves the machine; in development only."""

    smtp_url: str | None = field(repr=False)
    """`smtps://user:password@host:465` or `smtp://…`. `GEMA_SMTP_URL`."""
    sender: str
    """`GEMA_MAIL_FROM`."""
    reply_url: str
    """What a reply token is appended to. `GEMA_REPLY_URL`."""
    mailbox: Path | None
    """The folder, a Maildir; none in production or beside a server."""


def read_mail(read: Reader, home: Path, *, is_production: bool) -> Mail:
    """Read the settings of mail."""
    smtp_url = read.optional("GEMA_SMTP_URL")
    public_url = read.text("GEMA_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    return Mail(
        smtp_url=smtp_url,
        sender=read.text("GEMA_MAIL_FROM", "Gema <undangan@gema.invalid>"),
        reply_url=read.text("GEMA_REPLY_URL", f"{public_url}/i/"),
        mailbox=None if smtp_url or is_production else home / "mailbox",
    )
