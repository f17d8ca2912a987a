"""`gema`, the command line: runs Gema, feeds it, and asks it questions."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn
from uuid import uuid4

import typer

from api.actions.intake import ImportKind
from api.cli import archive as archives
from api.cli import doctor as doctors
from api.cli import reports
from api.cli import verify as verifying
from api.cli.failures import disk_failure
from api.cli.imports import import_file
from api.cli.migrations import migrate as apply_migrations
from api.cli.run import run as run_all
from api.cli.session import environment_of, opened
from api.cli.span import span
from api.cli.welcome import welcome
from api.domain.access import Role
from api.errors import GemaError
from api.http.tokens import issue_dev_token
from api.local import LocalHome
from api.settings import SettingRefused, Settings

app = typer.Typer(
    help="Gema: who amplified which government post, on what evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Data = Annotated[
    Path | None, typer.Option(help="State directory of this call, instead of GEMA_HOME.")
]


@app.command()
def run(
    port: Annotated[int, typer.Option(help="Port of the API on this machine.")] = 8000,
    data: Data = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Start with empty data.")] = False,
    sandbox: Annotated[
        bool, typer.Option(help="Run the simulated network as the outside world.")
    ] = True,
) -> None:
    """Start servers, sandbox, worker and API, and keep them alive until Ctrl-C."""
    status = run_all(
        port=port,
        data=data,
        fresh=fresh,
        with_sandbox=sandbox,
        migrate=apply_migrations,
        welcome=welcome,
    )
    raise typer.Exit(status)


@app.command()
def token(  # noqa: PLR0913, PLR0917 (each argument is an option)
    role: Annotated[Role, typer.Option(help="What the caller may do.")],
    agency: Annotated[str | None, typer.Option(help="Code of the caller's agency.")] = None,
    asn: Annotated[str | None, typer.Option(help="Id of the civil servant, for ASN.")] = None,
    ttl: Annotated[str, typer.Option(help="How long it holds, such as 30m, 1h or 7d.")] = "1h",
    subject: Annotated[str | None, typer.Option(help="Who it is; a new person if absent.")] = None,
    data: Data = None,
) -> None:
    """Print a development token as the last line."""
    from api.cli.token import asn_key  # noqa: PLC0415 (ids bring the whole schema along)

    settings = Settings.from_env(environment_of(LocalHome.chosen(data)))
    asn_id = None if asn is None else asn_key(asn)
    typer.echo(
        issue_dev_token(
            settings.access,
            role,
            now=datetime.now(UTC),
            ttl=span(ttl),
            agency_code=agency,
            asn_id=asn_id,
            subject=subject or (None if asn_id else f"dev:{role.lower()}:{uuid4().hex[:12]}"),
        )
    )


@app.command("import")
def import_(
    kind: Annotated[ImportKind, typer.Argument(help="What the rows are.")],
    file: Annotated[Path, typer.Argument(help="CSV or CSV.gz with a header.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, store nothing.")] = False,
    all_or_nothing: Annotated[
        bool, typer.Option("--all-or-nothing", help="Store nothing if any row is refused.")
    ] = False,
    data: Data = None,
) -> None:
    """Import rows; a bad row is named with line, column and reason, the same file adds nothing."""
    with opened(data) as settings:
        status = import_file(
            kind,
            file,
            is_dry_run=dry_run,
            is_all_or_nothing=all_or_nothing,
            settings=settings,
        )
    raise typer.Exit(status)


@app.command()
def rank(data: Data = None) -> None:
    """Compute all scores now and print what came out."""
    with opened(data) as settings:
        reports.print_run(asyncio.run(reports.rank(settings)))


@app.command()
def evaluate(  # noqa: PLR0913 (each argument is an option)
    cut: Annotated[
        list[int] | None,
        typer.Option(help="Days after the first share, negative: before now; may be repeated."),
    ] = None,
    horizon: Annotated[int, typer.Option(help="Days in which the outcome is measured.")] = 10,
    scores: Annotated[
        Path | None, typer.Option(help="Write the scores at each cut to this CSV file.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the figures to this SVG file.")] = None,
    *,
    each_cut: Annotated[
        bool, typer.Option("--each-cut", help="List every cut, not only the means.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the figures: `rankingEvaluations` shows them.")
    ] = False,
    data: Data = None,
) -> None:
    """Rank at past moments and measure what came after, beside simpler methods."""
    with opened(data) as settings:
        found = asyncio.run(reports.evaluated(settings, tuple(cut or ()), horizon, keep=keep))
    if each_cut:
        reports.print_cuts(found)
    reports.print_evaluation(found)
    if scores is not None:
        reports.write_scores(found, scores)
    if plot is not None:
        reports.draw(found, horizon, plot)


@app.command()
def archive(
    invite_list: Annotated[str, typer.Argument(help="Id of the invite list.")],
    file: Annotated[Path, typer.Argument(help="Where to write, one JSON object a line.")],
    data: Data = None,
) -> None:
    """Write the observations behind a list, under pseudonyms, without scores or decisions."""
    from api.cli.ids import key_of  # noqa: PLC0415 (ids bring the whole schema along)

    key = key_of(invite_list, "InviteList", "This command takes the id of an invite list")
    with opened(data) as settings:
        archives.archive(settings, key, file)


@app.command()
def reproduce(
    file: Annotated[Path, typer.Argument(help="What `gema archive` wrote.")],
    data: Data = None,
) -> None:
    """Compute an archived list in an empty installation; exit 1 if its hash differs."""
    with opened(data) as settings:
        status = archives.reproduce(settings, file)
    raise typer.Exit(status)


@app.command()
def verify(data: Data = None) -> None:
    """Compare the database with the sandbox's truth, and the ranking with a rebuild."""
    home = LocalHome.chosen(data)
    with opened(data) as settings:
        status = verifying.verify(settings, home)
    raise typer.Exit(status)


@app.command()
def schema(
    *,
    reference: Annotated[
        bool, typer.Option("--reference", help="Print it as a page for readers.")
    ] = False,
    since: Annotated[
        Path | None,
        typer.Option(help="Print what has changed since this file; exit 1 if it breaks clients."),
    ] = None,
) -> None:
    """Print the published GraphQL schema."""
    from api.schema.changes import changes_since  # noqa: PLC0415 (building it takes a second)
    from api.schema.export import sdl  # noqa: PLC0415
    from api.schema.reference import reference as page  # noqa: PLC0415

    if since is not None:
        changes = changes_since(since.read_text(), sdl())
        typer.echo(changes.page(), nl=False)
        raise typer.Exit(bool(changes.broken))
    typer.echo(page() if reference else sdl(), nl=False)


@app.command()
def documents(
    files: Annotated[list[Path], typer.Argument(help="Files with operations and fragments.")],
) -> None:
    """Print the manifest of a frontend's operations; refuse those that could not run."""
    from api.cli.documents import manifest  # noqa: PLC0415 (building the schema takes a second)

    typer.echo(manifest(files), nl=False)


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database up to date."""
    with opened(data):
        typer.echo("The database is up to date.")


@app.command()
def doctor(data: Data = None) -> None:
    """Check this installation and say what to do about what is wrong."""
    raise typer.Exit(doctors.examine(LocalHome.chosen(data)))


def main() -> NoReturn:
    """Run the command line; what a person can act on is one coded line, not a traceback."""
    try:
        app()
    except (GemaError, SettingRefused) as error:
        _give_up(error)
    except Exception as error:
        if failure := disk_failure(error):
            _give_up(failure)
        raise
    sys.exit(0)


def _give_up(error: GemaError | SettingRefused) -> NoReturn:
    typer.echo(f"gema: {error.code}: {error.message}", err=True)
    sys.exit(1)


__all__ = ["app", "main"]
