"""What anybody may know of the whole programme."""

from datetime import datetime
from typing import Self

import strawberry

from api.domain.eligibility import Policy
from api.domain.eligibility.policy import Requirement, Rule, When
from api.reads.public import PublicFiguresRow
from api.schema.context import Info
from api.schema.permissions import Public
from api.schema.vocabulary import AudienceKind, Platform


@strawberry.type(description="One condition of an eligibility policy.")
class PolicyRule:
    """A condition."""

    platform: Platform = strawberry.field(description="The network.")
    kind: AudienceKind = strawberry.field(description="What is counted there.")
    minimum: int = strawberry.field(description="Smallest audience that is enough.")
    required: bool = strawberry.field(
        description="True when everybody must meet it; else it is one way among others, or binds "
        "only people with an account there."
    )

    @classmethod
    def of(cls, requirement: Requirement, rule: Rule) -> Self:
        """Show a requirement."""
        return cls(
            platform=requirement.platform,
            kind=requirement.kind,
            minimum=requirement.minimum,
            required=rule is Rule.ALL and requirement.when is When.ALWAYS,
        )


@strawberry.type(description="The eligibility policy in force, as data.")
class PublicPolicy:
    """A policy."""

    code: str = strawberry.field(description="Code of the policy.")
    version: int = strawberry.field(description="Version; a change is a new version.")
    rules: list[PolicyRule] = strawberry.field(description="Its conditions.")

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """Show a policy."""
        rules = [PolicyRule.of(one, policy.rule) for one in policy.requirements]
        return cls(code=policy.code, version=policy.version, rules=rules)


@strawberry.type(description="The published scoring model in force.")
class PublicScoringModel:
    """A scoring model."""

    version: str = strawberry.field(description="Version; a change is a new version.")
    formula: str = strawberry.field(description="The formula in words.")


@strawberry.type(description="Figures of the whole programme, without people.")
class PublicFigures:
    """Figures for everybody."""

    as_of: datetime = strawberry.field(description="Timestamp of these figures.")
    holder_count: int | None = strawberry.field(
        description="Holders of an active badge; null while there are only one to four."
    )
    campaign_count: int = strawberry.field(description="Campaigns that went public.")
    share_count: int | None = strawberry.field(
        description="Live shares that stand; null while there are only one to four."
    )
    event_count: int = strawberry.field(description="Events that were not cancelled.")
    policy: PublicPolicy | None = strawberry.field(
        description="The eligibility policy in force; null while there is none."
    )
    scoring_model: PublicScoringModel | None = strawberry.field(
        description="The scoring model in force; null while there is none."
    )

    @classmethod
    def of(cls, row: PublicFiguresRow) -> Self:
        """Show a row."""
        model = (
            None
            if row.model is None or row.formula is None
            else PublicScoringModel(version=row.model, formula=row.formula)
        )
        return cls(
            as_of=row.as_of,
            holder_count=row.holder_count,
            campaign_count=row.campaign_count,
            share_count=row.share_count,
            event_count=row.event_count,
            policy=None if row.policy is None else PublicPolicy.of(row.policy),
            scoring_model=model,
        )


@strawberry.type
class PublicQuery:
    """Root fields about the whole programme."""

    @strawberry.field(
        description="Figures of the whole programme and the rules in force.",
        extensions=[Public()],
    )
    async def public_figures(self, info: Info) -> PublicFigures | None:
        """Show the figures of at most some seconds ago."""
        policy_code = info.context.settings.eligibility_policy
        return PublicFigures.of(await info.context.shared.figures.get(policy_code))
