"""One row of a file of shares or of reshares."""

from dataclasses import dataclass, field
from datetime import datetime

from api.actions.intake.cells import Cells
from api.actions.intake.kind import Importing
from api.actions.intake.registry import AccountKey, read_account
from api.domain.matching import NeedsRedirect, canonical_post_url, post_from_url
from api.domain.platform import Platform, ShareKind
from api.errors import Refusal


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A share as a file names it: by the ids of its network."""

    line: int = field(compare=False)
    platform: Platform
    kind: ShareKind
    share_id: str
    author_id: str
    post_id: str
    shared_at: datetime
    url: str | None

    @property
    def author(self) -> AccountKey:
        """Return the account that shared."""
        return self.platform.value, self.author_id

    @property
    def post(self) -> tuple[str, str]:
        """Return the program post that was shared."""
        return self.platform.value, self.post_id


@dataclass(frozen=True, slots=True)
class ReshareRow:
    """A reshare as a file names it."""

    line: int = field(compare=False)
    platform: Platform
    share_id: str
    author_id: str
    resharer_id: str
    reshared_at: datetime

    @property
    def author(self) -> AccountKey:
        """Return the account whose share was passed on."""
        return self.platform.value, self.author_id

    @property
    def resharer(self) -> AccountKey:
        """Return the account that passed it on."""
        return self.platform.value, self.resharer_id


def read_share(cells: Cells, importing: Importing) -> ShareRow:
    """Read a row of a file of shares."""
    del importing
    platform = _platform(cells)
    kind = cells.choice("kind", ShareKind) if cells.optional("kind") else ShareKind.QUOTE
    share_id = _post_id(cells, platform, "share_id")
    return ShareRow(
        line=cells.line,
        platform=platform,
        kind=kind,
        share_id=share_id,
        author_id=read_account(cells, platform, "author_id"),
        post_id=_post_id(cells, platform, "post_id"),
        shared_at=cells.moment("shared_at", may_be_unix=True),
        url=_url(cells, platform, kind, share_id),
    )


def read_reshare(cells: Cells, importing: Importing) -> ReshareRow:
    """Read a row of a file of reshares; the id of the reshare itself is checked and not kept."""
    del importing
    platform = _platform(cells)
    _post_id(cells, platform, "reshare_id")
    return ReshareRow(
        line=cells.line,
        platform=platform,
        share_id=_post_id(cells, platform, "share_id"),
        author_id=read_account(cells, platform, "author_id"),
        resharer_id=read_account(cells, platform, "resharer_id"),
        reshared_at=cells.moment("reshared_at", may_be_unix=True),
    )


def _platform(cells: Cells) -> Platform:
    return cells.choice("platform", Platform) if cells.optional("platform") else Platform.X


def _post_id(cells: Cells, platform: Platform, column: str) -> str:
    value = cells.text(column, 200)
    try:
        canonical_post_url(platform, value)
    except Refusal:
        reason = f"Posts on {platform} have no such ids."
        raise Refusal(reason, code="INVALID", field=[column]) from None
    return value


def _url(cells: Cells, platform: Platform, kind: ShareKind, share_id: str) -> str | None:
    """Return the address of the share; a plain repost has none of its own."""
    given = cells.optional("url")
    if given is None:
        return None if kind is ShareKind.REPOST else canonical_post_url(platform, share_id)
    post = post_from_url(given, platform=platform, field=["url"])
    if isinstance(post, NeedsRedirect):
        raise Refusal(
            "Give the whole address, not a short link.", code="INVALID_URL", field=["url"]
        )
    return post.url
