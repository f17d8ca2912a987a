"""Mutations by which holders link accounts, unlink them and take consent back."""

from enum import Enum

import strawberry
from strawberry import UNSET

from api.actions import account as actions
from api.actions.consent import remove_account, withdraw_consent
from api.domain.access import Role
from api.schema.asn import Asn, SocialAccount
from api.schema.context import Info
from api.schema.identity import uuid_if_given, uuid_of
from api.schema.keyed import Keyed
from api.schema.people import find_accounts, find_asns
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable
from api.schema.vocabulary import ConsentPurpose, Platform


@strawberry.enum(description="How ownership of an account is proved.")
class OwnershipMethod(Enum):
    """How ownership is proved."""

    OAUTH = strawberry.enum_value(
        "OAUTH",
        description="By signing in at the network; the token of the challenge is the address.",
    )
    CODE_IN_BIO = strawberry.enum_value("CODE_IN_BIO", description="By a code in the profile.")
    CODE_IN_POST = strawberry.enum_value("CODE_IN_POST", description="By an address in a post.")


@strawberry.input(description="An account that somebody says is theirs.")
class SocialAccountLinkInput:
    """A wish to link an account."""

    asn_id: strawberry.ID = strawberry.field(description="The owner.")
    platform: Platform = strawberry.field(description="The network.")
    handle: str = strawberry.field(description="Name of the account, with or without @.")
    method: OwnershipMethod = strawberry.field(description="How ownership will be proved.")
    consent: bool = strawberry.field(
        description="True when the owner agrees to ACCOUNT_TRACKING and METRICS of this account."
    )

    def wish(self) -> actions.LinkWish:
        """Return what the action takes."""
        return actions.LinkWish(
            asn_id=uuid_of(self.asn_id, "Asn", "asnId"),
            platform=self.platform,
            handle=self.handle,
            method=self.method.name,
            has_consent=self.consent,
        )


@strawberry.type(description="Result of socialAccountLink.")
class SocialAccountLinkPayload(Payload):
    """Result of socialAccountLink."""

    account: SocialAccount | None = strawberry.field(default=None, description="The account.")


@strawberry.input(description="An account to unlink for good.")
class SocialAccountRemoveInput(Keyed):
    """A wish to unlink."""

    account_id: strawberry.ID = strawberry.field(description="The account.")


@strawberry.type(description="Result of socialAccountRemove.")
class SocialAccountRemovePayload(Payload):
    """Result of socialAccountRemove."""

    asn: Asn | None = strawberry.field(default=None, description="The owner.")


@strawberry.input(description="An agreement to take back.")
class ConsentWithdrawInput(Keyed):
    """A wish to withdraw."""

    asn_id: strawberry.ID = strawberry.field(description="Who agreed.")
    purpose: ConsentPurpose = strawberry.field(description="What they agreed to.")
    account_id: strawberry.ID | None = strawberry.field(
        default=UNSET, description="The account, for ACCOUNT_TRACKING and METRICS."
    )


@strawberry.type(description="Result of consentWithdraw.")
class ConsentWithdrawPayload(Payload):
    """Result of consentWithdraw."""

    asn: Asn | None = strawberry.field(default=None, description="The person, with the clock.")


@strawberry.type
class AccountMutation:
    """Mutations about accounts and consent."""

    @strawberry.mutation(
        description="Links an account; a repeat answers with the standing challenge.",
        extensions=[Refusable(), Requires(Role.ASN, Role.ADMIN)],
    )
    async def social_account_link(
        self,
        info: Info,
        input: SocialAccountLinkInput,  # noqa: A002
    ) -> SocialAccountLinkPayload | None:
        """Link an account and read it back."""
        key = await actions.link_account(info.context.caller, input.wish(), info.context.settings)
        return SocialAccountLinkPayload(account=(await find_accounts(info, [key])).get(key))

    @strawberry.mutation(
        description="Unlinks an account for good: nothing about it is read or stored any more.",
        extensions=[Refusable(), Requires(Role.ASN, Role.ADMIN)],
    )
    async def social_account_remove(
        self,
        info: Info,
        input: SocialAccountRemoveInput,  # noqa: A002
    ) -> SocialAccountRemovePayload | None:
        """Remove an account and read its owner back."""
        account_id = uuid_of(input.account_id, "SocialAccount", "accountId")
        key = await remove_account(info.context.caller, account_id, input.attempt_key)
        return SocialAccountRemovePayload(asn=(await find_asns(info, [key])).get(key))

    @strawberry.mutation(
        description="Takes an agreement back: its use ends at once, and the legal clock shows.",
        extensions=[Refusable(), Requires(Role.ASN, Role.ADMIN)],
    )
    async def consent_withdraw(
        self,
        info: Info,
        input: ConsentWithdrawInput,  # noqa: A002
    ) -> ConsentWithdrawPayload | None:
        """Withdraw and read the person back."""
        asn_id = uuid_of(input.asn_id, "Asn", "asnId")
        account_id = uuid_if_given(input.account_id, "SocialAccount", "accountId")
        viewer, purpose = info.context.caller, input.purpose.name
        key = await withdraw_consent(viewer, asn_id, purpose, account_id, input.attempt_key)
        return ConsentWithdrawPayload(asn=(await find_asns(info, [key])).get(key))
