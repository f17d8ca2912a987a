"""What clients send, whatever carries it."""

import hashlib
from dataclasses import dataclass

from graphql import OperationType

ALL_KINDS = frozenset({OperationType.QUERY, OperationType.MUTATION})
STREAMED_KINDS = frozenset(OperationType)
"""What a transport may carry that can go on answering."""


def digest_of(text: str) -> str:
    """Return the SHA-256 of a document as clients write it: 64 lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Question:
    """What a client sent, with the kinds of operation that its transport may carry."""

    query: str
    variables: dict[str, object]
    operation_name: str | None = None
    kinds: frozenset[OperationType] = ALL_KINDS
    named: str | None = None
    """SHA-256 of the document, where the client names it; `query` may be empty then."""

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the document: its name in logs, metrics and the audit trail."""
        return self.named or digest_of(self.query)
