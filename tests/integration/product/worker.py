"""A worker inside the test: it runs every message that is due, with a mailbox of its own."""

import mailbox
import re
import struct
import zlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import factories as make
import numpy as np
from zxingcpp import read_barcodes

from api.models.safe import address_safe
from api.models.sealed import Sealer
from api.settings import Settings
from workers.tasks import TASKS
from workers.tasks.kit import Kit
from workers.tasks.outbox import Runner

_DUE = "SELECT id FROM outbox_message WHERE state IN ('PENDING', 'SENT') AND due_at <= now()"
_LINK = re.compile(r"/i/([A-Za-z0-9_-]+)")


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
        """Return every mail, parsed by the standard library."""
        if not self.folder.exists():
            return []
        parser = BytesParser(policy=default)
        box = mailbox.Maildir(self.folder, factory=parser.parse)
        return [box[key] for key in box.iterkeys()]  # type: ignore[misc]

    def mail_to(self, address: str, subject: str) -> EmailMessage:
        """Return the one mail to a person that is about something."""
        (mail,) = [m for m in self.mails() if m["To"] == address and subject in m["Subject"]]
        return mail


async def give_address(settings: Settings, asn_id: object, address: str) -> None:
    """Store where a person is written to."""
    sealed = address_safe(settings.secrets).seal(f"asn:{asn_id}", address.encode())
    await make.insert("contact_address", asn_id=asn_id, sealed=sealed, updated_at=make.NOW)


def token_in(mail: EmailMessage) -> str:
    """Return the token of the reply link in a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    (token, *_) = _LINK.findall(body.get_content())
    return str(token)


def attachment(mail: EmailMessage, name: str) -> bytes:
    """Return an attached file."""
    (found,) = [part for part in mail.iter_attachments() if part.get_filename() == name]
    content = found.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def ticket_in(mail: EmailMessage) -> str:
    """Return the text of the QR code, read as a scanner at the door reads it."""
    picture = attachment(mail, "tiket.png")
    (code,) = read_barcodes(_pixels(picture))
    return str(code.text)


def _pixels(picture: bytes) -> object:
    """Decode a black and white PNG as segno writes it, without an image library."""
    width, height, depth, colour = struct.unpack(">IIBB", picture[16:26])
    data, at = b"", 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        if picture[at + 4 : at + 8] == b"IDAT":
            data += picture[at + 8 : at + 8 + length]
        at += 12 + length
    assert (depth, colour) == (1, 0)
    row_bytes = -(-width // 8)
    raw = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(height, row_bytes + 1)
    rows, above = [], np.zeros(row_bytes, dtype=np.uint8)
    for filtered in raw:
        assert filtered[0] in {0, 2}, "segno writes rows as they are, or as the change to the last"
        above = filtered[1:] + above if filtered[0] else filtered[1:]
        rows.append(above)
    bits = np.unpackbits(np.array(rows), axis=1)[:, :width]
    return np.ascontiguousarray(bits * 255)
