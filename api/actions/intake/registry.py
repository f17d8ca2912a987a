"""Looking up what the rows of a file refer to."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from asyncpg import Connection

from api.actions.intake.cells import Cells
from api.domain.nip import EmployeeNumber, EmploymentKind, parse
from api.domain.platform import Platform
from api.domain.profiles import check_platform_user_id
from api.errors import Refusal
from api.models.sealed import Sealer
from api.queue import Job, enqueue_many

_PEOPLE = "SELECT blind_index, asn_id FROM employee_number_key WHERE blind_index = ANY($1::bytea[])"
_AGENCIES = "SELECT code, id FROM agency WHERE code = ANY($1::text[]) AND valid_to_on IS NULL"
_ACCOUNTS = """
SELECT k.platform, k.platform_user_id, k.asn_id, k.account_id,
       a.verification = 'VERIFIED' AS is_verified
  FROM account_key k
  JOIN unnest($1::text[], $2::text[]) AS asked(platform, platform_user_id)
    ON k.platform = asked.platform AND k.platform_user_id = asked.platform_user_id
  JOIN social_account a ON a.id = k.account_id
"""
_ERASED = "SELECT key_hash FROM erasure_tombstone WHERE key_hash = ANY($1::bytea[])"
_LOCK_PEOPLE = "SELECT id FROM asn WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"

AccountKey = tuple[str, str]
"""Platform and the account's immutable id there: together they name one account of the world."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The person and the account behind an id of a network."""

    asn_id: UUID
    account_id: UUID
    is_verified: bool


def read_number(cells: Cells, kind: EmploymentKind = EmploymentKind.PNS) -> EmployeeNumber:
    """Read the column `employee_number`; the kind matters for warnings only."""
    text = cells.text("employee_number", 200)
    try:
        return parse(text, kind, on=cells.latest_at.date())
    except Refusal as refusal:
        raise Refusal(refusal.message, code=refusal.code, field=["employee_number"]) from refusal


def account_hash(sealer: Sealer, key: AccountKey) -> bytes:
    """Return the keyed hash that stands for an account nobody is named by."""
    return sealer.resharer_key(":".join(key))


async def people_by_number(db: Connection, blind_indexes: Iterable[bytes]) -> dict[bytes, UUID]:
    """Return the people who have or had these numbers."""
    rows = await db.fetch(_PEOPLE, list(set(blind_indexes)))
    return {row["blind_index"]: row["asn_id"] for row in rows}


async def agencies_by_code(db: Connection, codes: Iterable[str]) -> dict[str, UUID]:
    """Return the agencies that exist today under these codes."""
    rows = await db.fetch(_AGENCIES, list(set(codes)))
    return {row["code"]: row["id"] for row in rows}


async def account_owners(db: Connection, keys: Iterable[AccountKey]) -> dict[AccountKey, Owner]:
    """Return whose these accounts are, as far as anybody has linked them."""
    asked = list(set(keys))
    rows = await db.fetch(_ACCOUNTS, [key[0] for key in asked], [key[1] for key in asked])
    return {
        (row["platform"], row["platform_user_id"]): Owner(
            row["asn_id"], row["account_id"], row["is_verified"]
        )
        for row in rows
    }


async def erased_hashes(db: Connection, hashes: Iterable[bytes]) -> frozenset[bytes]:
    """Return those of the hashes that belong to people who were erased."""
    rows = await db.fetch(_ERASED, list(set(hashes)))
    return frozenset(row["key_hash"] for row in rows)


async def lock_people(db: Connection, asn_ids: Collection[UUID]) -> None:
    """Keep others from changing these people until the commit."""
    await db.execute(_LOCK_PEOPLE, list(set(asn_ids)))


async def ask_for_assessments(db: Connection, asn_ids: Iterable[UUID]) -> None:
    """Ask that the eligibility of these people be looked at again."""
    asked: Mapping[str, Mapping[str, str]] = {
        f"assess:{asn_id}": {"asn_id": str(asn_id)} for asn_id in asn_ids
    }
    if asked:
        await enqueue_many(db, Job.ASSESS_ELIGIBILITY, asked)


def read_account(cells: Cells, platform: Platform, column: str) -> str:
    """Read the id of an account on a network."""
    return check_platform_user_id(platform, cells.text(column, 128), field=[column])
