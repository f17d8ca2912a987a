"""Changing a draft by hand."""

import strawberry

from api.actions.invite_list import ListChange, override_list
from api.domain.access import Role
from api.domain.selection import OverrideAction
from api.schema.context import Info
from api.schema.identity import uuid_of
from api.schema.invite_list import InviteList, find_lists
from api.schema.keyed import Keyed
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable


@strawberry.input(description="A change of a draft by hand.")
class InviteListOverrideInput(Keyed):
    """A change by hand."""

    invite_list_id: strawberry.ID = strawberry.field(description="The draft.")
    asn_id: strawberry.ID = strawberry.field(description="The person.")
    action: OverrideAction = strawberry.field(description="What to do with the person.")
    reason: str = strawberry.field(
        description="Why, 1 to 500 characters; shown on the list and in exports."
    )

    def change(self) -> ListChange:
        """Return the change with keys instead of ids."""
        return ListChange(
            list_id=uuid_of(self.invite_list_id, "InviteList", "inviteListId"),
            asn_id=uuid_of(self.asn_id, "Asn", "asnId"),
            action=self.action,
            reason=self.reason,
        )


@strawberry.type(description="Result of inviteListOverride.")
class InviteListOverridePayload(Payload):
    """Result of inviteListOverride."""

    invite_list: InviteList | None = strawberry.field(
        default=None, description="The list, with a new hash if the change took effect."
    )
    breaks: list[str] | None = strawberry.field(
        default=None, description="Quotas that the change breaks."
    )
    is_waiting_for_second_person: bool | None = strawberry.field(
        default=None,
        description="True while the change has no effect: it breaks a quota, and somebody else "
        "has to send the same.",
    )


@strawberry.type
class OverrideMutation:
    """Mutations that change a list by hand."""

    @strawberry.mutation(
        description="Admits or removes a person by hand; the rest of the draft is solved again.",
        extensions=[Refusable(), Requires(Role.ADMIN, Role.EVENT_ORGANISER)],
    )
    async def invite_list_override(
        self,
        info: Info,
        input: InviteListOverrideInput,  # noqa: A002
    ) -> InviteListOverridePayload | None:
        """Change the list and read it back."""
        changed = await override_list(info.context.caller, input.change(), input.attempt_key)
        found = await find_lists(info, [changed.list_id])
        return InviteListOverridePayload(
            invite_list=found.get(changed.list_id),
            breaks=list(changed.breaks),
            is_waiting_for_second_person=changed.is_waiting,
        )
