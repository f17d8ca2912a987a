"""The parameters of a request, checked as an XRPC server checks them."""

import re

from workers.sandbox.desk import Call, Declined
from workers.sandbox.naming.bluesky import account_named, is_at_uri, number_of, record_key
from workers.sandbox.network import Account

_MOST_ITEMS = 25
_BAD_REQUEST = 400
_CURSOR = re.compile(r"[2-7a-z]{13}")


def declined(message: str, name: str = "InvalidRequest", status: int = _BAD_REQUEST) -> Declined:
    """Return an error in the form that all errors have."""
    return Declined(status, {"error": name, "message": message})


def required(call: Call, name: str) -> str:
    """Return a parameter that must be given."""
    value = call.values.get(name)
    if not value:
        raise declined(f'Error: Params must have the property "{name}"')
    return value


def several(call: Call, name: str) -> list[str]:
    """Return the values of a parameter that is given for each item."""
    required(call, name)
    values = call.many(name)
    if len(values) > _MOST_ITEMS:
        raise declined(f"Error: {name} must not have more than {_MOST_ITEMS} elements")
    return values


def post_uri(call: Call, text: str) -> str:
    """Return an at-uri of the right form."""
    if not is_at_uri(text):
        raise declined("Error: uri must be a valid at-uri")
    return text


def limit(call: Call) -> int:
    """Return the page size."""
    text = call.values.get("limit", "50")
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise declined("Error: limit must be an integer")
    if not 1 <= int(text) <= 100:  # noqa: PLR2004
        bound = "less than 1" if int(text) < 1 else "greater than 100"
        raise declined(f"Error: limit can not be {bound}")
    return int(text)


def before(call: Call) -> int | None:
    """Return where the last page ended. A cursor that is not ours breaks the server."""
    cursor = call.values.get("cursor")
    if not cursor:
        return None
    if not _CURSOR.fullmatch(cursor):
        raise declined("Internal Server Error", "InternalServerError", 500)
    return number_of(cursor)


def cursor_of(next_before: int | None) -> dict[str, str]:
    """Return the continuation as a part of a body; nothing at the end."""
    return {} if next_before is None else {"cursor": record_key(next_before)}


def present_account(call: Call, actor: str) -> Account:
    """Return an account that can be shown."""
    account = account_named(call.network, actor)
    if account is None:
        raise declined("Profile not found")
    if account.is_suspended:
        raise declined("Account has been suspended", "AccountTakedown")
    if account.is_protected:
        raise declined("Account is deactivated", "AccountDeactivated")
    return account
