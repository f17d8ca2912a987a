"""Who asks, and what a role or a machine's key may do."""

from dataclasses import dataclass, replace
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


class KeyScope(StrEnum):
    """What a machine's key may do, within its role."""

    READ = "read"
    CAMPAIGNS_WRITE = "campaigns:write"
    EVENTS_WRITE = "events:write"
    EXPORTS = "exports"


KEY_MUTATIONS = {
    "campaignCreate": KeyScope.CAMPAIGNS_WRITE,
    "campaignSubmit": KeyScope.CAMPAIGNS_WRITE,
    "campaignLaunch": KeyScope.CAMPAIGNS_WRITE,
    "programCreate": KeyScope.CAMPAIGNS_WRITE,
    "programPostAdd": KeyScope.CAMPAIGNS_WRITE,
    "eventCreate": KeyScope.EVENTS_WRITE,
    "inviteListPropose": KeyScope.EVENTS_WRITE,
    "inviteListFreeze": KeyScope.EVENTS_WRITE,
    "inviteListExport": KeyScope.EXPORTS,
}
"""The mutations that a key may run. All others need a person: approvals, badges, keys, reveals."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller of one request.

    `subject` names the person or key and is what the audit trail and maker ≠ checker compare.
    `agency_id` is set for staff of one agency, `asn_id` for a civil servant; staff without an
    agency see the nation. `key_scopes` is set for machines alone. `request_id`, `operation` and
    `document_sha256` say in which request the caller acts. `expires_at` is the second at which the
    sign-in ends, for connections that stay open.
    """

    subject: str
    role: Role
    name: str
    agency_id: UUID | None = None
    asn_id: UUID | None = None
    request_id: str | None = None
    key_scopes: frozenset[KeyScope] | None = None
    operation: str | None = None
    document_sha256: str | None = None
    expires_at: int | None = None

    @property
    def scope(self) -> Scope:
        """Return the widest set of rows that the caller may see."""
        if self.role is Role.ASN:
            return Scope.SELF
        return Scope.NATIONAL if self.agency_id is None else Scope.AGENCY

    def asking(self, request_id: str, operation: str | None, document_sha256: str) -> "Viewer":
        """Return the caller as the one of a request."""
        known = (operation or "")[:80] or None
        return replace(
            self, request_id=request_id, operation=known, document_sha256=document_sha256
        )

    def missing_key_scope(self, mutation: str | None) -> str | None:
        """Return what a key lacks to run a mutation, or to read; nothing for people."""
        if self.key_scopes is None:
            return None
        needed = KeyScope.READ if mutation is None else KEY_MUTATIONS.get(mutation)
        if needed is None:
            return "person"
        return None if needed in self.key_scopes else needed.value


STAFF = (Role.ADMIN, Role.CAMPAIGN_MANAGER, Role.EVENT_ORGANISER, Role.AUDITOR)

SYSTEM = Viewer(subject="gema", role=Role.ADMIN, name="Gema")
"""The actor of what workers and commands do on their own."""
