"""Asks the Graph API for nodes and lists, each call with its proof."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

from api.domain.platform import Platform
from workers.platforms import wire
from workers.platforms.base import APP, Auth
from workers.platforms.errors import ContractError, MissingPermission
from workers.platforms.graph.dialect import GraphDialect
from workers.platforms.limiter import Bucket
from workers.platforms.redaction import redact_json
from workers.platforms.transport import Call, ClientTools, Transport

PAGE_SIZE = "100"
MOST_PAGES = 100
_HOUR_SECONDS, _CALLS_AN_HOUR = 3_600, 4_800


@dataclass(frozen=True, slots=True)
class Question:
    """One question: a path below the version, in whose name, and of which family of calls."""

    family: str
    path: str
    token: str = field(repr=False)
    auth: Auth = APP
    parameters: Mapping[str, str] = field(default_factory=dict)
    is_business: bool = False
    """Tokens of pages and of Instagram have limits of their own; others share the app's."""

    def after(self, cursor: str) -> "Question":
        """Return the question for the page behind a cursor, which lives no longer than a call."""
        return replace(self, parameters={**self.parameters, "after": cursor})


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list; it goes on while `after` is set, even if it has no rows."""

    rows: tuple[wire.Row, ...]
    odd_count: int = 0
    after: str | None = None
    is_capped: bool = False


class GraphClient:
    """One host of the Graph API."""

    def __init__(
        self, platform: Platform, base_url: str, version: str, app_secret: str, tools: ClientTools
    ) -> None:
        self._platform = platform
        self._version = version
        self._app_secret = app_secret
        self._transport = Transport(platform, base_url, GraphDialect(), tools)

    async def close(self) -> None:
        await self._transport.close()

    async def ask(self, question: Question) -> wire.Row:
        """Ask for an object.

        Raises:
            ContractError: the answer is none.
        """
        if not question.token:
            raise MissingPermission(f"no token for {question.family} of {self._platform}")
        body = (await self._transport.get(self._call(question))).body
        if not isinstance(body, dict):
            raise ContractError("The answer is no object.", redact_json(body))
        return body

    async def sheet(self, question: Question) -> Sheet:
        """Read the first page of a list that is not empty, or its end."""
        sheet = _sheet(await self.ask(question))
        for _ in range(MOST_PAGES):
            if sheet.rows or sheet.after is None:
                break
            sheet = _sheet(await self.ask(question.after(sheet.after)))
        return sheet

    async def whole(self, question: Question) -> Sheet:
        """Read a list to its end. Its cursors must not be kept, so that it cannot be resumed.

        A deleted item takes its cursor along: the list is then read once more from its start.
        """
        try:
            return await self._whole(question)
        except ContractError as refused:
            if not refused.is_cursor_refused:
                raise
        return await self._whole(question)

    async def _whole(self, question: Question) -> Sheet:
        rows: list[wire.Row] = []
        sheet = _sheet(await self.ask(question))
        odd_count = sheet.odd_count
        rows += sheet.rows
        for _ in range(MOST_PAGES):
            if sheet.after is None:
                return Sheet(tuple(rows), odd_count)
            sheet = _sheet(await self.ask(question.after(sheet.after)))
            odd_count += sheet.odd_count
            rows += sheet.rows
        return Sheet(tuple(rows), odd_count, is_capped=True)

    def _call(self, question: Question) -> Call:
        kind = "business" if question.is_business else "app"
        # People share the limit of the application; only business tokens have their own.
        whose = _digest(question.token)[:16] if question.is_business else "app"
        return Call(
            question.family,
            f"/{self._version}/{question.path}",
            Bucket(self._platform, kind, whose, _CALLS_AN_HOUR, _HOUR_SECONDS),
            auth=question.auth,
            parameters={**question.parameters, "appsecret_proof": self._proof(question.token)},
            token=question.token,
        )

    def _proof(self, token: str) -> str:
        if not self._app_secret:
            raise MissingPermission(f"GEMA_{self._platform}_APP_SECRET")
        return hmac.new(self._app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _sheet(content: wire.Row) -> Sheet:
    """Open a list. One without `data` is refused: taken for empty, it would remove shares."""
    found = content.get("data")
    if not isinstance(found, list):
        raise ContractError("The answer has no list.", redact_json(content))
    rows = tuple(one for one in found if isinstance(one, dict))
    return Sheet(rows, len(found) - len(rows), _after(content))


def _after(content: wire.Row) -> str | None:
    """Return the cursor of the next page. Only the absence of `next` is the end."""
    paging = wire.row(content.get("paging"))
    following = paging.get("next")
    if following is None:
        return None
    cursor = wire.text(wire.row(paging.get("cursors")), "after") or _cursor_in(following)
    if cursor is None:
        raise ContractError("The continuation cannot be used.", redact_json(content))
    return cursor


def _cursor_in(url: object) -> str | None:
    try:
        values = parse_qs(urlsplit(url).query) if isinstance(url, str) else {}
    except ValueError:
        return None
    return next(iter(values.get("after", [])), None)
