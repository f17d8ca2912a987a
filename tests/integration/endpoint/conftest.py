"""The application over the small schema, without any database behind it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from asking import client_of, token_of

from api.domain.access import Role
from api.settings import Settings


@pytest.fixture
def plain_settings(tmp_path: Path) -> Settings:
    """Settings whose PostgreSQL and Valkey nobody serves."""
    return Settings.from_env(
        {
            "DATABASE_URL": "postgres://nobody:x@127.0.0.1:9/none",
            "REDIS_URL": "redis://127.0.0.1:9/0",
            "GEMA_HOME": str(tmp_path),
            "ENC_KEYS": "11" * 32,
            "CURSOR_KEYS": "22" * 32,
            "INDEX_KEY": "33" * 32,
            "RESHARER_KEY": "44" * 32,
            "CORS_ORIGINS": "https://known.example",
            "INTROSPECTION": "auth",
        }
    )


@pytest.fixture
def admin_token(plain_settings: Settings) -> str:
    return token_of(plain_settings, Role.ADMIN)


@pytest.fixture
async def client(plain_settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with client_of(plain_settings) as made:
        yield made


@pytest.fixture
def access(plain_settings: Settings) -> Callable[..., Settings]:
    """Give the settings with another way of access."""
    return lambda **changes: replace(
        plain_settings, access=replace(plain_settings.access, **changes)
    )
