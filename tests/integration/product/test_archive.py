"""The observations behind a list as a file: no names in it, and the same list out of it."""

import factories as make
import pytest
from api_client import Api, key_of
from test_invitations import frozen
from world import World

from api.actions.archive import load_observations, observations_of
from api.actions.invite_list import reproduced_sha256
from api.errors import InvalidState, StartupFailure

EMPTY = "TRUNCATE asn, agency, program, baseline, score_run, event CASCADE"


async def archived(api: Api, world: World) -> tuple[str, list[bytes]]:
    """Freeze a list; return its hash and the lines of its file."""
    listed = key_of(await frozen(api, world))
    sha256: str = await make.value("SELECT sha256 FROM invite_list WHERE id = $1", listed)
    return sha256, [line async for line in observations_of(listed)]


async def test_the_file_computes_the_same_list_where_nothing_else_is_known(
    api: Api, world: World
) -> None:
    sha256, lines = await archived(api, world)
    await make.execute(EMPTY)

    loaded = await load_observations(lines)

    assert loaded.sha256 == sha256
    assert await make.value("SELECT max(score) FROM invite_list_entry") == 0
    assert await reproduced_sha256(loaded.list_id) == sha256


async def test_one_reshare_less_computes_another_list(api: Api, world: World) -> None:
    sha256, lines = await archived(api, world)
    await make.execute(EMPTY)
    first = next(at for at, line in enumerate(lines) if line.startswith(b'{"reshare"'))

    loaded = await load_observations([*lines[:first], *lines[first + 1 :]])

    assert await reproduced_sha256(loaded.list_id) not in {None, sha256}


async def test_the_file_names_nobody(api: Api, world: World) -> None:
    async with make.connection() as db:
        people = await db.fetch("SELECT full_name, handle, s.native_id FROM asn a"
                                " JOIN social_account k ON k.asn_id = a.id"
                                " JOIN share s ON s.asn_id = a.id")  # fmt: skip

    _, lines = await archived(api, world)

    content = b"".join(lines).decode()
    told = [value for row in people for value in row if value in content]
    assert len(people) == 3
    assert told == []


async def test_only_an_empty_installation_takes_a_file_and_only_such_a_file(
    api: Api, world: World
) -> None:
    _, lines = await archived(api, world)

    with pytest.raises(InvalidState):
        await load_observations(lines)
    await make.execute(EMPTY)
    with pytest.raises(StartupFailure):
        await load_observations([b"a,b,c\n"])
    with pytest.raises(StartupFailure):
        await load_observations([lines[0], b'{"outbox_message": {}}\n'])
    assert await make.value("SELECT count(*) FROM asn") == 0
