"""Top-level errors with a stable code, in the words of Apollo."""

import re
from collections.abc import Mapping, Sequence

from graphql import GraphQLError, Node

MOST_ERRORS = 10
_LONGEST_MESSAGE = 300
_SUGGESTION = re.compile(r"\s*Did you mean[^?]*\?")


class CodedError(GraphQLError):
    """An error as clients see it: short, without suggestions, with a code.

    `origin` gives the place in the document and in the answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        origin: GraphQLError | None = None,
        details: Mapping[str, object] | None = None,
    ) -> None:
        known = {name: value for name, value in (details or {}).items() if value is not None}
        super().__init__(
            _SUGGESTION.sub("", message)[:_LONGEST_MESSAGE],
            nodes=origin.nodes if origin else None,
            source=origin.source if origin else None,
            positions=origin.positions if origin else None,
            path=origin.path if origin else None,
            extensions={"code": code, **known},
        )

    @property
    def details(self) -> dict[str, object]:
        """Return what stands in `extensions` beside the code."""
        return {name: value for name, value in (self.extensions or {}).items() if name != "code"}

    @property
    def code(self) -> str:
        """Return the code of `extensions`."""
        return str((self.extensions or {})["code"])


class RequestErrors(Exception):
    """The request was refused before anything ran."""

    def __init__(self, errors: Sequence[CodedError]) -> None:
        super().__init__(*(error.code for error in errors))
        self.errors = list(errors[:MOST_ERRORS])


def refused(
    code: str, message: str, *, node: Node | None = None, **details: object
) -> RequestErrors:
    """Return the refusal of a request for one reason; `details` go to `extensions`."""
    origin = None if node is None else GraphQLError(message, nodes=[node])
    return RequestErrors([CodedError(code, message, origin=origin, details=details)])


def too_complex(name: str, limit: int, actual: int | None = None) -> RequestErrors:
    """Return the refusal of a document that is over a limit."""
    message = f"The document is over the limit of {limit} {name}."
    return refused("QUERY_TOO_COMPLEX", message, limitName=name, limit=limit, actual=actual)
