"""Gives every error a code and lets no exception text out.

What is not one of our own errors becomes "Internal error." with an `errorId`; the log holds that
id, the class of the error and its place, never its text, which may carry values (SQL, handles).
"""

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.extensions import SchemaExtension
from strawberry.types.execution import StreamExecutionResult

from api.errors import BadUserInput, Denied, GemaError, Refusal, Unavailable
from api.schema.coded import MOST_ERRORS, CodedError
from api.schema.outages import is_outage, is_timeout

logger = logging.getLogger("gema.errors")

# The library's own words name types of Python.
_NULL = "A field of the input is null that can only be left out."


class Masking(SchemaExtension):
    """Replaces the errors of a result by coded ones, over HTTP and over a socket."""

    def on_operation(self) -> Iterator[None]:
        """Mask what an executed operation answers."""
        yield
        result = self.execution_context.result
        if result is not None and result.errors:
            result.errors = masked(result.errors)

    def on_stream_result(self, result: StreamExecutionResult) -> Iterator[None]:
        """Mask one result of a stream."""
        if getattr(result, "errors", None):
            result.errors = masked(result.errors)  # type: ignore[union-attr,arg-type]
        yield


def masked(errors: list[GraphQLError]) -> list[GraphQLError]:
    """Return at most ten coded errors."""
    return [coded(error) for error in errors[:MOST_ERRORS]]


def coded(error: GraphQLError) -> CodedError:
    """Return one error as clients may see it."""
    if isinstance(error, CodedError):
        return error
    cause = _cause(error)
    if cause is None:
        return _of_graphql(error)
    shown = of_exception(cause)
    return CodedError(
        shown.code,
        error.message if isinstance(cause, BadUserInput) and error.path is None else shown.message,
        origin=error,
        details=shown.details,
    )


def of_exception(error: BaseException) -> CodedError:
    """Return what a client may learn about an exception."""
    if isinstance(error, CodedError):
        return error
    if is_timeout(error):
        return CodedError("TIMEOUT", "The request took too long.")
    if is_outage(error):
        return _of_gema(Unavailable())
    if isinstance(error, Refusal):
        return CodedError(BadUserInput.code, error.message)
    if isinstance(error, Denied | BadUserInput | Unavailable):
        return _of_gema(error)
    return _internal(error)


def _of_gema(error: GemaError) -> CodedError:
    details = {
        "argument": getattr(error, "argument", None),
        "reason": getattr(error, "reason", None),
        "requires": getattr(error, "requires", None),
        "retryAfter": getattr(error, "retry_after_seconds", None),
    }
    return CodedError(error.code, error.message, details=details)


def _of_graphql(error: GraphQLError) -> CodedError:
    """Sort an error of the executor's own: about the input if it points into the document."""
    inner = error.original_error
    if isinstance(inner, StrawberryInputCoercionError):
        return CodedError(BadUserInput.code, _NULL, origin=error)
    is_about_input = error.path is None or (isinstance(inner, GraphQLError) and inner.nodes)
    if not is_about_input:
        return _internal(error, origin=error)
    return CodedError(BadUserInput.code, error.message, origin=error)


def _cause(error: GraphQLError) -> BaseException | None:
    """Return the exception below the executor's wrappers, if there is one."""
    cause: BaseException | None = error.original_error
    while isinstance(cause, GraphQLError) and not isinstance(cause, CodedError):
        cause = cause.original_error
    return cause


def _internal(error: BaseException, origin: GraphQLError | None = None) -> CodedError:
    error_id = uuid4().hex
    details = {
        "error_id": error_id,
        "error_class": f"{type(error).__module__}.{type(error).__qualname__}",
        "place": _place(error),
    }
    logger.error(
        "internal error %(error_id)s: %(error_class)s at %(place)s", details, extra=details
    )
    shown = {"errorId": error_id}
    return CodedError("INTERNAL_SERVER_ERROR", "Internal error.", origin=origin, details=shown)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "unknown"
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    frame = (own or frames)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
