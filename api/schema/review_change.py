"""Mutations of reviewers, and of holders about their own flags."""

import strawberry

from api.actions.review import answer_flag, appeal_flag, decide_appeal, decide_flag
from api.domain.access import Role
from api.domain.coordination import AppealDecision, ReviewDecision
from api.schema.context import Info
from api.schema.enums import described
from api.schema.identity import uuid_of
from api.schema.keyed import Keyed
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable
from api.schema.review import ReviewFlag, find_flags

DECIDERS = (Role.ADMIN, Role.CAMPAIGN_MANAGER)

described(
    ReviewDecision,
    "What a person decides about a flag.",
    {"CLEAR": "Nothing is wrong.", "REJECT": "The share does not count."},
)
described(
    AppealDecision,
    "What another person decides about an appeal.",
    {"UPHOLD": "The rejection was wrong.", "DISMISS": "The rejection stands."},
)


@strawberry.input(description="A decision about a flag.")
class ReviewDecideInput(Keyed):
    """A decision."""

    review_flag_id: strawberry.ID = strawberry.field(description="The flag.")
    decision: ReviewDecision = strawberry.field(description="What is decided.")
    reason: str = strawberry.field(description="Why, for the holder to read.")


@strawberry.input(description="What the holder says about an open flag.")
class ReviewFlagAnswerInput(Keyed):
    """An answer."""

    review_flag_id: strawberry.ID = strawberry.field(description="The flag.")
    text: str = strawberry.field(description="The answer.")


@strawberry.input(description="An appeal against a rejection.")
class ReviewFlagAppealInput(Keyed):
    """An appeal."""

    review_flag_id: strawberry.ID = strawberry.field(description="The rejected flag.")
    text: str = strawberry.field(description="Why the rejection is wrong.")


@strawberry.input(description="A second person's decision about an appeal.")
class ReviewAppealDecideInput(Keyed):
    """A decision."""

    review_flag_id: strawberry.ID = strawberry.field(description="The flag appealed about.")
    decision: AppealDecision = strawberry.field(description="What is decided.")
    reason: str = strawberry.field(description="Why, for the holder to read.")


@strawberry.type(description="Result of reviewDecide.")
class ReviewDecidePayload(Payload):
    """Result of reviewDecide."""

    review_flag: ReviewFlag | None = strawberry.field(default=None, description="The flag.")


@strawberry.type(description="Result of reviewFlagAnswer.")
class ReviewFlagAnswerPayload(Payload):
    """Result of reviewFlagAnswer."""

    review_flag: ReviewFlag | None = strawberry.field(default=None, description="The flag.")


@strawberry.type(description="Result of reviewFlagAppeal.")
class ReviewFlagAppealPayload(Payload):
    """Result of reviewFlagAppeal."""

    review_flag: ReviewFlag | None = strawberry.field(default=None, description="The flag.")


@strawberry.type(description="Result of reviewAppealDecide.")
class ReviewAppealDecidePayload(Payload):
    """Result of reviewAppealDecide."""

    review_flag: ReviewFlag | None = strawberry.field(default=None, description="The flag.")


@strawberry.type
class ReviewMutation:
    """Mutations about review flags."""

    @strawberry.mutation(
        description="Clears or rejects an open flag; a cleared one gives the points back.",
        extensions=[Refusable(), Requires(*DECIDERS)],
    )
    async def review_decide(
        self,
        info: Info,
        input: ReviewDecideInput,  # noqa: A002
    ) -> ReviewDecidePayload | None:
        """Decide and read the flag back."""
        key = uuid_of(input.review_flag_id, "ReviewFlag", "reviewFlagId")
        await decide_flag(info.context.caller, key, input.decision, input.reason, input.attempt_key)
        return ReviewDecidePayload(review_flag=(await find_flags(info, [key])).get(key))

    @strawberry.mutation(
        description="Answers an open flag about your own share.",
        extensions=[Refusable(), Requires(Role.ASN)],
    )
    async def review_flag_answer(
        self,
        info: Info,
        input: ReviewFlagAnswerInput,  # noqa: A002
    ) -> ReviewFlagAnswerPayload | None:
        """Keep the answer and read the flag back."""
        key = uuid_of(input.review_flag_id, "ReviewFlag", "reviewFlagId")
        await answer_flag(info.context.caller, key, input.text, input.attempt_key)
        return ReviewFlagAnswerPayload(review_flag=(await find_flags(info, [key])).get(key))

    @strawberry.mutation(
        description="Asks another person to look at a rejection of your own share again.",
        extensions=[Refusable(), Requires(Role.ASN)],
    )
    async def review_flag_appeal(
        self,
        info: Info,
        input: ReviewFlagAppealInput,  # noqa: A002
    ) -> ReviewFlagAppealPayload | None:
        """Open the appeal and read the flag back."""
        key = uuid_of(input.review_flag_id, "ReviewFlag", "reviewFlagId")
        await appeal_flag(info.context.caller, key, input.text, input.attempt_key)
        return ReviewFlagAppealPayload(review_flag=(await find_flags(info, [key])).get(key))

    @strawberry.mutation(
        description="Decides an appeal; not for whoever decided first.",
        extensions=[Refusable(), Requires(*DECIDERS)],
    )
    async def review_appeal_decide(
        self,
        info: Info,
        input: ReviewAppealDecideInput,  # noqa: A002
    ) -> ReviewAppealDecidePayload | None:
        """Decide and read the flag back."""
        key = uuid_of(input.review_flag_id, "ReviewFlag", "reviewFlagId")
        await decide_appeal(
            info.context.caller, key, input.decision, input.reason, input.attempt_key
        )
        return ReviewAppealDecidePayload(review_flag=(await find_flags(info, [key])).get(key))
