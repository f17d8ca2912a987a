"""Mails read as the people who get them read them: with programs of others."""

import mailbox
import re
import struct
import zlib
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path

import numpy as np
from zxingcpp import read_barcodes

_LINK = re.compile(r"/i/([A-Za-z0-9_-]+)")


def mails_in(folder: Path) -> list[EmailMessage]:
    """Return every mail of a Maildir, parsed by the standard library."""
    if not folder.exists():
        return []
    box = mailbox.Maildir(folder, factory=BytesParser(policy=default).parse)
    return [box[key] for key in box.iterkeys()]  # type: ignore[misc]


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
