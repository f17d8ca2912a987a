"""`/i/{token}`: the page behind a reply link; and the keys with which doors check tickets.

Opening the page answers nothing, as mail gateways open every link: only its buttons do.
"""

from html import escape
from string import Template
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.actions.invitations import reply_of, respond, ticket_keys
from api.domain.invitation import InvitationAnswer
from api.errors import Refusal
from api.http.answers import json_answer
from api.reads.invitation import GuestRow, guest
from api.settings import Settings

_LONGEST_FORM = 1_000
_HEADERS = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
_PAGE = Template("""<!doctype html><html lang="id"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Undangan / Invitation</title>
<body><h1>$title</h1>$content</body></html>""")
_FORM = '<form method="post"><p><button name="answer" value="{answer}">{words}</button></p></form>'
_BUTTONS = {"ACCEPT": "Saya hadir / I will come", "DECLINE": "Saya tidak hadir / I cannot come"}
_DONE = {
    "ACCEPTED": "Terima kasih, tiket dikirim lewat surel. / Thank you, the ticket comes by mail.",
    "DECLINED": "Jawaban dicatat; nilai Anda tidak berubah. / Noted; your score does not change.",
}
_INVALID = "Tautan ini tidak berlaku. / This link is not valid."
_OVER = "Tautan ini sudah dipakai atau waktunya habis. / This link was used or its time is over."


class ReplyPage:
    """Shows the invitation behind a token and takes the answer."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = settings.secrets

    async def page(self, request: Request) -> Response:
        """Show the page, or answer."""
        token = request.path_params["token"]
        if request.method == "POST":
            return await self._answer(request, token)
        reply = reply_of(self._secrets, token)
        row = None if reply is None else await guest(reply.invitation_id)
        if reply is None or row is None or row.event_id != reply.event_id:
            return _page("Undangan / Invitation", _INVALID, 404)
        if row.version != reply.version or row.is_past(reply.expires_at):
            return _page(row.title, _OVER, 410)
        return _page(row.title, _facts(row), 200, _buttons(row.status))

    async def _answer(self, request: Request, token: str) -> Response:
        form = parse_qs((await request.body())[:_LONGEST_FORM].decode("ascii", "replace"))
        (given, *_) = form.get("answer", [""])
        if given not in InvitationAnswer.__members__:
            return _page("Undangan / Invitation", _INVALID, 400)
        request_id = request.state.request_id
        try:
            key = await respond(self._secrets, token, InvitationAnswer(given), request_id)
        except Refusal as refusal:
            is_over = refusal.code != "INVALID"
            return _page("Undangan / Invitation", _OVER if is_over else _INVALID, 410)
        row = await guest(key)
        return _page("Undangan", _DONE.get("" if row is None else row.status, _OVER), 200)


class TicketKeys:
    """Publishes the keys with which tickets are checked without a network."""

    def __init__(self, settings: Settings) -> None:
        self._keys = ticket_keys(settings.secrets)

    async def page(self, request: Request) -> Response:
        """Answer with a JSON Web Key Set."""
        return json_answer({"keys": self._keys}, headers={"cache-control": "max-age=3600"})


def _facts(row: GuestRow) -> str:
    venue = "" if row.venue is None else f" · {row.venue}"
    return f"{row.starts_at.isoformat(timespec='minutes')}{venue}"


def _buttons(status: str) -> str:
    answers = ("ACCEPT", "DECLINE") if status == "INVITED" else ("DECLINE",)
    return "".join(_FORM.format(answer=each, words=_BUTTONS[each]) for each in answers)


def _page(title: str, words: str, status: int, buttons: str = "") -> Response:
    content = f"<p>{escape(words)}</p>{buttons}"
    return HTMLResponse(_PAGE.substitute(title=escape(title), content=content), status, _HEADERS)
