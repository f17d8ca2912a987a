"""The direction of every `orderBy`."""

from enum import Enum

import strawberry


@strawberry.enum(description="Which way to sort.")
class OrderDirection(Enum):
    """Which way to sort."""

    ASC = strawberry.enum_value("ASC", description="Smallest or earliest first.")
    DESC = strawberry.enum_value("DESC", description="Largest or latest first.")

    @property
    def is_descending(self) -> bool:
        """Tell whether the largest comes first."""
        return self is OrderDirection.DESC
