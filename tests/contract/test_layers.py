"""What import contracts cannot show, read from the code itself."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from api.domain.work import Job
from workers.tasks.kit import Task

ROOT = Path(__file__).resolve().parents[2]
WRITING_CALLS = {
    "bulk_create",
    "bulk_update",
    "copy_records_to_table",
    "get_or_create",
    "in_transaction",
    "transaction",
    "update_or_create",
}
WRITING_SQL = {"INSERT", "UPDATE", "DELETE", "TRUNCATE", "CREATE", "DROP", "ALTER", "GRANT", "COPY"}


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text())


def called_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            target = node.func
            yield target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_actions_open_transactions_and_write_rows() -> None:
    found = {
        name: sorted(WRITING_CALLS & set(called_names(tree)))
        for name, tree in modules("api/http", "api/reads", "api/schema", "workers/platforms")
        if WRITING_CALLS & set(called_names(tree))
    }

    assert found == {}


def test_reads_hold_no_statement_that_writes() -> None:
    found = [
        (name, text.split(maxsplit=1)[0])
        for name, tree in modules("api/reads")
        for text in texts(tree)
        if "\n" in text and text.split(maxsplit=1)[:1] and text.split()[0] in WRITING_SQL
    ]

    assert found == []


def test_only_settings_read_the_environment() -> None:
    found = [
        name
        for name, tree in modules("api", "workers")
        if name != "api/settings/__init__.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]

    assert found == []


def test_the_rules_need_only_the_standard_library() -> None:
    allowed = set(sys.stdlib_module_names) | {"api.errors"}
    found = [
        (name, module)
        for name, tree in modules("api/domain")
        for module in imported(tree)
        if module.split(".")[0] not in allowed
        and module != "api"
        and not module.startswith(("api.domain", "api.errors"))
    ]

    assert found == []


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_every_job_has_one_task_and_every_task_a_job() -> None:
    registry = next(
        tree for name, tree in modules("workers/tasks") if name == "workers/tasks/__init__.py"
    )
    dictionaries = [node for node in ast.walk(registry) if isinstance(node, ast.Dict)]
    named = {key.attr for key in dictionaries[0].keys if isinstance(key, ast.Attribute)}

    assert Task is not None
    assert named == set(Job.__members__)


def test_functions_fit_a_glance() -> None:
    lengths = [
        node.end_lineno - node.lineno + 1
        for name, tree in modules("api", "workers")
        if "migrations" not in name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    ordered = sorted(lengths)

    assert ordered[len(ordered) // 2] <= 8
    assert ordered[len(ordered) * 95 // 100] <= 30
