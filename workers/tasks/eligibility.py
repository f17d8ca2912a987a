"""Assesses a person again when something about them has changed."""

from uuid import UUID

from api.actions.eligibility import assess_person
from workers.tasks.kit import Kit, Work


async def assess_eligibility(kit: Kit, work: Work) -> None:
    """Assess one person against the policy in force; the badge follows."""
    asn_id = UUID(work.args["asn_id"])
    await assess_person(work.lease, asn_id, kit.settings.eligibility_policy)
