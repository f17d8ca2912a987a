"""The card of a civil servant: what every list that names a person shows, as one SQL expression.

`CARD` is a jsonb expression over a row `a` of `asn`; any statement can select it and read the
answer with `AsnRow.of`. Employee numbers leave the database as their last three digits only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.domain.access import Scope, Viewer

PROVINCE = """
jsonb_build_object('id', pr.id, 'name', pr.name, 'kemendagri_code', pr.kemendagri_code,
                   'bps_code', pr.bps_code)
"""

AGENCY = f"""
jsonb_build_object('id', ag.id, 'code', ag.code, 'kind', ag.kind,
    'name', (SELECT an.name FROM agency_name an
              WHERE an.agency_id = ag.id AND an.valid_to_on IS NULL),
    'province', (SELECT {PROVINCE} FROM province pr WHERE pr.id = ag.province_id))
"""

BADGE = """
jsonb_build_object('id', b.id, 'code', b.public_code, 'status', b.state, 'issued_at', b.issued_at,
                   'expires_at', coalesce(b.ended_at, b.grace_until, b.valid_until))
"""

_POSTING = """
SELECT posted.* FROM assignment posted
 WHERE posted.asn_id = a.id AND posted.is_primary AND posted.from_on <= current_date
   AND coalesce(posted.to_on > current_date, true)
"""

ACCOUNTS = """
(SELECT coalesce(jsonb_agg(jsonb_build_object(
            'id', sa.id, 'platform', sa.platform, 'handle', sa.handle, 'url', sa.url,
            'ownership_verified_at', sa.ownership_verified_at, 'audience', seen.audience)
            ORDER BY sa.platform, sa.id), '[]')
   FROM social_account sa
   LEFT JOIN LATERAL (
        SELECT jsonb_build_object('kind', o.kind, 'count', o.count, 'source', o.source,
                                  'observed_at', o.observed_at) AS audience
          FROM audience_observation o
         WHERE o.asn_id = sa.asn_id AND o.account_id = sa.id
         ORDER BY o.observed_at DESC, o.id DESC LIMIT 1) seen ON true
  WHERE sa.asn_id = a.id AND sa.verification <> 'REMOVED')
"""

CURRENT_BADGE = f"""
(SELECT {BADGE} FROM badge b WHERE b.asn_id = a.id
  ORDER BY b.state IN ('ACTIVE', 'SUSPENDED', 'PENDING') DESC, b.issued_at DESC LIMIT 1)
"""

CARD = f"""
jsonb_build_object(
    'id', a.id, 'name', a.full_name,
    'number', (SELECT jsonb_build_object('kind', en.kind, 'last3', en.last3)
                 FROM employee_number en WHERE en.asn_id = a.id AND en.valid_to_on IS NULL),
    'agency', (SELECT {AGENCY} FROM ({_POSTING}) asg JOIN agency ag ON ag.id = asg.agency_id),
    'province', (SELECT {PROVINCE} FROM ({_POSTING}) asg JOIN agency ag ON ag.id = asg.agency_id
                   JOIN province pr ON pr.id = coalesce(asg.province_id, ag.province_id)),
    'accounts', {ACCOUNTS}, 'badge', {CURRENT_BADGE})
"""

# What everybody who may see the name may see: neither number nor accounts.
PUBLIC_CARD = f"({CARD}) || jsonb_build_object('number', null, 'accounts', '[]'::jsonb)"


def card(viewer: Viewer) -> str:
    """Return the card expression for a viewer: a civil servant sees other people's public part."""
    if viewer.scope is not Scope.SELF or viewer.asn_id is None:
        return CARD
    return f"CASE WHEN a.id = '{viewer.asn_id}'::uuid THEN {CARD} ELSE {PUBLIC_CARD} END"


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    """A province with both code systems."""

    id: UUID
    name: str
    kemendagri_code: str
    bps_code: str

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> "ProvinceRow | None":
        """Read `PROVINCE`."""
        return None if data is None else cls(**{**data, "id": UUID(data["id"])})


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency under its present name."""

    id: UUID
    code: str
    name: str
    kind: str
    province: ProvinceRow | None

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> "AgencyRow | None":
        """Read `AGENCY`."""
        if data is None:
            return None
        return cls(
            id=UUID(data["id"]),
            code=data["code"],
            name=data["name"],
            kind=data["kind"],
            province=ProvinceRow.of(data["province"]),
        )


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """The latest size of an audience."""

    kind: str
    count: int
    source: str
    observed_at: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any] | None) -> "AudienceRow | None":
        """Read the latest observation."""
        if data is None:
            return None
        return cls(**{**data, "observed_at": datetime.fromisoformat(data["observed_at"])})


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A linked account; no observation means that the audience is unknown."""

    id: UUID
    platform: str
    handle: str
    url: str
    ownership_verified_at: datetime | None
    audience: AudienceRow | None

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "AccountRow":
        """Read an item of `ACCOUNTS`."""
        return cls(
            id=UUID(data["id"]),
            platform=data["platform"],
            handle=data["handle"],
            url=data["url"],
            ownership_verified_at=moment(data["ownership_verified_at"]),
            audience=AudienceRow.of(data["audience"]),
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
    def of(cls, data: Mapping[str, Any] | None) -> "BadgeRow | None":
        """Read `BADGE`."""
        if data is None:
            return None
        return cls(
            id=UUID(data["id"]),
            code=data["code"],
            status=data["status"],
            issued_at=datetime.fromisoformat(data["issued_at"]),
            expires_at=moment(data["expires_at"]),
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
    def of(cls, data: Mapping[str, Any]) -> "AsnRow":
        """Read `CARD`."""
        number = data["number"] or {}
        return cls(
            id=UUID(data["id"]),
            name=data["name"],
            employment_kind=number.get("kind"),
            last3=number.get("last3"),
            agency=AgencyRow.of(data["agency"]),
            province=ProvinceRow.of(data["province"]),
            accounts=tuple(AccountRow.of(item) for item in data["accounts"]),
            badge=BadgeRow.of(data["badge"]),
        )


def moment(text: str | None) -> datetime | None:
    """Read a time from jsonb."""
    return None if text is None else datetime.fromisoformat(text)
