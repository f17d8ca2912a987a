"""The rows that the product ships: provinces, policies, the scoring model and its decay, badges."""

from asyncpg import Connection

from api.domain.amplification import DECAY_PPM, FORMULA, Parameters
from api.domain.eligibility import PRESETS, Policy
from api.domain.province import PROVINCES
from api.models import new_id, transaction

BADGE_CLASS = "ASN_INFORMATION_AMBASSADOR"

_PROVINCE = """
INSERT INTO province (id, name, kemendagri_code, bps_code) VALUES ($1, $2, $3, $4)
ON CONFLICT (kemendagri_code) DO NOTHING
"""
_POLICY = """
INSERT INTO eligibility_policy (id, code, version, state, document, created_at)
VALUES ($1, $2, $3, 'ACTIVE', $4, now())
ON CONFLICT (code, version) DO NOTHING
"""
_DECAY = """
INSERT INTO decay (id, formula, age_days, weight_ppm) VALUES ($1, $2, $3, $4)
ON CONFLICT (formula, age_days) DO NOTHING
"""
_MODEL = """
INSERT INTO scoring_model (version, formula, parameters, parameters_sha256, published_at)
VALUES ($1, $2, $3, $4, now())
ON CONFLICT (version) DO NOTHING
"""
_BADGE_CLASS = """
INSERT INTO badge_class (id, code, name, description) VALUES ($1, $2, $3, $4)
ON CONFLICT (code) DO NOTHING
"""
_FORMULA = (
    "points = sum over shares of ln(1 + 2 * weighted mean of value / baseline)"
    " * 2^(-age / 30 days),"
    " in units of ln 3; resharers weigh 600, clicks 300, conversation 100 per mille"
)


async def ensure_reference_rows() -> None:
    """Insert what is missing; published versions are never edited."""
    async with transaction() as db:
        await _provinces_and_badges(db)
        await _rules(db)


async def _provinces_and_badges(db: Connection) -> None:
    rows = [(new_id(), *province) for province in PROVINCES]
    await db.executemany(_PROVINCE, rows)
    description = "An official, openly labelled civil servant who passes on government information."
    await db.execute(_BADGE_CLASS, new_id(), BADGE_CLASS, "Duta Informasi ASN", description)


async def _rules(db: Connection) -> None:
    policies: list[Policy] = list(PRESETS.values())
    rows = [(new_id(), p.code, p.version, p.to_json()) for p in policies]
    await db.executemany(_POLICY, rows)
    weights = [(new_id(), FORMULA, age, weight) for age, weight in enumerate(DECAY_PPM)]
    await db.executemany(_DECAY, weights)
    parameters = Parameters()
    await db.execute(_MODEL, FORMULA, _FORMULA, parameters.to_json(), parameters.sha256)
