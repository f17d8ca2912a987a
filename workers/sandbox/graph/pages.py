"""Pages of the Graph API: cursors that die with the item they stand on."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson

from workers.sandbox.graph.errors import PARAMETER, GraphError
from workers.sandbox.network import Post
from workers.sandbox.sheets import Cutter

Json = dict[str, Any]
_MOST = 100
_DEFAULT = "25"


@dataclass(frozen=True, slots=True)
class Pager:
    """Writes one list, newest first, page by page."""

    cutter: Cutter
    path: str
    url: str
    values: dict[str, str]

    def page(self, posts: tuple[Post, ...], write: Callable[[Post], Json]) -> Json:
        """Return the page that the parameters ask for."""
        before = self._opened({post.id for post in posts})
        sheet = self.cutter.sheet(posts, self._size(), before)
        data = [write(post) for post in sheet.items]
        if sheet.next_before is None and not data:
            return {"data": []}
        last_id = sheet.items[-1].id if sheet.items else None
        after = self._sealed(sheet.next_before or last_id or 0, is_item=bool(data))
        paging: Json = {"cursors": {"before": after[::-1], "after": after}}
        if sheet.next_before is not None:
            rest = {name: value for name, value in self.values.items() if name != "after"}
            paging["next"] = f"{self.url}?{urlencode(rest | {'after': after})}"
        return {"data": data, "paging": paging}

    def _size(self) -> int:
        text = self.values.get("limit", _DEFAULT)
        if not text.isdigit() or not 1 <= int(text) <= _MOST:
            raise GraphError(PARAMETER, "(#100) param limit must be between 1 and 100")
        return int(text)

    def _sealed(self, before: int, *, is_item: bool) -> str:
        content = orjson.dumps([self.path.strip("/"), str(before), is_item])
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    def _opened(self, listed: set[int]) -> int | None:
        """Return below which id the page starts; a deleted item takes its cursors along."""
        cursor = self.values.get("after")
        if not cursor:
            return None
        try:
            sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            path, before, is_item = orjson.loads(sealed)
            before_id = int(before)
        except (ValueError, TypeError):
            raise _dead() from None
        if path != self.path.strip("/") or (is_item and before_id not in listed):
            raise _dead()
        return before_id


def _dead() -> GraphError:
    return GraphError(PARAMETER, "(#100) Invalid cursors values: the cursor has expired")
