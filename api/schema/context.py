"""What the resolvers of one request share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from uuid import UUID

import strawberry

from api.actions.invite_list import is_reproducible
from api.domain.access import Viewer
from api.errors import Unauthenticated
from api.reads.cursors import CursorSeal
from api.reads.export import ExportRow, export_states
from api.reads.figures import FiguresRow, campaign_figures
from api.reads.public import PublicFiguresRow, public_figures
from api.schema.admission import Admission
from api.schema.allowance import Allowance
from api.schema.crowd import Crowd
from api.schema.persisted import PersistedDocuments
from api.schema.points import MinuteLedger, PointsLedger, PointsWindow
from api.schema.watching import Recent, Watch
from api.settings import Settings
from api.telemetry.traces import Traces

_FIGURES_KEPT_SECONDS = 5.0
_MOST_SOCKETS = 5
_MOST_STREAMS = 20
_LISTS_KEPT_SECONDS = 5.0


async def _trust() -> None:
    """Let work run uncounted; for schemas without a server around them."""


def _silence() -> None:
    """Ring nothing: the relay finds the work by itself a little later."""


def _forget(_operation: str | None, _code: str, _seconds: float, _cost: int | None) -> None:
    """Count nothing."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What every request of one process shares."""

    settings: Settings
    seal: CursorSeal
    ring: Callable[[], None] = _silence
    """Wakes the relay after a commit; returns at once and never raises."""
    require_counters: Callable[[], Awaitable[None]] = _trust
    """Raises `Unavailable` while Valkey, which counts what callers take away, is down."""
    ledger: PointsLedger = field(default_factory=MinuteLedger)
    allowance: Allowance = field(default_factory=Allowance)
    persisted: PersistedDocuments = field(default_factory=PersistedDocuments)
    admission: Admission = field(default_factory=Admission)
    deadline_seconds: float = 10.0
    observe: Callable[[str | None, str, float, int | None], None] = _forget
    """Counts one request: operation, code, seconds, points."""
    traces: Traces = field(default_factory=Traces)
    sockets: Crowd = field(default_factory=lambda: Crowd(_MOST_SOCKETS))
    streams: Crowd = field(default_factory=lambda: Crowd(_MOST_STREAMS))
    campaigns: Watch[FiguresRow] = field(default_factory=lambda: Watch(campaign_figures))
    """Figures of the campaigns that somebody watches."""
    exports: Watch[ExportRow] = field(default_factory=lambda: Watch(export_states))
    """Exports that their requesters watch."""
    figures: Recent[str, PublicFiguresRow] = field(
        default_factory=lambda: Recent(public_figures, _FIGURES_KEPT_SECONDS)
    )
    """Figures of the whole programme by policy; anybody may ask, so they are kept a moment."""
    lists: Recent[UUID, bool | None] = field(
        default_factory=lambda: Recent(is_reproducible, _LISTS_KEPT_SECONDS)
    )
    """Whether lists can be computed again; one is computed at a time."""

    async def close(self) -> None:
        """Stop what runs beside the requests."""
        await self.campaigns.close()
        await self.exports.close()


@dataclass(frozen=True, slots=True)
class Bill:
    """What the running operation costs and what its caller has left."""

    cost: int
    window: PointsWindow


@dataclass(slots=True)
class Context:
    """One request: who asks, under which id, and the loaders that live as long as it does."""

    viewer: Viewer | None
    request_id: str
    shared: Shared
    bill: Bill | None = None
    admitted: Any = None
    loaders: dict[str, Any] = field(default_factory=dict)

    @property
    def caller(self) -> Viewer:
        """Return the signed-in viewer; use it where a permission has already let only them in."""
        if self.viewer is None:
            raise Unauthenticated("missing")
        return self.viewer

    @property
    def settings(self) -> Settings:
        """Return the settings of the process."""
        return self.shared.settings


Info: TypeAlias = strawberry.Info[Context, None]
