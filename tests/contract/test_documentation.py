"""The reference pages name exactly what the code has: no setting, job or code goes unmentioned."""

import ast
import re
from pathlib import Path

import pytest
from graphql import GraphQLEnumType, build_schema

from api.domain.work import Job
from api.schema.export import sdl

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# These are read where local servers are started, not by the programs themselves.
OF_LOCAL_SERVERS = {"GEMA_PG_BIN", "GEMA_RUN_AS"}


def documented(page: str) -> set[str]:
    return set(ROW.findall((REFERENCE / page).read_text()))


LOGIN = ("CLIENT_ID", "CLIENT_SECRET", "AUTHORIZE_URL", "TOKEN_URL", "REVOKE_URL")


def settings_read() -> set[str]:
    files = sorted((ROOT / "api" / "settings").glob("*.py"))
    calls = [
        node
        for file in files
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
    ]
    stems = {first_text(call.args[1:]) for call in calls if called(call) == "_login"}
    logins = {f"{stem}_{word}" for stem in stems for word in LOGIN}
    return {name for call in calls if is_read(call) and (name := first_text(call.args))} | logins


def is_read(call: ast.Call) -> bool:
    source = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(source, ast.Name) and source.id == "read"


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def first_text(arguments: list[ast.expr]) -> str:
    first = arguments[0] if arguments else None
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return str(first.value) if isinstance(first, ast.Constant) and is_text else ""


def test_every_setting_has_a_row_and_no_row_is_left_of_an_old_one() -> None:
    known = {name for name in documented("settings.md") if name.isupper()}

    assert known == settings_read() | OF_LOCAL_SERVERS


def test_every_job_has_a_row() -> None:
    jobs, _, _ = (REFERENCE / "jobs.md").read_text().partition("## Numbers")

    assert set(ROW.findall(jobs)) == {job.value for job in Job}


def test_every_code_of_a_refused_mutation_is_explained() -> None:
    codes = build_schema(sdl()).type_map["ErrorCode"]
    assert isinstance(codes, GraphQLEnumType)
    text = (REFERENCE / "errors.md").read_text()
    _, _, refusals = text.partition("## `userErrors")

    assert set(ROW.findall(refusals)) == set(codes.values)


def test_every_top_level_code_is_explained() -> None:
    text = (REFERENCE / "errors.md").read_text()
    first, _, _ = text.partition("## `userErrors")
    sources = [ROOT / "api" / "errors.py", *(ROOT / "api").glob("schema/*.py")]
    written = " ".join(source.read_text() for source in sources)

    unused = {code for code in ROW.findall(first) if f'"{code}"' not in written}
    assert unused == set()
    raised = set(re.findall(r'(?:refused|CodedError)\(\s*"([A-Z_]+)"', written))
    assert raised <= set(ROW.findall(first))


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = [link for link in LINK.findall(page.read_text()) if "://" not in link]

    assert [link for link in targets if not (page.parent / link).exists()] == []
