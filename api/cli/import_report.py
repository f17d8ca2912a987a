"""What `gema import` prints: refused rows as a table, and a summary as the last line."""

from asyncpg.exceptions import (
    DataError,
    InsufficientResourcesError,
    IntegrityConstraintViolationError,
    LockNotAvailableError,
    SyntaxOrAccessError,
    TransactionRollbackError,
)
from rich import box
from rich.console import Console
from rich.table import Table

from api.actions.intake import FileRefused, Outcome

SHOWN_ERRORS = 1_000
# A report that is no terminal is read by programs too: nothing is folded to a narrow screen.
PLAIN_WIDTH = 200

_BUSY = (LockNotAvailableError, TransactionRollbackError)
_OURS = (DataError, IntegrityConstraintViolationError, SyntaxOrAccessError)
_AGAIN = "Portions that were stored stay; the same import again goes on where this one stopped."


def report_console() -> Console:
    """Return the console on which a report is printed: plain text, as files choose the words."""
    screen = Console(markup=False, highlight=False, emoji=False)
    return (
        screen
        if screen.is_terminal
        else Console(markup=False, highlight=False, emoji=False, width=PLAIN_WIDTH)
    )


def print_errors(screen: Console, outcome: Outcome) -> None:
    """Print the refused rows with line, column, code and reason."""
    if not outcome.errors:
        return
    table = Table("line", "column", "code", "reason", box=box.SIMPLE)
    for error in outcome.errors[:SHOWN_ERRORS]:
        table.add_row(str(error.line), error.column or "", error.code, error.reason)
    screen.print(table)
    if (more := len(outcome.errors) - SHOWN_ERRORS) > 0:
        screen.print(f"… and {more} more refused rows.")


def print_summary(screen: Console, outcome: Outcome, *, is_dry_run: bool) -> None:
    """Print what was stored, or would have been."""
    for note, count in sorted(outcome.notes.items()):
        if count:
            screen.print(f"{count} {note}")
    if outcome.rolled_back_count:
        screen.print("Nothing was stored, as rows were refused: all or nothing.")
    elif is_dry_run:
        screen.print("Dry run: nothing was stored.")
    counts = [f"{count} {name}" for name, count in outcome.to_json().items()]
    if outcome.rolled_back_count:
        counts.append(f"{outcome.rolled_back_count} rolled back")
    screen.print(", ".join(counts))


def print_refusal(screen: Console, refused: FileRefused) -> None:
    """Print why the whole file was refused."""
    place = "" if refused.line is None else f" (line {refused.line})"
    screen.print(f"{refused.code}{place}: {refused.message}", soft_wrap=True)
    screen.print("Nothing was stored.")


def print_failure(screen: Console, error: Exception) -> None:
    """Print what stood in the way, without the text of the error: it may quote values."""
    screen.print(_explained(error), soft_wrap=True)
    screen.print(_AGAIN)


def _explained(error: Exception) -> str:
    name = type(error).__name__
    if isinstance(error, _BUSY):
        return f"CONFLICT: somebody else changes the same rows ({name}); try again."
    if isinstance(error, InsufficientResourcesError):
        return f"SERVICE_UNAVAILABLE: the database has no room or no memory left ({name})."
    if isinstance(error, _OURS):
        return f"INTERNAL_SERVER_ERROR: the database refused a statement ({name})."
    return f"SERVICE_UNAVAILABLE: the database cannot be reached ({name})."
