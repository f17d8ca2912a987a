"""The closed set of errors by which a connector fails. They never leave the workers.

PlatformError
├── RateLimited       a window is used up: ask again after `until`
├── QuotaExhausted    paid credits, a cap or our own budget: park all paid work until `until`
├── AuthRevoked       the person or the network withdrew a token
├── MissingPermission the application may not do this: show a data gap
├── NotFound          the thing asked for is deleted or suspended: an outcome, not a failure
├── Protected         the thing asked for is private or deactivated: an outcome, not a failure
├── Transient         it may work later; three tries were made inside the call
└── ContractError     an answer that breaks what the network documents: never tried again

`str(error)` holds only words of ours, never a value from a network.
"""

from datetime import datetime


class PlatformError(Exception):
    """A network did not answer as asked.

    `is_charge_unclear` tells that the answer was not read to its end, so that nobody knows whether
    the network charged for it.
    """

    code = "PLATFORM_ERROR"
    is_charge_unclear = False


class RateLimited(PlatformError):
    """A window or usage limit is reached; `scope` names the bucket."""

    code = "RATE_LIMITED"

    def __init__(self, until: datetime, scope: str) -> None:
        super().__init__(f"{scope} until {until.isoformat()}")
        self.until = until
        self.scope = scope


class QuotaExhausted(PlatformError):
    """Paid credits, the monthly cap or our own budget are used up."""

    code = "QUOTA_EXHAUSTED"

    def __init__(self, until: datetime) -> None:
        super().__init__(f"until {until.isoformat()}")
        self.until = until


class AuthRevoked(PlatformError):
    """The token of an account is no longer accepted.

    `is_expired` tells that it only ran out: try to refresh it before the account counts as lost.
    """

    code = "AUTH_REVOKED"

    def __init__(self, *, is_expired: bool = False) -> None:
        super().__init__()
        self.is_expired = is_expired


class MissingPermission(PlatformError):
    """The application lacks a scope, a review, a licence or a setting."""

    code = "MISSING_PERMISSION"

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class NotFound(PlatformError):
    """What was asked for is deleted or suspended, or was never there."""

    code = "NOT_FOUND"


class Protected(PlatformError):
    """What was asked for is private or deactivated."""

    code = "PROTECTED"


class Transient(PlatformError):
    """A server error, a time-out or a cut connection."""

    code = "TRANSIENT"


class ContractError(PlatformError):
    """An answer breaks the wire contract; `raw` is the redacted body.

    `is_cursor_refused` tells that the network named our continuation as the problem: a sweep whose
    cursor is refused twice starts again.
    """

    code = "CONTRACT_ERROR"

    def __init__(self, what: str, raw: str = "", *, is_cursor_refused: bool = False) -> None:
        super().__init__(what)
        self.raw = raw
        self.is_cursor_refused = is_cursor_refused
