"""Mail against a real server and a real folder."""

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from api.errors import StartupFailure
from api.local.ports import choose
from workers.platforms.errors import Transient
from workers.platforms.mail import MailboxMailer, MailRefused, SmtpMailer


class Server:
    """Keeps what it takes; refuses some people for good and some for now."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name and arguments)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("tidak-ada"):
            return "550 no such person"
        if address.startswith("nanti"):
            return "451 try again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 taken"


@pytest.fixture
def server() -> Iterator[Controller]:
    controller = Controller(Server(), hostname="127.0.0.1", port=choose())
    controller.start()
    yield controller
    controller.stop()


def mail_to(address: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Gema <undangan@gema.invalid>"
    message["To"] = address
    message["Subject"] = "Undangan"
    message["Message-ID"] = "<satu@gema.invalid>"
    message.set_content("Halo.")
    return message


def mailer(server: Controller) -> SmtpMailer:
    return SmtpMailer.of(f"smtp://127.0.0.1:{server.port}")


async def test_a_mail_reaches_the_server_with_its_message_id(server: Controller) -> None:
    await mailer(server).send(mail_to("ani@contoh.invalid"))

    (envelope,) = server.handler.taken
    assert envelope.rcpt_tos == ["ani@contoh.invalid"]
    assert b"<satu@gema.invalid>" in envelope.content


async def test_what_is_refused_for_good_is_told_from_what_may_work_later(
    server: Controller,
) -> None:
    with pytest.raises(MailRefused):
        await mailer(server).send(mail_to("tidak-ada@contoh.invalid"))
    with pytest.raises(Transient):
        await mailer(server).send(mail_to("nanti@contoh.invalid"))
    with pytest.raises(Transient):
        await SmtpMailer.of(f"smtp://127.0.0.1:{choose()}").send(mail_to("ani@contoh.invalid"))


def test_a_server_elsewhere_is_spoken_to_encrypted_only() -> None:
    assert SmtpMailer.of("smtp://mail.contoh.invalid").is_tls_required
    assert SmtpMailer.of("smtps://mail.contoh.invalid").is_tls_at_once
    with pytest.raises(StartupFailure):
        SmtpMailer.of("http://mail.contoh.invalid")


async def test_the_folder_is_a_maildir_in_which_a_repeat_replaces_itself(tmp_path: Path) -> None:
    folder = MailboxMailer(tmp_path / "mailbox")

    await folder.send(mail_to("ani@contoh.invalid"))
    await folder.send(mail_to("ani@contoh.invalid"))

    (mail,) = mailbox.Maildir(tmp_path / "mailbox")
    assert mail["To"] == "ani@contoh.invalid"
