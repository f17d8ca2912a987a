"""The idempotency key that inputs of creating and changing mutations have in common."""

import strawberry
from strawberry import UNSET

DESCRIPTION = (
    "Up to 64 characters of your choice, kept 7 days: a repeat with the same key and input answers "
    "with the first result and changes nothing."
)


@strawberry.input(description="An input that may be sent again without a second effect.")
class Keyed:
    """Base of inputs with an idempotency key."""

    idempotency_key: str | None = strawberry.field(default=UNSET, description=DESCRIPTION)

    @property
    def attempt_key(self) -> str | None:
        """Return the key; None where it is absent or empty."""
        return self.idempotency_key or None
