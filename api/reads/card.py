"""The card of a civil servant: what every list that names a person shows, as one SQL expression.

`CARD` is a jsonb expression over a row `a` of `asn`; any statement can select it and read the
answer with `AsnRow.of`. Employee numbers leave the database as their last three digits only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from api.domain.access import Scope, Viewer
from api.reads.posting import today

Data = Mapping[str, Any]
Row = TypeVar("Row")

PROVINCE = """
jsonb_build_object('id', pr.id, 'name', pr.name, 'kemendagri_code', pr.kemendagri_code,
                   'bps_code', pr.bps_code)
"""

# An agency that was dissolved keeps its last name.
AGENCY_NAME = """
coalesce((SELECT an.name FROM agency_name an WHERE an.agency_id = ag.id AND an.valid_to_on IS NULL),
         (SELECT an.name FROM agency_name an WHERE an.agency_id = ag.id
           ORDER BY an.valid_from_on DESC LIMIT 1), ag.code)
"""

AGENCY = f"""
jsonb_build_object('id', ag.id, 'code', ag.code, 'kind', ag.kind, 'name', {AGENCY_NAME},
    'province', (SELECT {PROVINCE} FROM province pr WHERE pr.id = ag.province_id))
"""

BADGE = """
jsonb_build_object('id', b.id, 'code', b.public_code, 'status', b.state, 'issued_at', b.issued_at,
                   'expires_at', coalesce(b.ended_at, b.grace_until, b.valid_until))
"""

CURRENT_BADGE = f"""
(SELECT {BADGE} FROM badge b WHERE b.asn_id = a.id
  ORDER BY b.state IN ('ACTIVE', 'SUSPENDED', 'PENDING') DESC, b.issued_at DESC, b.id DESC LIMIT 1)
"""

ACCOUNT = """
jsonb_build_object(
    'id', sa.id, 'platform', sa.platform, 'handle', sa.handle, 'url', sa.url,
    'ownership_verified_at', sa.ownership_verified_at, 'verification', sa.verification,
    'connection', sa.connection,
    'audience', (SELECT jsonb_build_object('kind', o.kind, 'count', o.count, 'source', o.source,
                                           'observed_at', o.observed_at)
                   FROM audience_observation o
                  WHERE o.asn_id = sa.asn_id AND o.account_id = sa.id
                  ORDER BY o.observed_at DESC, o.id DESC LIMIT 1))
"""

_ACCOUNTS = f"""
(SELECT coalesce(jsonb_agg({ACCOUNT} ORDER BY sa.platform, sa.id), '[]') FROM social_account sa
  WHERE sa.asn_id = a.id AND sa.verification <> 'REMOVED')
"""

_NUMBER = """
(SELECT jsonb_build_object('kind', en.kind, 'last3', en.last3)
   FROM employee_number en WHERE en.asn_id = a.id AND en.valid_to_on IS NULL)
"""

_PLACE = f"""
coalesce((SELECT jsonb_build_object('agency', {AGENCY}, 'province',
                 (SELECT {PROVINCE} FROM province pr
                   WHERE pr.id = coalesce(posted.province_id, ag.province_id)))
            FROM assignment posted JOIN agency ag ON ag.id = posted.agency_id
           WHERE posted.asn_id = a.id AND {today("posted")}),
         jsonb_build_object('agency', null, 'province', null))
"""


def _card(number: str, accounts: str) -> str:
    return (
        f"jsonb_build_object('id', a.id, 'name', a.full_name, 'number', {number},"
        f" 'accounts', {accounts}, 'badge', {CURRENT_BADGE}) || {_PLACE}"
    )


CARD = _card(_NUMBER, _ACCOUNTS)

# What everybody who may see the name may see: neither number nor accounts.
PUBLIC_CARD = _card("null", "'[]'::jsonb")


def card(viewer: Viewer) -> str:
    """Return the card expression for a viewer: a civil servant sees other people's public part."""
    if viewer.scope is not Scope.SELF:
        return f"({CARD})"
    if viewer.asn_id is None:
        return f"({PUBLIC_CARD})"
    return f"(CASE WHEN a.id = '{viewer.asn_id}'::uuid THEN {CARD} ELSE {PUBLIC_CARD} END)"


def if_known(read: Callable[[Any], Row], data: Any) -> Row | None:  # noqa: ANN401
    """Read a part of jsonb that may be null."""
    return None if data is None else read(data)


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    """A province with both code systems."""

    id: UUID
    name: str
    kemendagri_code: str
    bps_code: str

    @classmethod
    def of(cls, data: Data) -> "ProvinceRow":
        """Read `PROVINCE`."""
        return cls(**{**data, "id": UUID(data["id"])})


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency under its present name."""

    id: UUID
    code: str
    name: str
    kind: str
    province: ProvinceRow | None

    @classmethod
    def of(cls, data: Data) -> "AgencyRow":
        """Read `AGENCY`."""
        return cls(
            id=UUID(data["id"]),
            code=data["code"],
            name=data["name"],
            kind=data["kind"],
            province=if_known(ProvinceRow.of, data["province"]),
        )


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """The latest size of an audience."""

    kind: str
    count: int
    source: str
    observed_at: datetime

    @classmethod
    def of(cls, data: Data) -> "AudienceRow":
        """Read the latest observation."""
        return cls(**{**data, "observed_at": datetime.fromisoformat(data["observed_at"])})


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A linked account; no observation means that the audience is unknown."""

    id: UUID
    platform: str
    handle: str
    url: str
    ownership_verified_at: datetime | None
    verification: str
    connection: str
    audience: AudienceRow | None

    @classmethod
    def of(cls, data: Data) -> "AccountRow":
        """Read `ACCOUNT`."""
        return cls(
            id=UUID(data["id"]),
            platform=data["platform"],
            handle=data["handle"],
            url=data["url"],
            ownership_verified_at=if_known(datetime.fromisoformat, data["ownership_verified_at"]),
            verification=data["verification"],
            connection=data["connection"],
            audience=if_known(AudienceRow.of, data["audience"]),
        )


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """A badge; `expires_at` is when it ended, ends after grace, or would end."""

    id: UUID
    code: str
    status: str
    issued_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, data: Data) -> "BadgeRow":
        """Read `BADGE`."""
        return cls(
            id=UUID(data["id"]),
            code=data["code"],
            status=data["status"],
            issued_at=datetime.fromisoformat(data["issued_at"]),
            expires_at=if_known(datetime.fromisoformat, data["expires_at"]),
        )


@dataclass(frozen=True, slots=True)
class AsnRow:
    """A civil servant as lists show them."""

    id: UUID
    name: str
    employment_kind: str | None
    last3: str | None
    agency: AgencyRow | None
    province: ProvinceRow | None
    accounts: tuple[AccountRow, ...]
    badge: BadgeRow | None

    @classmethod
    def of(cls, data: Data) -> "AsnRow":
        """Read `CARD`."""
        number = data["number"] or {}
        return cls(
            id=UUID(data["id"]),
            name=data["name"],
            employment_kind=number.get("kind"),
            last3=number.get("last3"),
            agency=if_known(AgencyRow.of, data["agency"]),
            province=if_known(ProvinceRow.of, data["province"]),
            accounts=tuple(AccountRow.of(item) for item in data["accounts"]),
            badge=if_known(BadgeRow.of, data["badge"]),
        )
