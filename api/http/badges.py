"""`/badges/{code}`: anybody can verify a badge, as a page or as JSON."""

from html import escape
from string import Template

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.http.answers import json_answer
from api.reads.badge import PublicBadgeRow, public_badge

_LONGEST_CODE = 64
_HEADERS = {
    "vary": "Accept",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
}
_STATES = {
    "PENDING": ("belum berlaku", "not in force yet"),
    "ACTIVE": ("berlaku", "in force"),
    "SUSPENDED": ("ditangguhkan", "suspended"),
    "REVOKED": ("dicabut", "revoked"),
    "EXPIRED": ("kedaluwarsa", "expired"),
}
_PAGE = Template("""<!doctype html>
<html lang="id">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Lencana $code</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 3rem auto;
padding: 0 1rem } dt { color: #555 } dd { margin: 0 0 .75rem }</style>
<h1>Duta Informasi ASN</h1>
<p>Lencana resmi yang ditampilkan secara terbuka. / An official, openly shown badge.</p>
<dl>$rows</dl>
</html>
""")


async def badge(request: Request) -> Response:
    """Show a badge; an unknown code and an erased one look alike."""
    code = request.path_params["code"]
    row = await public_badge(code) if _is_possible(code) else None
    if row is None:
        raise HTTPException(404)
    if "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(_page(row), headers=_HEADERS)
    return json_answer(_document(row), headers=_HEADERS)


def _is_possible(code: str) -> bool:
    return len(code) <= _LONGEST_CODE and code.isascii() and code.isprintable()


def _document(row: PublicBadgeRow) -> dict[str, object]:
    return {
        "code": row.code,
        "status": row.status,
        "issuedAt": row.issued_at,
        "expiresAt": row.expires_at,
        "holderName": row.holder_name,
        "agencyName": row.agency_name,
    }


def _page(row: PublicBadgeRow) -> str:
    indonesian, english = _STATES[row.status]
    shown = [
        ("Kode / Code", row.code),
        ("Status", f"{indonesian} / {english}"),
        ("Diberikan / Issued", row.issued_at.date().isoformat()),
        ("Sampai / Until", "-" if row.expires_at is None else row.expires_at.date().isoformat()),
        ("Pemegang / Holder", row.holder_name or "tidak ditampilkan / not shown"),
        ("Instansi / Agency", row.agency_name or "tidak ditampilkan / not shown"),
    ]
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in shown)
    return _PAGE.substitute(code=escape(row.code), rows=rows)
