"""What a policy says about a person, and what the person agreed to."""

from datetime import datetime
from typing import Self

import strawberry

from api.domain.eligibility import Outcome, ReasonCode
from api.reads.asn import ConsentRow, EligibilityRow
from api.schema.identity import encode_id
from api.schema.vocabulary import ConsentPurpose, Platform


@strawberry.type(description="One condition of a policy and how a person meets it.")
class EligibilityReason:
    """A line of an assessment."""

    code: ReasonCode = strawberry.field(description="Stable code for programs.")
    platform: Platform | None = strawberry.field(description="The network; null for the person.")
    required: int | None = strawberry.field(description="Smallest audience that is enough.")
    observed: int | None = strawberry.field(description="Audience seen; null when unknown.")
    message: str = strawberry.field(description="Sentence for people.")


@strawberry.type(description="The policy of an assessment.")
class PolicyVersion:
    """A policy by code and version."""

    code: str = strawberry.field(description="Code of the policy.")
    version: int = strawberry.field(description="Version; a change is a new version.")


@strawberry.type(description="What a policy says about a person, with all reasons.")
class Eligibility:
    """An assessment."""

    outcome: Outcome = strawberry.field(description="The result.")
    policy: PolicyVersion = strawberry.field(description="The policy that was asked.")
    assessed_at: datetime = strawberry.field(description="Timestamp of the assessment.")
    reasons: list[EligibilityReason] = strawberry.field(description="One line a condition.")

    @classmethod
    def of(cls, row: EligibilityRow) -> Self:
        """Show a row."""
        return cls(
            outcome=Outcome(row.outcome),
            policy=PolicyVersion(code=row.policy_code, version=row.policy_version),
            assessed_at=row.assessed_at,
            reasons=[
                EligibilityReason(
                    code=ReasonCode(item["code"]),
                    platform=Platform(item["platform"]) if item["platform"] else None,
                    required=item["required"],
                    observed=item["observed"],
                    message=item["message"],
                )
                for item in row.reasons
            ],
        )


@strawberry.type(description="An agreement to one purpose.")
class Consent:
    """A consent."""

    purpose: ConsentPurpose = strawberry.field(description="What the person agreed to.")
    granted_at: datetime = strawberry.field(description="Timestamp of the agreement.")
    withdrawn_at: datetime | None = strawberry.field(description="Timestamp of its withdrawal.")
    stop_due_at: datetime | None = strawberry.field(
        description="Timestamp by which the law wants every use to have ended: 3 x 24 hours."
    )
    stopped_at: datetime | None = strawberry.field(
        description="Timestamp at which every use had ended; null while access is being revoked."
    )
    account_id: strawberry.ID | None = strawberry.field(
        description="The account that it is about; null for purposes of the person."
    )

    @classmethod
    def of(cls, row: ConsentRow) -> Self:
        """Show a row."""
        return cls(
            purpose=ConsentPurpose(row.purpose),
            granted_at=row.granted_at,
            withdrawn_at=row.withdrawn_at,
            stop_due_at=row.stop_due_at,
            stopped_at=row.stopped_at,
            account_id=None
            if row.account_id is None
            else encode_id("SocialAccount", row.account_id),
        )
