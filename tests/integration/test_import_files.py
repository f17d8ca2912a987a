"""Files that come from anywhere: what is read, what is refused, and with which words."""

import gzip
import os
import threading
from pathlib import Path

import pytest
from asyncpg import DeadlockDetectedError, DiskFullError, UniqueViolationError
from import_kit import AGENCIES, Importer, number, people

from api.cli import tables
from api.cli.import_report import print_failure, report_console
from api.local import LocalHome
from api.settings import Settings

HEADER = "code,name,kind"
TEN_THOUSAND = 10_000


@pytest.fixture
def importer(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    return Importer(settings, tmp_path, capsys)


@pytest.fixture
def reader(home: LocalHome, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """The command without a database: whatever it answers, it can have stored nothing."""
    nowhere = {"DATABASE_URL": "postgres://gema@127.0.0.1:9/gema", "REDIS_URL": "redis://[::1]:9"}
    return Importer(Settings.from_env({**home.environment(), **nowhere}), tmp_path, capsys)


def test_a_file_is_read_however_a_spreadsheet_wrote_it(importer: Importer) -> None:
    importer.good("agencies", AGENCIES)
    before = importer.contents()
    marked = b"\xef\xbb\xbf" + AGENCIES.replace("\n", "\r\n").encode()

    for content in (marked, gzip.compress(marked), AGENCIES.rstrip("\n") + "\n\n\n"):
        done = importer.good("agencies", content)

        assert done.summary == "2 read, 0 new, 0 changed, 2 unchanged, 0 refused"
    assert importer.contents() == before


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "HEADER_MISSING (line 1)", "code, name, kind"),
        (b"code,name\nA,B\n", "HEADER_WRONG (line 1)", '"kind"'),
        (b"code,name,kind,colour\n", "HEADER_WRONG (line 1)", '"colour"'),
        (b"code,name,kind,code\n", "HEADER_DUPLICATE (line 1)", '"code"'),
        (b"code;name;kind\nA;B;UNIT\n", "HEADER_WRONG (line 1)", "separated by commas"),
        (b"code,name,kind,province_code\n", "HEADER_WRONG (line 1)", "names its code system"),
        (
            b"code,name,kind,province_bps_code,province_kemendagri_code\n",
            "HEADER_WRONG (line 1)",
            "Only one of these",
        ),
        (b"code,name,kind\nA,B\0C,UNIT\n", "NUL_BYTE (line 2)", "NUL"),
        (b"code,name,kind\nA,B,UNIT\nC,Caf\xe9,UNIT\n", "NOT_UTF8 (line 3)", "UTF-8"),
        (AGENCIES.encode("utf-16"), "NOT_UTF8 (line 1)", "UTF-16"),
        (b'code,name,kind\nA,"B,UNIT\nC,D,UNIT\n', "BAD_CSV (line 2)", "Quotes"),
        (b"code,name,kind\nA," + b"B" * 1_100_000 + b",UNIT\n", "LINE_TOO_LONG (line 2)", "long"),
        (gzip.compress(AGENCIES.encode(), mtime=0)[:-9], "BROKEN_GZIP (line 4)", "cut short"),
        (b"\x1f\x8bnothing of the kind", "BROKEN_GZIP (line 1)", "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_file_that_cannot_be_read_is_refused_with_a_code(
    reader: Importer, content: bytes, code: str, words: str
) -> None:
    done = reader("agencies", content)

    assert done.exit_code == 1
    assert done.output.startswith(f"{code}: ")
    assert words in done.output
    assert done.summary == "Nothing was stored."


def test_a_file_whose_end_is_broken_stores_none_of_its_beginning(importer: Importer) -> None:
    rows = b"".join(b"%d,407,9001,1614556800\n" % n for n in range(1, 30_000))
    packed = gzip.compress(b"share_id,author_id,post_id,shared_at\n" + rows)

    done = importer("shares", packed[: len(packed) * 9 // 10])

    assert "BROKEN_GZIP" in done.output
    assert importer.value("SELECT count(*) FROM share") == 0


def test_a_compressed_file_counts_by_what_it_unpacks_to(
    reader: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "LARGEST_BYTES", 1024 * 1024)
    packed = gzip.compress(HEADER.encode() + b"\n" + b"A,B,UNIT\n" * 200_000)

    done = reader("agencies", packed)

    assert len(packed) < 1024 * 1024
    assert "FILE_TOO_LARGE" in done.output


@pytest.mark.parametrize("missing", [True, False], ids=["no such file", "a folder"])
def test_what_is_no_file_is_refused_with_a_code(reader: Importer, missing: bool) -> None:
    place = reader.folder / "nothing.csv" if missing else reader.folder

    done = reader("agencies", place)

    assert done.exit_code == 1
    assert done.output.startswith("FILE_UNREADABLE: The file cannot be read: ")


def test_a_pipe_is_a_file_too(importer: Importer) -> None:
    pipe = importer.folder / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(AGENCIES,))
    writer.start()

    done = importer.good("agencies", pipe)
    writer.join()

    assert done.summary.startswith("2 read, 2 new")


def _ten_thousand_with_one_bad_row() -> str:
    rows = [f"K{n},Kementerian {n},MINISTRY" for n in range(TEN_THOUSAND)]
    rows[7_000] = "K7000,Kementerian 7000,KINGDOM"
    return "\n".join([HEADER, *rows])


def test_one_bad_row_in_ten_thousand_is_named_and_the_others_are_kept(importer: Importer) -> None:
    done = importer("agencies", _ten_thousand_with_one_bad_row())

    assert done.exit_code == 1
    assert done.summary == "10000 read, 9999 new, 0 changed, 0 unchanged, 1 refused"
    words = next(line for line in done.output.splitlines() if "KINGDOM" in line).split()
    assert words[:3] == ["7002", "kind", "INVALID"]
    assert importer.value("SELECT count(*) FROM agency") == 9_999


def test_all_or_nothing_keeps_nothing_beside_a_bad_row(importer: Importer) -> None:
    before = importer.contents()

    done = importer("agencies", _ten_thousand_with_one_bad_row(), is_all_or_nothing=True)

    assert done.exit_code == 1
    assert "KINGDOM" in done.output
    counts = "10000 read, 0 new, 0 changed, 0 unchanged, 1 refused, 9999 rolled back"
    assert done.summary == counts
    assert importer.contents() == before


def test_all_or_nothing_keeps_all_of_a_good_file(importer: Importer) -> None:
    done = importer.good("agencies", AGENCIES, is_all_or_nothing=True)

    assert done.summary.startswith("2 read, 2 new")
    assert importer.value("SELECT count(*) FROM agency") == 2


def test_a_dry_run_reports_what_would_happen_and_stores_nothing(importer: Importer) -> None:
    before = importer.contents()

    done = importer.good("agencies", AGENCIES, is_dry_run=True)

    assert done.summary == "2 read, 2 new, 0 changed, 0 unchanged, 0 refused"
    assert "Dry run: nothing was stored." in done.output
    assert importer.contents() == before


def test_a_file_of_no_rows_is_fine(importer: Importer) -> None:
    done = importer.good("agencies", HEADER)

    assert done.summary == "0 read, 0 new, 0 changed, 0 unchanged, 0 refused"


def test_of_very_many_bad_rows_the_first_are_shown(importer: Importer) -> None:
    done = importer("agencies", "\n".join([HEADER, *["A,B,KINGDOM"] * 1_234]))

    assert done.output.count("KINGDOM") == 1_000
    assert "… and 234 more refused rows." in done.output


def test_a_row_with_too_few_cells_is_one_bad_row(importer: Importer) -> None:
    done = importer("agencies", f"{HEADER}\nA,Kementerian\nB,Kementerian,MINISTRY\n")

    assert "The row has 2 cells, the header 3." in done.output
    assert done.summary == "2 read, 1 new, 0 changed, 0 unchanged, 1 refused"


def test_lines_are_counted_as_an_editor_shows_them(importer: Importer) -> None:
    done = importer("agencies", f'{HEADER}\n\nA,"two\nlines",MINISTRY\nB,Kementerian,KINGDOM\n')

    lines = [line.split()[:3] for line in done.output.splitlines() if "INVALID" in line]
    assert lines == [["3", "name", "INVALID"], ["5", "kind", "INVALID"]]


def test_a_formula_is_plain_text_in_a_name_and_refused_in_a_code(importer: Importer) -> None:
    formulas = [f"{first}HYPERLINK(1)" for first in "=+-@"]
    names = [f"A{n},{formula},MINISTRY" for n, formula in enumerate(formulas)]
    codes = [f"{formula},Kementerian,MINISTRY" for formula in formulas]

    done = importer("agencies", "\n".join([HEADER, *names, *codes]))

    assert done.summary == "8 read, 4 new, 0 changed, 0 unchanged, 4 refused"
    stored = importer.rows("SELECT name FROM agency_name")
    assert sorted(row[0] for row in stored) == sorted(formulas)


def test_what_a_file_says_cannot_command_the_terminal(reader: Importer) -> None:
    done = reader("agencies", f"{HEADER},\x1b[2J[bold]{'long' * 50}\nA,B,C,D\n")

    assert "\x1b" not in done.output
    assert '"?[2J[bold]longlong' in done.output
    assert "long" * 12 not in done.output


def test_two_rows_that_say_different_things_of_one_subject_are_not_both_believed(
    importer: Importer,
) -> None:
    done = importer("agencies", f"{HEADER}\nA,Satu,MINISTRY\nA,Dua,MINISTRY\nA,Satu,MINISTRY\n")

    assert done.summary == "3 read, 1 new, 0 changed, 1 unchanged, 1 refused"
    assert "CONFLICT" in done.output
    assert importer.rows("SELECT name FROM agency_name")[0][0] == "Satu"


def test_an_import_leaves_one_audit_row_and_an_empty_one_none(importer: Importer) -> None:
    importer.good("agencies", AGENCIES)
    importer.good("agencies", AGENCIES)

    rows = importer.rows("SELECT action, actor, after_sha256 FROM audit_event")
    assert [(row["action"], row["actor"]) for row in rows] == [("import_agencies", "gema")]
    assert len(rows[0]["after_sha256"]) == 64


def test_an_employee_number_is_never_printed_whole(importer: Importer) -> None:
    importer.good("agencies", AGENCIES)
    bad = number(7)[:14] + "3" + number(7)[15:]

    done = importer(
        "asns", people(7).replace(number(7), bad) + f"\n{number(8)},PNS,,KEM-1,2020-01-01"
    )

    assert "INVALID_NIP" in done.output
    assert "***************007" in done.output
    assert bad not in done.output
    assert number(8) not in done.output


def test_a_database_that_is_away_is_said_with_a_code(reader: Importer) -> None:
    done = reader("agencies", AGENCIES)

    assert done.exit_code == 1
    assert done.output.startswith("SERVICE_UNAVAILABLE: the database cannot be reached")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DiskFullError("secret"), "SERVICE_UNAVAILABLE: the database has no room"),
        (DeadlockDetectedError("secret"), "CONFLICT: somebody else"),
        (UniqueViolationError("secret"), "INTERNAL_SERVER_ERROR: the database refused"),
        (ConnectionResetError("secret"), "SERVICE_UNAVAILABLE: the database cannot be reached"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_failure_is_said_with_a_code_and_without_its_text(
    capsys: pytest.CaptureFixture[str], error: Exception, code: str
) -> None:
    print_failure(report_console(), error)

    words = capsys.readouterr().out
    assert words.startswith(code)
    assert type(error).__name__ in words
    assert "secret" not in words
