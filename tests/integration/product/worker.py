"""A worker inside the test: it runs every message that is due, with a mailbox of its own."""

from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import factories as make
from letters import mails_in

from api.models.safe import address_safe
from api.models.sealed import Sealer
from api.settings import Settings
from workers.tasks import TASKS
from workers.tasks.kit import Kit
from workers.tasks.outbox import Runner

_DUE = "SELECT id FROM outbox_message WHERE state IN ('PENDING', 'SENT') AND due_at <= now()"


@dataclass
class Desk:
    """What a worker needs, and what it leaves behind."""

    settings: Settings

    async def work(self) -> None:
        """Run what is due until nothing is."""
        kit = Kit(self.settings, Sealer(self.settings.secrets), {})
        runner = Runner(kit, TASKS)
        async with make.connection() as db:
            due = [row["id"] for row in await db.fetch(_DUE)]
        for message_id in due:
            await runner.run(message_id)
        if due:
            await self.work()

    @property
    def folder(self) -> Path:
        assert self.settings.mail.mailbox is not None
        return self.settings.mail.mailbox

    def mails(self) -> list[EmailMessage]:
        """Return every mail."""
        return mails_in(self.folder)

    def mail_to(self, address: str, subject: str) -> EmailMessage:
        """Return the one mail to a person that is about something."""
        (mail,) = [m for m in self.mails() if m["To"] == address and subject in m["Subject"]]
        return mail


async def give_address(settings: Settings, asn_id: object, address: str) -> None:
    """Store where a person is written to."""
    sealed = address_safe(settings.secrets).seal(f"asn:{asn_id}", address.encode())
    await make.insert("contact_address", asn_id=asn_id, sealed=sealed, updated_at=make.NOW)
