"""Who asks, and what a role may do."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """A signed-in caller has exactly one role."""

    ADMIN = "ADMIN"
    CAMPAIGN_MANAGER = "CAMPAIGN_MANAGER"
    EVENT_ORGANISER = "EVENT_ORGANISER"
    AUDITOR = "AUDITOR"
    ASN = "ASN"


class Scope(StrEnum):
    """How much of the nation a caller sees."""

    NATIONAL = "NATIONAL"
    AGENCY = "AGENCY"
    SELF = "SELF"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one request.

    `subject` names the person or key and is what the audit trail and maker ≠ checker compare. `agency_id` is
    set for staff of one agency, `asn_id` for a civil servant; staff without an agency see the nation.
    """

    subject: str
    role: Role
    name: str
    agency_id: UUID | None = None
    asn_id: UUID | None = None
    request_id: str | None = None

    @property
    def scope(self) -> Scope:
        """Return the widest set of rows that the caller may see."""
        if self.role is Role.ASN:
            return Scope.SELF
        return Scope.NATIONAL if self.agency_id is None else Scope.AGENCY


STAFF = (Role.ADMIN, Role.CAMPAIGN_MANAGER, Role.EVENT_ORGANISER, Role.AUDITOR)

SYSTEM = Viewer(subject="gema", role=Role.ADMIN, name="Gema")
"""The actor of what workers and commands do on their own."""
