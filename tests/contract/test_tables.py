"""The tables that migrations make are the tables that the models declare."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from tortoise.migrations.operations import AddField
from tortoise.models import Model

import api.models
from api.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GROWING = (
    "share",
    "share_evidence",
    "reshare",
    "metric_observation",
    "review_flag",
    "review_entry",
    "coshare_pair",
    "click",
    "tracked_link",
    "audience_observation",
    "share_gain",
    "share_proof",
    "holder_day",
    "holder_prior",
)
_NAMES = """
SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
"""
_UNIQUE = """
SELECT t.relname, i.relname, array_agg(a.attname)
  FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(x.indkey)
 WHERE x.indisunique AND t.relname = ANY($1) GROUP BY 1, 2
"""


def declared() -> set[str]:
    models = [
        value
        for value in vars(api.models).values()
        if inspect.isclass(value) and issubclass(value, Model)
    ]
    return {
        constraint.name for model in models for constraint in getattr(model.Meta, "constraints", ())
    }


async def test_every_declared_constraint_stands_in_the_database(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url, ssl=False)
    try:
        standing = {row[0] for row in await connection.fetch(_NAMES)}
    finally:
        await connection.close()

    assert len(declared()) > 90
    assert declared() <= standing


async def test_every_unique_key_of_a_growing_table_carries_asn_id(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url, ssl=False)
    try:
        keys = await connection.fetch(_UNIQUE, list(GROWING))
    finally:
        await connection.close()

    assert {row[0] for row in keys} == set(GROWING)
    assert [row[1] for row in keys if "asn_id" not in row[2]] == []


@pytest.mark.timeout(120)
def test_models_and_migrations_agree(environment: dict[str, str], tmp_path: Path) -> None:
    folder = ROOT / "api" / "models" / "migrations"
    before = {file.name for file in folder.glob("*.py")}

    done = subprocess.run(
        [sys.executable, "-m", "tortoise", "makemigrations"],
        cwd=ROOT,
        env={**environment, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    made = {file.name for file in folder.glob("*.py")} - before
    for name in made:
        (folder / name).unlink()

    assert made == set()
    assert "No changes detected" in done.stdout


def test_a_column_that_is_added_has_a_value_for_the_rows_that_are_there() -> None:
    folder = ROOT / "api" / "models" / "migrations"
    added = [
        step
        for file in folder.glob("0*.py")
        for step in importlib.import_module(
            f"api.models.migrations.{file.stem}"
        ).Migration.operations
        if isinstance(step, AddField)
    ]

    bare = [one.name for one in added if not (one.field.null or one.field.has_db_default())]
    assert bare == []
