"""`/exports/{id}`: the file of an export, for the person who asked for it."""

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api.actions.exports import fetch_export
from api.domain.access import Viewer
from api.domain.export import ExportFormat
from api.errors import NotFound, Unauthenticated
from api.http.answers import json_error
from api.settings import Settings

Authenticate = Callable[[str | None], Awaitable[Viewer | None]]

_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MEDIA_TYPES = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ExportFormat.JSONL: "application/jsonl",
    ExportFormat.ICS: "text/calendar; charset=utf-8",
}


class ExportFiles:
    """Serves files; whatever is not the caller's own ready file looks like nothing."""

    def __init__(self, settings: Settings, authenticate: Authenticate) -> None:
        self._secrets = settings.secrets
        self._authenticate = authenticate

    async def file(self, request: Request) -> Response:
        """Answer with the file."""
        try:
            viewer = await self._authenticate(request.headers.get("authorization"))
        except Unauthenticated as refused:
            return _sign_in(refused.reason)
        if viewer is None:
            return _sign_in("missing")
        try:
            found = await fetch_export(viewer, self._secrets, _key(request))
        except NotFound:
            raise HTTPException(404) from None
        name = f'attachment; filename="daftar.{found.format.lower()}"'
        headers = {"content-disposition": name}
        return Response(found.content, 200, headers, _MEDIA_TYPES[found.format])


def _key(request: Request) -> UUID:
    text = request.path_params["id"]
    return UUID(text) if _FORM.fullmatch(text) else UUID(int=0)


def _sign_in(reason: str) -> Response:
    headers = {"www-authenticate": "Bearer"}
    return json_error("UNAUTHENTICATED", f"Sign in to ask this ({reason}).", 401, headers)
