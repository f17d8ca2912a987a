"""`/accounts/callback/{platform}`: where a network sends the owner of an account back to.

The page only asks: whoever is lured here with the login of somebody else reads to whom the account
would be linked, and nothing is taken before the button. An address that is merely opened takes
nothing either.
"""

from html import escape
from string import Template
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.actions.login import accept_login, deny_login
from api.domain.platform import Platform
from api.errors import Refusal
from api.reads.login import Attempt, login_attempt
from api.settings import Settings

_LONGEST_FORM = 10_000
_HEADERS = {"referrer-policy": "no-referrer", "x-robots-tag": "noindex"}
_PAGE = Template("""<!doctype html><html lang="id"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Penautan akun / Account link</title>
<body><h1>Penautan akun / Account link</h1><p>$words</p>$content<p><small>$code</small></p></body>
</html>""")
_FORM = Template("""<form method="post"><input type="hidden" name="state" value="$state">
<input type="hidden" name="code" value="$code"><p><button>Ya, tautkan / Yes, link it</button></p>
</form>""")
_ASKED = (
    "Tautkan akun {platform} {handle} kepada {name}? Jika ini bukan Anda, tutup halaman ini."
    " / Link the {platform} account {handle} to {name}? If this is not you, close this page."
)
_STATUS = {"INVALID": 400, "INVALID_STATE": 409, "EXPIRED": 410, "CONSENT_MISSING": 409}
_WORDS = {
    "ACCEPTED": "Terima kasih. Kami memeriksanya sekarang; hasilnya tampak di profil Anda."
    " / Thank you. We are checking it now; your profile shows the result.",
    "DENIED": "Akses tidak diberikan, dan tidak ada yang ditautkan. Anda boleh mencoba lagi."
    " / Access was not given and nothing was linked. You may try again.",
    "INVALID": "Alamat ini bukan dari kami. / This address is not ours.",
    "INVALID_STATE": "Penautan ini sudah dipakai; mulailah lagi bila perlu."
    " / This login was used before; begin again if you need to.",
    "EXPIRED": "Waktunya habis; mulailah lagi. / The time is over; please begin again.",
    "CONSENT_MISSING": "Persetujuan sudah ditarik; tidak ada yang ditautkan."
    " / The consent was withdrawn; nothing was linked.",
}


class LoginCallback:
    """Asks a person who comes back from a network, and takes the answer."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def page(self, request: Request) -> Response:
        """Ask, or take the answer."""
        platform = _platform(request.path_params["platform"])
        if request.method == "POST":
            return await self._take(platform, request)
        given = request.query_params
        state, code = given.get("state", ""), given.get("code", "")
        attempt = await login_attempt(self._settings.secrets, platform, state)
        if attempt is None:
            return _told("INVALID", 400)
        if "error" in given:
            await deny_login(self._settings, platform, state, request.state.request_id)
            return _told("DENIED", 200)
        return _asked(platform, attempt, state, code)

    async def _take(self, platform: Platform, request: Request) -> Response:
        body = await request.body()
        if len(body) > _LONGEST_FORM:
            raise HTTPException(413)
        form = parse_qs(body.decode("ascii", "replace"))
        state, code = (form.get(name, [""])[0] for name in ("state", "code"))
        try:
            await accept_login(self._settings, platform, state, code, request.state.request_id)
        except Refusal as refusal:
            return _told(refusal.code, _STATUS[refusal.code])
        return _told("ACCEPTED", 202)


def _asked(platform: Platform, attempt: Attempt, state: str, code: str) -> Response:
    if attempt.is_used:
        return _told("INVALID_STATE", 409)
    if attempt.is_over:
        return _told("EXPIRED", 410)
    words = _ASKED.format(platform=platform.value, handle=attempt.handle, name=attempt.name)
    form = _FORM.substitute(state=escape(state), code=escape(code))
    return _page(words, form, "CONFIRM", 200)


def _told(code: str, status: int) -> Response:
    return _page(_WORDS[code], "", code, status)


def _page(words: str, content: str, code: str, status: int) -> Response:
    html = _PAGE.substitute(words=escape(words), content=content, code=code)
    return HTMLResponse(html, status, _HEADERS)


def _platform(name: str) -> Platform:
    found = next((one for one in Platform if one.value.lower() == name), None)
    if found is None:
        raise HTTPException(404)
    return found
