"""Mail: one shape, two ways. A server by SMTP, or a local folder where nothing leaves the machine.

Both take a message under its own message id, so that a repeat is recognised by whoever receives it.
"""

import asyncio
import hashlib
import mailbox
from dataclasses import dataclass, field
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from api.errors import StartupFailure
from api.settings import Mail
from workers.platforms.errors import PlatformError, Transient

TIMEOUT_SECONDS = 20.0
_LASTING = 500
_PORTS = {"smtp": 587, "smtps": 465}


class MailRefused(PlatformError):
    """The server will never take this mail: the address does not exist, or it is blocked."""


class MailNotConfigured(PlatformError):
    """There is no mail server; the message waits as a dead letter until somebody names one."""


class Mailer(Protocol):
    """Sends one mail to one person."""

    async def send(self, message: EmailMessage) -> None:
        """Hand the mail over; when this returns, it has been taken.

        Raises:
            Transient: it may be taken later.
            MailRefused: it will never be taken.
        """


def mailer_for(settings: Mail) -> Mailer:
    """Return the mailer that the settings ask for.

    Raises:
        StartupFailure: the address of the server cannot be used.
    """
    if settings.smtp_url is not None:
        return SmtpMailer.of(settings.smtp_url)
    return NoMailer() if settings.mailbox is None else MailboxMailer(settings.mailbox)


class NoMailer:
    """Refuses to lose mail silently."""

    async def send(self, message: EmailMessage) -> None:
        """Raise."""
        raise MailNotConfigured("GEMA_SMTP_URL is not set")


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """A mail server. What leaves this machine is encrypted."""

    host: str
    port: int
    username: str | None
    password: str | None = field(repr=False)
    is_tls_at_once: bool

    @classmethod
    def of(cls, url: str) -> "SmtpMailer":
        """Read `smtp://` or `smtps://`."""
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            message = "GEMA_SMTP_URL must look like smtps://user:password@host:465."
            raise StartupFailure("SETTING_INVALID", message)
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            is_tls_at_once=parts.scheme == "smtps",
        )

    async def send(self, message: EmailMessage) -> None:
        """Hand the mail over."""
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.is_tls_at_once,
                start_tls=self._start_tls,
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise _refusal(min(codes)) from None
        except aiosmtplib.SMTPResponseException as error:
            raise _refusal(error.code) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Transient(f"mail server: {type(error).__name__}") from None

    @property
    def is_tls_required(self) -> bool:
        """Insist on TLS, except towards this very machine, where it is used if offered."""
        return not _is_loopback(self.host)

    @property
    def _start_tls(self) -> bool | None:
        if self.is_tls_at_once:
            return False
        return True if self.is_tls_required else None


def _refusal(code: int) -> PlatformError:
    if code >= _LASTING:
        return MailRefused(f"mail server: {code}")
    return Transient(f"mail server: {code}")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class MailboxMailer:
    """A Maildir; a mail with a known message id replaces itself."""

    folder: Path

    async def send(self, message: EmailMessage) -> None:
        """Write the mail."""
        await asyncio.to_thread(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        mailbox.Maildir(self.folder, create=True)
        name = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:32]
        draft = self.folder / "tmp" / name
        draft.write_bytes(message.as_bytes())
        draft.replace(self.folder / "new" / name)
