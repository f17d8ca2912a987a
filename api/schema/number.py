"""Mutations that look into employee numbers; each says why, is counted and leaves an audit row."""

import strawberry

from api.actions.number import look_up_number, reveal_number
from api.domain.access import STAFF, Role
from api.schema.asn import Asn
from api.schema.context import Info
from api.schema.identity import uuid_of
from api.schema.people import find_asns
from api.schema.permissions import Requires
from api.schema.refusal import Payload, Refusable

_REASON = "Why, up to 500 characters; it stays in the audit trail."


@strawberry.input(description="An employee number whose owner is looked for.")
class EmployeeNumberLookUpInput:
    """A number to look for."""

    employee_number: str = strawberry.field(
        description="All 18 digits; spaces and dots do not count."
    )
    reason: str = strawberry.field(description=_REASON)


@strawberry.type(description="Result of employeeNumberLookUp.")
class EmployeeNumberLookUpPayload(Payload):
    """Result of employeeNumberLookUp."""

    asn: Asn | None = strawberry.field(default=None, description="The person, if in your scope.")


@strawberry.input(description="A person whose whole employee number is needed.")
class EmployeeNumberRevealInput:
    """A person and a reason."""

    asn_id: strawberry.ID = strawberry.field(description="The person.")
    reason: str = strawberry.field(description=_REASON)


@strawberry.type(description="Result of employeeNumberReveal.")
class EmployeeNumberRevealPayload(Payload):
    """Result of employeeNumberReveal."""

    employee_number: str | None = strawberry.field(default=None, description="All 18 digits.")


@strawberry.type
class NumberMutation:
    """Mutations that look into employee numbers."""

    @strawberry.mutation(
        description="Finds the person in your scope who has or had an employee number.",
        extensions=[Refusable(), Requires(*STAFF)],
    )
    async def employee_number_look_up(
        self,
        info: Info,
        input: EmployeeNumberLookUpInput,  # noqa: A002
    ) -> EmployeeNumberLookUpPayload | None:
        """Find a person by number."""
        viewer, secrets = info.context.caller, info.context.settings.secrets
        await info.context.shared.allowance.take(viewer)
        key = await look_up_number(viewer, secrets, input.employee_number, input.reason)
        return EmployeeNumberLookUpPayload(asn=(await find_asns(info, [key])).get(key))

    @strawberry.mutation(
        description="Shows a whole employee number.",
        extensions=[Refusable(), Requires(Role.ADMIN, Role.AUDITOR)],
    )
    async def employee_number_reveal(
        self,
        info: Info,
        input: EmployeeNumberRevealInput,  # noqa: A002
    ) -> EmployeeNumberRevealPayload | None:
        """Show a number."""
        viewer, secrets = info.context.caller, info.context.settings.secrets
        key = uuid_of(input.asn_id, "Asn", "asnId")
        await info.context.shared.allowance.take(viewer)
        digits = await reveal_number(viewer, secrets, key, input.reason)
        return EmployeeNumberRevealPayload(employee_number=digits)
