"""Corrections of posts, and the notices to everybody who had shared them."""

import strawberry

from api.actions.correction import NewCorrection, acknowledge_correction, correct_post
from api.domain.access import Role
from api.schema.context import Info
from api.schema.identity import encode_id, uuid_of
from api.schema.keyed import Keyed
from api.schema.permissions import Requires
from api.schema.program_post import ProgramPost, find_posts
from api.schema.refusal import Payload, Refusable


@strawberry.input(description="What a published post said wrongly, and what is right.")
class ProgramPostCorrectInput(Keyed):
    """A correction."""

    post_id: strawberry.ID = strawberry.field(description="The program post.")
    old_fact: str = strawberry.field(description="What it said.")
    new_fact: str = strawberry.field(description="What is right.")


@strawberry.type(description="Result of programPostCorrect.")
class ProgramPostCorrectPayload(Payload):
    """Result of programPostCorrect."""

    post: ProgramPost | None = strawberry.field(default=None, description="The corrected post.")


@strawberry.input(description="A notice that its reader has taken in.")
class CorrectionAcknowledgeInput:
    """An acknowledgement."""

    notice_id: strawberry.ID = strawberry.field(description="The notice.")


@strawberry.type(description="Result of correctionAcknowledge.")
class CorrectionAcknowledgePayload(Payload):
    """Result of correctionAcknowledge."""

    notice_id: strawberry.ID | None = strawberry.field(default=None, description="The notice.")


@strawberry.type
class CorrectionMutation:
    """Mutations about corrections."""

    @strawberry.mutation(
        description="Publishes a correction: links lead to it, and all who shared are told.",
        extensions=[Refusable(), Requires(Role.ADMIN, Role.CAMPAIGN_MANAGER)],
    )
    async def program_post_correct(
        self,
        info: Info,
        input: ProgramPostCorrectInput,  # noqa: A002
    ) -> ProgramPostCorrectPayload | None:
        """Correct a post and read it back."""
        post_id = uuid_of(input.post_id, "ProgramPost", "postId")
        new = NewCorrection(post_id, input.old_fact, input.new_fact)
        key = await correct_post(info.context.caller, new, input.attempt_key)
        return ProgramPostCorrectPayload(post=(await find_posts(info, [key])).get(key))

    @strawberry.mutation(
        description="Says that you have read a correction of a post that you shared.",
        extensions=[Refusable(), Requires(Role.ASN)],
    )
    async def correction_acknowledge(
        self,
        info: Info,
        input: CorrectionAcknowledgeInput,  # noqa: A002
    ) -> CorrectionAcknowledgePayload | None:
        """Note it."""
        key = uuid_of(input.notice_id, "CorrectionNotice", "noticeId")
        await acknowledge_correction(info.context.caller, key)
        return CorrectionAcknowledgePayload(notice_id=encode_id("CorrectionNotice", key))
