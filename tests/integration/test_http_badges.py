"""A badge can be verified by anybody, and shows only what its holder agreed to show."""

import asyncpg
import httpx2
import pytest

from api.actions.reference import ensure_reference_rows
from api.app import create_app
from api.models import new_id
from api.settings import Settings

ASN, CODE = new_id(), "kode-contoh-123456789"
BADGE = """
INSERT INTO badge (id, asn_id, badge_class_id, public_code, state, issued_at)
SELECT $1, $2, id, $3, 'ACTIVE', now() FROM badge_class
"""
PERSON = """
INSERT INTO asn (id, full_name, sort_name, is_active, is_pseudonymous, created_at)
VALUES ($1, 'Contoh <b>Rekaan</b>', 'contoh', true, false, now())
"""
CONSENT = """
INSERT INTO consent (id, asn_id, purpose, basis, text_version, channel, granted_at)
VALUES ($1, $2, 'BADGE_PUBLIC', 'CONSENT', '1', 'WEB', now())
"""


async def ask(settings: Settings, path: str, accept: str, *, is_public: bool) -> httpx2.Response:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await ensure_reference_rows()
        connection = await asyncpg.connect(settings.database_url, ssl=False)
        await connection.execute(PERSON, ASN)
        await connection.execute(BADGE, new_id(), ASN, CODE)
        if is_public:
            await connection.execute(CONSENT, new_id(), ASN)
        await connection.close()
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://gema.test") as client:
            return await client.get(path, headers={"accept": accept})


async def test_without_consent_a_badge_names_nobody(settings: Settings) -> None:
    answer = await ask(settings, f"/badges/{CODE}", "application/json", is_public=False)

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["holderName"]) == ("ACTIVE", None)


async def test_with_consent_a_browser_sees_the_name_as_text(settings: Settings) -> None:
    answer = await ask(settings, f"/badges/{CODE}", "text/html", is_public=True)

    assert "berlaku / in force" in answer.text
    assert "Contoh &lt;b&gt;Rekaan&lt;/b&gt;" in answer.text


@pytest.mark.parametrize("code", ["unknown", "x" * 65, "%00", "kode-%F0%9F%98%80"])
async def test_a_code_that_is_not_there_is_not_found(settings: Settings, code: str) -> None:
    answer = await ask(settings, f"/badges/{code}", "text/html", is_public=True)

    assert answer.status_code == 404
    assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
