"""Proofs of shares: handed in by holders, decided by reviewers where no network can tell."""

from datetime import datetime
from enum import Enum

import strawberry
from strawberry import UNSET

from api.actions.proof import NewProof, submit_proof
from api.actions.proof_review import review_proof
from api.domain.access import Role
from api.schema.context import Info
from api.schema.identity import uuid_of
from api.schema.keyed import Keyed
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable
from api.schema.scalars import URL
from api.schema.share import Share, find_shares


@strawberry.input(description="The address of a post by which a holder passed a post on.")
class ShareSubmitProofInput:
    """A proof."""

    post_id: strawberry.ID = strawberry.field(description="The program post.")
    account_id: strawberry.ID = strawberry.field(description="The holder's account.")
    url: URL = strawberry.field(description="Address of the holder's own post.")
    shared_at: datetime | None = strawberry.field(
        default=UNSET, description="Timestamp of the share, if the holder knows it."
    )

    def proof(self) -> NewProof:
        """Return what the action takes."""
        return NewProof(
            post_id=uuid_of(self.post_id, "ProgramPost", "postId"),
            account_id=uuid_of(self.account_id, "SocialAccount", "accountId"),
            url=self.url,
            shared_at=self.shared_at or None,
        )


@strawberry.type(description="Result of shareSubmitProof.")
class ShareSubmitProofPayload(Payload):
    """Result of shareSubmitProof."""

    share: Share | None = strawberry.field(default=None, description="The declared share.")


@strawberry.enum(description="What a reviewer decides about a proof.")
class ProofDecision(Enum):
    """What a reviewer decides."""

    ACCEPT = strawberry.enum_value("ACCEPT", description="It proves the share.")
    REFUSE = strawberry.enum_value("REFUSE", description="It does not.")


@strawberry.input(description="A decision about a proof that waits.")
class ShareProofReviewInput(Keyed):
    """A decision."""

    share_id: strawberry.ID = strawberry.field(description="The share.")
    decision: ProofDecision = strawberry.field(description="What is decided.")
    reason: str = strawberry.field(description="Why; the holder and auditors read it.")


@strawberry.type(description="Result of shareProofReview.")
class ShareProofReviewPayload(Payload):
    """Result of shareProofReview."""

    share: Share | None = strawberry.field(default=None, description="The share.")


@strawberry.type
class ProofMutation:
    """Mutations about proofs."""

    @strawberry.mutation(
        description="Declares a share by its address; a worker checks it, else a reviewer.",
        extensions=[Refusable(), Requires(Role.ASN, Role.ADMIN)],
    )
    async def share_submit_proof(
        self,
        info: Info,
        input: ShareSubmitProofInput,  # noqa: A002
    ) -> ShareSubmitProofPayload | None:
        """Hand a proof in and read the share back."""
        hosts = info.context.settings.mastodon.host_names
        key = await submit_proof(info.context.caller, input.proof(), hosts)
        return ShareSubmitProofPayload(share=(await find_shares(info, [key])).get(key))

    @strawberry.mutation(
        description="Decides about a proof that another person handed in.",
        extensions=[Refusable(), Requires(Role.ADMIN, Role.CAMPAIGN_MANAGER)],
    )
    async def share_proof_review(
        self,
        info: Info,
        input: ShareProofReviewInput,  # noqa: A002
    ) -> ShareProofReviewPayload | None:
        """Decide and read the share back."""
        share_id = uuid_of(input.share_id, "Share", "shareId")
        is_accepted = input.decision is ProofDecision.ACCEPT
        viewer = info.context.caller
        key = await review_proof(
            viewer, share_id, input.reason, input.attempt_key, is_accepted=is_accepted
        )
        return ShareProofReviewPayload(share=(await find_shares(info, [key])).get(key))
