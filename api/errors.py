"""The errors that Gema shows to people, all with a stable code.

GemaError
├── Refusal            the input was understood and refused: becomes `userErrors`, nothing changed
│   ├── NotFound  InvalidState  Conflict  SamePerson  IdempotencyMismatch …
├── Denied             the caller may not ask: becomes a top-level error
│   ├── Unauthenticated  Forbidden  RateLimited
├── BadUserInput       an argument of a query cannot be used: top-level, names the argument
├── Unavailable        a part that we need is down or busy: top-level, try again later
└── StartupFailure     a command cannot start: printed by the command line, exit status 1
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: code of `ErrorCode`, path from the input object, sentence."""

    code: str
    message: str
    field: tuple[str, ...] | None = None


class GemaError(Exception):
    """Something went wrong that a person can act on."""

    code = "INTERNAL_SERVER_ERROR"

    def __init__(self, message: str | None = None) -> None:
        self.message = message or (self.__doc__ or "").strip()
        super().__init__(self.message)


class Refusal(GemaError):
    """The request was refused; nothing has changed."""

    code = "INVALID"

    def __init__(
        self,
        message: str | None = None,
        *,
        field: Sequence[str] | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        path = None if field is None else tuple(field)
        self.problems: tuple[Problem, ...] = (Problem(self.code, self.message, path),)


class Invalid(Refusal):
    """The input has problems; all of them are listed."""

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> "Invalid":
        """Build one refusal from one or many problems, in the order given."""
        refusal = cls(problems[0].message, code=problems[0].code, field=problems[0].field)
        refusal.problems = tuple(problems)
        return refusal


class NotFound(Refusal):
    """No such object, or you may not see it."""

    code = "NOT_FOUND"


class Taken(Refusal):
    """This value is already in use."""

    code = "TAKEN"


class Conflict(Refusal):
    """The object has changed since you read it."""

    code = "CONFLICT"


class InvalidState(Refusal):
    """The object is not in a state that allows this."""

    code = "INVALID_STATE"


class SamePerson(Refusal):
    """The person who made this may not approve it."""

    code = "SAME_PERSON"


class NotEligible(Refusal):
    """The eligibility policy is not met."""

    code = "NOT_ELIGIBLE"


class ConsentMissing(Refusal):
    """The person has not agreed to this purpose."""

    code = "CONSENT_MISSING"


class QuietPeriod(Refusal):
    """A quiet period forbids this now."""

    code = "QUIET_PERIOD"


class IdempotencyMismatch(Refusal):
    """This idempotency key was used with other input."""

    code = "IDEMPOTENCY_MISMATCH"


class Denied(GemaError):
    """The caller may not ask this."""

    code = "FORBIDDEN"


class Unauthenticated(Denied):
    """Sign in to ask this."""

    code = "UNAUTHENTICATED"

    def __init__(self, reason: str, message: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class Forbidden(Denied):
    """Your role does not allow this."""

    def __init__(self, requires: Sequence[str], message: str | None = None) -> None:
        super().__init__(message)
        self.requires = tuple(requires)


class RateLimited(Denied):
    """Too many requests; try again later."""

    code = "RATE_LIMITED"

    def __init__(self, retry_after_seconds: int, message: str | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class BadUserInput(GemaError):
    """An argument cannot be used."""

    code = "BAD_USER_INPUT"

    def __init__(self, message: str, *, argument: str | None = None) -> None:
        super().__init__(message)
        self.argument = argument


class Unavailable(GemaError):
    """The service is busy or a part of it is down; try again shortly."""

    code = "SERVICE_UNAVAILABLE"

    def __init__(self, message: str | None = None, *, retry_after_seconds: int = 2) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class StartupFailure(GemaError):
    """Gema cannot start."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
