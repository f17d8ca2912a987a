"""What an error of a task means: the one table that sorts them, and how long to wait."""

from dataclasses import dataclass
from enum import Enum, auto

import asyncpg
from tortoise.exceptions import IntegrityError, TransactionManagementError

from api.actions.outbox import Fenced
from api.errors import GemaError
from api.queue import Job
from api.telemetry.lines import place_of
from workers.platforms.base import (
    AuthRevoked,
    ContractError,
    MissingPermission,
    NotFound,
    PlatformError,
    Protected,
    QuotaExhausted,
    RateLimited,
    Transient,
)

LONGEST_DELAY_SECONDS = 300
_DEFAULT_LIMIT = 5
_PLATFORM_LIMIT = 8
_REVOCATION_LIMIT = 20
"""Of giving a token back: an hour of tries, then the token is deleted anyway."""
_PLATFORM_JOBS = frozenset(
    {
        Job.REFRESH_AUDIENCE,
        Job.SCAN_RESHARERS,
        Job.SCAN_QUOTES,
        Job.SCAN_SHARE_RESHARERS,
        Job.SCAN_TIMELINE,
        Job.SCAN_MENTIONS,
        Job.READ_METRICS,
        Job.RENEW_ACCESS,
    }
)


class Outcome(Enum):
    """What happens to the message of a failed run."""

    RETRY = auto()
    """It waits with growing delay, counted, until the limit makes it a dead letter."""
    RETRY_SOON = auto()
    """As RETRY, after a second and at most three times: two transactions met at one key."""
    POSTPONE = auto()
    """The cursor waits until the network's limit ends; the message is done. Not counted."""
    PARK = auto()
    """As POSTPONE for all lists of the network, with one alert."""
    CLOSE = auto()
    """The answer is an outcome of the item: done."""
    BURY = auto()
    """It cannot succeed as it is: a dead letter at once."""
    IGNORE = auto()
    """Another worker has the message, or it was cancelled: nothing is written."""


_OUTAGES = (
    OSError,
    Transient,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.TransactionRollbackError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    # The first call on a session that the server has just ended; the stale schema cache is one too.
    asyncpg.InternalClientError,
)

_CONNECTION = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)

TABLE: tuple[tuple[tuple[type[BaseException], ...], Outcome], ...] = (
    ((Fenced,), Outcome.IGNORE),
    ((RateLimited,), Outcome.POSTPONE),
    ((QuotaExhausted,), Outcome.PARK),
    ((AuthRevoked, MissingPermission, NotFound, Protected), Outcome.CLOSE),
    ((ContractError,), Outcome.BURY),
    ((IntegrityError, asyncpg.IntegrityConstraintViolationError), Outcome.RETRY_SOON),
    (_OUTAGES, Outcome.RETRY),
    ((Exception,), Outcome.BURY),
)
"""The first row that fits decides. Tortoise's OperationalError is an error in SQL or data."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An error in words that may be stored and logged: never its text."""

    outcome: Outcome
    error_class: str
    code: str
    place: str


def judge(error: BaseException) -> Judgement:
    """Sort an error by the table; a broken transaction is judged by what broke it."""
    if isinstance(error, TransactionManagementError) and (error.__cause__ or error.__context__):
        return judge(error.__cause__ or error.__context__ or error)
    outcome = next(outcome for classes, outcome in TABLE if isinstance(error, classes))
    return Judgement(outcome, type(error).__name__, _code(error), place_of(error))


def limit_of(job: Job, outcome: Outcome = Outcome.RETRY) -> int:
    """Return how many counted failures make a dead letter."""
    if outcome is Outcome.RETRY_SOON:
        return 3
    if job is Job.REVOKE_ACCESS:
        return _REVOCATION_LIMIT
    return _PLATFORM_LIMIT if job in _PLATFORM_JOBS else _DEFAULT_LIMIT


def delay_seconds(outcome: Outcome, failures: int, jitter: float) -> float:
    """Return the wait after so many failures: min(300 s, 2^failures) and up to half of it more."""
    if outcome is Outcome.RETRY_SOON:
        return 1
    return float(min(LONGEST_DELAY_SECONDS, 2**failures)) * (1 + jitter / 2)


def _code(error: BaseException) -> str:
    if isinstance(error, GemaError | PlatformError):
        return error.code
    if isinstance(error, asyncpg.PostgresError):
        return f"SQLSTATE_{error.sqlstate}"
    if isinstance(error, IntegrityError):
        return "INTEGRITY"
    if isinstance(error, TimeoutError):
        return "TIMEOUT"
    return "CONNECTION" if isinstance(error, _CONNECTION) else "UNEXPECTED"
