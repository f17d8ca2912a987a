"""GraphiQL for a browser at /graphql, out of files that lie here: no other host is asked."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

_STATIC = Path(__file__).parent / "static"
_FILES = {
    "console.css": _STATIC / "console.css",
    "console.js": _STATIC / "console.js",
    "graphiql.min.css": _STATIC / "graphiql" / "graphiql.min.css",
    "graphiql.min.js": _STATIC / "graphiql" / "graphiql.min.js",
    "react.production.min.js": _STATIC / "graphiql" / "react.production.min.js",
    "react-dom.production.min.js": _STATIC / "graphiql" / "react-dom.production.min.js",
}
# The editor sets styles from its script; scripts themselves come from files only.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def console(_: Request) -> Response:
    """Return the page."""
    return FileResponse(
        _STATIC / "console.html",
        media_type="text/html; charset=utf-8",
        headers={"content-security-policy": _POLICY, "cache-control": "no-store", "vary": "Accept"},
    )


async def console_file(request: Request) -> Response:
    """Return one of the page's files."""
    file = _FILES.get(request.path_params["name"])
    if file is None:
        raise HTTPException(404)
    return FileResponse(file, headers={"cache-control": "public, max-age=3600"})
