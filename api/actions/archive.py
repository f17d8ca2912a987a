"""Observations and the facts of one list as a file, from which another installation computes it.

The file holds what the score needs, under pseudonyms: ids, times, counts and keyed hashes; no
name, no handle, no number. Neither scores nor decisions are in it: they must come out again.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import orjson
from asyncpg import Connection

from api.errors import InvalidState, NotFound, StartupFailure
from api.models import connection, transaction

FORMAT = "gema-observations-1"
_BATCH = 1_000
_NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the file: which rows, and what replaces personal or foreign columns."""

    table: str
    where: str = "true"
    replaced: str = "'{}'"
    """An expression of jsonb over the row `t`."""


_OF_LIST = "(SELECT score_run_id FROM invite_list WHERE id = $1)"
_EVENT = "(SELECT event_id FROM invite_list WHERE id = $1)"
_PARTS = (
    Part(
        "agency",
        f"t.id = (SELECT agency_id FROM event WHERE id = {_EVENT})",
        '\'{"parent_id": null, "province_id": null}\'',
    ),
    Part("asn", replaced='\'{"full_name": "-", "sort_name": "-"}\''),
    Part("program", replaced="'{\"agency_id\": null}'"),
    Part("campaign"),
    Part("program_post"),
    Part(
        "social_account",
        replaced="jsonb_build_object('handle', '-', 'url', 'https://gema.invalid/',"
        " 'platform_user_id', t.id)",
    ),
    Part("consent", "t.purpose = 'ACCOUNT_TRACKING'"),
    Part("tracked_link", replaced='\'{"code": "-"}\''),
    Part("click", "t.is_counted"),
    Part(
        "share",
        replaced="jsonb_build_object('key', t.id, 'native_id', NULL, 'url', 'https://gema.invalid/')",
    ),
    Part("reshare"),
    Part("metric_observation"),
    Part("baseline", f"t.id = (SELECT baseline_id FROM score_run WHERE id = {_OF_LIST})"),
    Part(
        "holder_prior", f"t.baseline_id = (SELECT baseline_id FROM score_run WHERE id = {_OF_LIST})"
    ),
    Part("score_run", f"t.id = {_OF_LIST}"),
    Part("event", f"t.id = {_EVENT}", '\'{"title": "-", "venue": null, "province_id": null}\''),
    Part("invite_list", "t.id = $1", f"jsonb_build_object('sha256', '{_NO_HASH}')"),
    Part(
        "invite_list_entry",
        "t.invite_list_id = $1",
        '\'{"score": 0, "decision": "NOT_ELIGIBLE", "seat": null, "waiting_position": null,'
        ' "reasons": []}\'',
    ),
    Part("invite_list_override", "t.invite_list_id = $1 AND t.after_sha256 IS NOT NULL"),
)
_KNOWN = {part.table for part in _PARTS}


async def observations_of(list_id: UUID) -> AsyncIterator[bytes]:
    """Yield the lines of the file of a list, from one view of the database.

    Raises:
        NotFound: there is no such list.
    """
    async with connection() as db, db.transaction(isolation="repeatable_read", readonly=True):
        sha256 = await db.fetchval("SELECT sha256 FROM invite_list WHERE id = $1", list_id)
        if sha256 is None:
            raise NotFound
        head = {"format": FORMAT, "list": str(list_id), "sha256": sha256}
        yield orjson.dumps(head) + b"\n"
        for part in _PARTS:
            async for line in _lines(db, part, list_id):
                yield line


async def _lines(db: Connection, part: Part, list_id: UUID) -> AsyncIterator[bytes]:
    statement = (
        f"SELECT (to_jsonb(t) || ({part.replaced})::jsonb)::text FROM {part.table} t"
        f" WHERE {part.where} AND $1::uuid IS NOT NULL ORDER BY t.id"
    )
    async for row in db.cursor(statement, list_id, prefetch=_BATCH):
        yield f'{{"{part.table}": {row[0]}}}\n'.encode()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The list that a file is about, and the hash that it had where the file was made."""

    list_id: UUID
    sha256: str


async def load_observations(lines: Iterable[bytes]) -> Loaded:
    """Store the rows of a file in an installation that is still empty.

    Raises:
        InvalidState: there are people here already.
        StartupFailure: it is no such file.
    """
    found = iter(lines)
    loaded = _head(next(found, b""))
    async with transaction() as db:
        await db.execute("SET LOCAL statement_timeout = '300s'")
        if await db.fetchval("SELECT EXISTS (SELECT 1 FROM asn)"):
            raise InvalidState("Observations are loaded into an empty installation only.")
        for table, rows in _batches(found):
            await db.execute(
                f"INSERT INTO {table} SELECT * FROM"
                f" jsonb_populate_recordset(NULL::{table}, $1::text::jsonb)",
                f"[{','.join(rows)}]",
            )
    return loaded


def _head(line: bytes) -> Loaded:
    try:
        head = orjson.loads(line)
        if head["format"] == FORMAT:
            return Loaded(UUID(head["list"]), head["sha256"])
    except (ValueError, KeyError, TypeError):
        pass
    raise StartupFailure("FILE_UNREADABLE", f"The file does not begin as a {FORMAT} file.")


def _batches(lines: Iterator[bytes]) -> Iterator[tuple[str, list[str]]]:
    """Gather rows that follow each other in one table; the spelling of numbers is kept."""
    table, rows = "", list[str]()
    while chunk := list(islice(lines, _BATCH)):
        for line in chunk:
            name, row = _split(line)
            if name != table or len(rows) >= _BATCH:
                if rows:
                    yield table, rows
                table, rows = name, []
            rows.append(row)
    if rows:
        yield table, rows


def _split(line: bytes) -> tuple[str, str]:
    name, _, rest = line.decode().strip().removeprefix('{"').partition('": ')
    if name not in _KNOWN or not rest.endswith("}"):
        raise StartupFailure("FILE_UNREADABLE", "The file has a line of an unknown kind.")
    return name, rest[:-1]
