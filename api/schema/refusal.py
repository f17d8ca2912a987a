"""Refusals are data: `userErrors` of a mutation's payload, and the one place that catches them.

    @strawberry.type(description="Result of badgeGrant.")
    class BadgeGrantPayload(Payload):
        badge: Badge | None = strawberry.field(default=None, description="Null when refused.")

    @strawberry.mutation(
        description="Grants a badge.", extensions=[Refusable(), Requires(Role.ADMIN)]
    )
    async def badge_grant(self, info: Info, input: BadgeGrantInput) -> BadgeGrantPayload | None:
        badge_id = await grant_badge(info.context.caller, …)
        return BadgeGrantPayload(badge=…)

All fields of a payload but `userErrors` default to null. Resolvers hold no `try`. After a success
the doorbell rings, so that work written to the outbox starts at once.
"""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.base import StrawberryContainer
from strawberry.types.field import StrawberryField
from strawberry.utils.str_converters import to_camel_case, to_snake_case

from api.actions.audit import note_denial
from api.errors import BadUserInput, Invalid, NotFound, Problem, Refusal
from api.schema.context import Info
from api.schema.identity import decode_id
from api.schema.scalars import MalformedUrl

_value = strawberry.enum_value
_LONGEST_TYPE = 40


@strawberry.enum(description="Why an input was refused. More values may come.")
class ErrorCode(Enum):
    """Stable codes of userErrors; none is reused."""

    BLANK = _value("BLANK", description="Empty, or only spaces.")
    TOO_LONG = _value("TOO_LONG", description="Longer than allowed.")
    TOO_MANY = _value("TOO_MANY", description="The list has too many items.")
    INVALID = _value("INVALID", description="Any other unacceptable value.")
    NOT_FOUND = _value("NOT_FOUND", description="The object is missing, or you may not see it.")
    TAKEN = _value("TAKEN", description="The value is already in use.")
    INVALID_STATE = _value("INVALID_STATE", description="The object's state does not allow this.")
    CONFLICT = _value("CONFLICT", description="The object has changed since you read it.")
    IDEMPOTENCY_MISMATCH = _value(
        "IDEMPOTENCY_MISMATCH", description="The idempotency key was used with other input."
    )
    INVALID_NIP = _value("INVALID_NIP", description="Not an employee number.")
    INVALID_HANDLE = _value("INVALID_HANDLE", description="Not a handle of that network.")
    INVALID_URL = _value("INVALID_URL", description="Not an acceptable https address.")
    BELOW_THRESHOLD = _value("BELOW_THRESHOLD", description="Too small an audience.")
    NOT_ELIGIBLE = _value("NOT_ELIGIBLE", description="The eligibility policy is not met.")
    CONSENT_MISSING = _value("CONSENT_MISSING", description="The person has not agreed to this.")
    SAME_PERSON = _value("SAME_PERSON", description="Another person has to do this.")
    QUIET_PERIOD = _value("QUIET_PERIOD", description="A quiet period forbids this now.")
    BLOCKED_PHRASE = _value("BLOCKED_PHRASE", description="The text has a phrase that is barred.")
    EXPIRED = _value("EXPIRED", description="The link or ticket is past its time.")


@strawberry.type(description="One reason why an input was refused.")
class UserError:
    """A problem as clients see it."""

    code: ErrorCode = strawberry.field(description="Stable code for programs.")
    field: list[str] | None = strawberry.field(
        description="Path of the refused field, from the input object down."
    )
    message: str = strawberry.field(description="Sentence for people.")

    @classmethod
    def of(cls, problem: Problem) -> "UserError":
        """Show a problem; its path is written as clients write it."""
        path = None if problem.field is None else [to_camel_case(part) for part in problem.field]
        return cls(code=ErrorCode(problem.code), field=path, message=problem.message)


@strawberry.type(description="Result of a mutation.")
class Payload:
    """Base of every payload."""

    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why it was refused; empty on success."
    )


class Refusable(FieldExtension):
    """Turns a refusal raised by an action into the mutation's payload."""

    payload: type[Payload]

    def apply(self, field: StrawberryField) -> None:
        """Learn which payload the mutation answers with, and describe its one argument."""
        answer: Any = field.type
        while isinstance(answer, StrawberryContainer):
            answer = answer.of_type
        self.payload = answer
        for argument in field.arguments:
            argument.description = argument.description or "What to do, and with what."

    async def resolve_async(
        self,
        next_: Callable[..., Any],
        source: object,
        info: Info,
        **arguments: Any,  # noqa: ANN401
    ) -> object:
        """Run the mutation; a refusal becomes data, a success rings the doorbell."""
        try:
            _refuse_malformed(arguments.get("input"))
            payload = await next_(source, info, **arguments)
        except Refusal as refusal:
            await _note_denials(info, refusal, arguments.get("input"))
            return self.payload(user_errors=[UserError.of(p) for p in refusal.problems])
        info.context.shared.ring()
        return payload


async def _note_denials(info: Info, refusal: Refusal, given: object) -> None:
    """Leave an audit row for each object that is missing or belongs to others."""
    viewer = info.context.viewer
    if viewer is None:
        return
    for problem in refusal.problems:
        if problem.code == NotFound.code:
            asked = _asked_object(given, problem.field or ())
            await note_denial(viewer, info.field_name, *asked)


def _asked_object(given: object, path: tuple[str, ...]) -> tuple[str, UUID | None]:
    for part in path:
        if isinstance(given, strawberry.Some):
            given = given.value
        is_list = isinstance(given, list) and part.isdigit() and int(part) < len(given)
        given = given[int(part)] if is_list else getattr(given, to_snake_case(part), None)  # type: ignore[index]
    try:
        found = decode_id(str(given))
    except BadUserInput:
        return "Unknown", None
    return found.type_name[:_LONGEST_TYPE], found.uuid


def _refuse_malformed(given: object) -> None:
    problems = [
        Problem("INVALID_URL", "This is not an absolute https address.", path)
        for path in _malformed_urls(given, ())
    ]
    if problems:
        raise Invalid.of(problems)


def _malformed_urls(given: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(given, MalformedUrl):
        yield path
    elif isinstance(given, list):
        for position, item in enumerate(given):
            yield from _malformed_urls(item, (*path, str(position)))
    elif isinstance(given, strawberry.Some):
        yield from _malformed_urls(given.value, path)
    elif is_dataclass(given):
        for item in fields(given):
            yield from _malformed_urls(getattr(given, item.name), (*path, item.name))
