"""The envelope of Meta's webhooks: objects, entries and changes."""

from collections.abc import Iterator

import orjson

from workers.platforms import wire
from workers.platforms.errors import ContractError
from workers.platforms.redaction import redact


def entries_of(body: bytes) -> tuple[str, list[wire.Row]]:
    """Return what an accepted body is about, and its entries.

    Raises:
        ContractError: this is no event of Meta.
    """
    try:
        content = wire.row(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise ContractError("The event is not JSON.", redact(body)) from None
    about = wire.text(content, "object")
    if about is None or not isinstance(content.get("entry"), list):
        raise ContractError("The event has another shape.", redact(body))
    return about, [wire.row(entry) for entry in wire.rows(content["entry"])]


def changes_of(entry: wire.Row) -> Iterator[tuple[str, wire.Row]]:
    """Yield the field and the value of every change of an entry."""
    for change in map(wire.row, wire.rows(entry.get("changes"))):
        yield wire.text(change, "field") or "", wire.row(change.get("value"))
